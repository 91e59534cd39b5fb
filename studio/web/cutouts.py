"""What the page of a cut-out shows: the strokes in force, and who corrected it before."""

from dataclasses import dataclass
from typing import Any, Final

from studio.flow.cutout import is_due
from studio.messages import Message, say
from studio.models import Correction, Packshot
from studio.web import addresses, words
from studio.web.packs import Shot

SHOWN: Final = 12  # corrections, the newest first


@dataclass(frozen=True)
class Past:
    """A correction as the page's history tells it."""

    correction: Correction
    in_force: bool

    @property
    def who(self) -> str:
        return _who(self.correction)

    @property
    def what(self) -> str:
        strokes = len(self.correction.strokes)
        return words.count(strokes, "stroke") if strokes else "automatic again"

    @property
    def when(self) -> str:
        return words.ago(self.correction.asked_at)


def past(packshot: Packshot) -> list[Past]:
    rows = packshot.corrections.select_related("asked_by").order_by("-pk")[:SHOWN]
    return [Past(row, in_force=not place) for place, row in enumerate(rows)]


def strokes(packshot: Packshot, number: int | None = None) -> list[dict[str, Any]]:
    """Those in force; or of another correction, to go back to."""
    rows = packshot.corrections
    row = rows.filter(pk=number).first() if number else rows.last()
    return list(row.strokes) if row else []


def newest(packshot: Packshot) -> int:
    """Which correction is in force; 0 when none is."""
    row = packshot.corrections.last()
    return row.pk if row else 0


def news(packshot: Packshot) -> dict[str, Any] | None:
    """The cut-out as it is now; None while one is being made."""
    if is_due(packshot):
        return None
    shot = Shot(packshot)
    return {
        "correction": newest(packshot),
        "picture": addresses.of_cutout(packshot),
        "doubt": shot.doubt.sentence if shot.doubt else "",
    }


def told_of(others: list[Correction]) -> str:
    """That somebody else corrected it meanwhile, and what became of that."""
    if not others:
        return ""
    last = others[-1]
    about: Message = say("corrected_twice", who=_who(last), when=words.ago(last.asked_at))
    return about.sentence


def _who(correction: Correction) -> str:
    person = correction.asked_by
    return person.get_full_name() or person.username if person else "Somebody"
