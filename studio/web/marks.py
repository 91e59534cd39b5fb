"""What the channels say to a picture's files, as a mark on its tile."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from studio.models import Cut, Render, Verdict
from studio.web import words


@dataclass(frozen=True)
class Mark:
    """How many of a picture's files fail their channel, and how many come with a warning: not both none."""

    failing: int
    warned: int

    @property
    def verdict(self) -> str:
        """The worst, as it is called in styles."""
        return Verdict.FAILURE if self.failing else Verdict.WARNING

    @property
    def icon(self) -> str:
        return "cross" if self.failing else "alert"

    @property
    def word(self) -> str:
        """`2 fail`, `3 warnings`."""
        if self.failing:
            return f"{self.failing:,} {'fails' if self.failing == 1 else 'fail'}"
        return words.count(self.warned, "warning")

    @property
    def rest(self) -> str:
        """What is not written for want of room."""
        return f"{'its' if self.failing == 1 else 'their'} channel" if self.failing else "about its files"


def of(renders: Iterable[Render]) -> dict[int, Mark]:
    """The marks by key, of those that have one. One query, whatever the number of pictures."""
    bad = Cut.objects.filter(render__in=[render.pk for render in renders]).exclude(verdict=Verdict.GOOD)
    counted: dict[int, dict[str, int]] = {}
    for pk, verdict, count in bad.order_by().values_list("render", "verdict").annotate(Count("pk")):
        counted.setdefault(pk, {})[verdict] = count
    return {
        pk: Mark(found.get(Verdict.FAILURE, 0), found.get(Verdict.WARNING, 0))
        for pk, found in counted.items()
    }
