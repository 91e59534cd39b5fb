"""What went wrong in a shoot: pictures that failed for the same reason are told of together."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Sum

from studio.flow.cutout import CORRECTED
from studio.messages import DOUBTS, Message, say
from studio.models import Attempt, Shoot, State
from studio.web import makers
from studio.web.frames import DECISION, UNDECIDED
from studio.web.prices import Kind, Price, Prices


@dataclass(frozen=True)
class Trouble:
    """`again` says whether trying again can help; it never does where nobody knows what was bought."""

    code: str
    count: int
    message: Message
    again: bool
    price: Price | None = None  # of trying all of them again
    gone: int = 0  # micro-dollars that were charged for them although no picture came


def priced(shoot: Shoot, troubles: list[Trouble]) -> list[Trouble]:
    """With what they have cost and what trying again costs, where pictures are bought.

    What a person has corrected may be tried again, too.
    """
    mended = _mended(shoot) if any(trouble.code in DOUBTS for trouble in troubles) else set()
    troubles = [replace(one, again=True) if one.code in mended else one for one in troubles]
    if not makers.bought(shoot.engine) or not any(trouble.again for trouble in troubles):
        return troubles
    gone, kinds, prices = _charged(shoot), _kinds(shoot), Prices()
    return [
        replace(one, price=prices.of_many(kinds.get(one.code, [])), gone=gone.get(one.code, 0))
        if one.again
        else one
        for one in troubles
    ]


def _charged(shoot: Shoot) -> dict[str, int]:
    """Micro-dollars that were charged for failed pictures, by the reason."""
    rows = Attempt.objects.filter(render__shoot=shoot, render__state=State.FAILED).order_by()
    return dict(rows.values_list("render__failure").annotate(sum=Sum("price_charged", default=0)))


def _kinds(shoot: Shoot) -> dict[str, list[tuple[Kind, int]]]:
    """How many of each kind failed, by the reason."""
    rows = shoot.renders.filter(state=State.FAILED).order_by().values_list(
        "failure", "engine", "model", "ratio", "resolution", "basis"
    )  # fmt: skip
    kinds: dict[str, list[tuple[Kind, int]]] = {}
    for failure, *kind, count in rows.annotate(count=Count("pk")):
        kinds.setdefault(failure, []).append((tuple(kind), count))
    return kinds


def of(rows: list[dict[str, Any]]) -> list[Trouble]:
    """Rows with `state`, `stands`, `failure`, `count` and the `values` of one of them as JSON.

    What needs a decision comes first, then what failed, the most frequent reason first.
    """
    counts, values = Counter[str](), {}
    for row in rows:
        if row["state"] == State.FAILED:
            counts[row["failure"]] += row["count"]
            values[row["failure"]] = json.loads(row["values"] or "{}")
    failed = [
        Trouble(code, count, say(code, **values[code]), code not in DOUBTS)
        for code, count in counts.most_common()
    ]
    waiting = sum(row["count"] for row in rows if row["stands"] == UNDECIDED)
    return [*([Trouble(UNDECIDED, waiting, DECISION, again=False)] if waiting else []), *failed]


def _mended(shoot: Shoot) -> set[str]:
    """Reasons for which a picture failed whose cut-out somebody has corrected since."""
    failed = shoot.renders.filter(state=State.FAILED, failure__in=DOUBTS)
    return set(failed.filter(packshot__cutout_reason=CORRECTED).values_list("failure", flat=True))
