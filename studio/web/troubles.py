"""What went wrong in a shoot: pictures that failed for the same reason are told of together."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from studio.messages import UNCUTTABLE, Message, say
from studio.models import State

FAILED: Final = (State.FAILED, State.UNSURE)


@dataclass(frozen=True)
class Trouble:
    """`again` says whether trying again can help."""

    code: str
    count: int
    message: Message
    again: bool


def of(rows: list[dict[str, Any]]) -> list[Trouble]:
    """Rows with `state`, `failure`, `count` and the `values` of one of them as JSON; most frequent first."""
    failed = [row for row in rows if row["state"] in FAILED]
    counts, values = Counter[str](), {}
    for row in failed:
        counts[row["failure"]] += row["count"]
        values[row["failure"]] = json.loads(row["values"] or "{}")
    return [
        Trouble(code, count, say(code, **values[code]), code not in UNCUTTABLE)
        for code, count in counts.most_common()
    ]
