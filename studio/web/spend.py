"""What a brand has spent in a month: on what, by whom, when, and what is in doubt. Reads only."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate

from studio.flow import money
from studio.messages import Message, dollars, say
from studio.models import Attempt, Brand, Cause, Notice, Render, User
from studio.web import chart
from studio.web.month import Month

NEAR: Final = 0.8  # of the budget: warned at this line
SHOWN: Final = 50  # doubtful pictures on the page; the gallery has all that wait, the CSV all that are lost
_CAUSES: Final = {
    Cause.FIRST: "First time",
    Cause.RETRY: "Automatic retry",
    Cause.RERUN: "Rerun or retry by a person",
    Cause.EDIT: "Edit",
    Cause.FINAL: "Final",
}


@dataclass(frozen=True)
class Budget:
    """The month's budget. `bar` is percent of it; what is held counts like what is spent."""

    limit: int | None
    spent: int
    held: int

    @property
    def bar(self) -> float:
        return self._percent(self.spent)

    @property
    def bar_held(self) -> float:
        return min(100 - self.bar, self._percent(self.held))

    @property
    def look(self) -> str:
        used = self._percent(self.spent + self.held)
        return "full" if used >= 100 else "near" if used >= 100 * NEAR else ""

    @property
    def left(self) -> str:
        return dollars(max(0, (self.limit or 0) - self.spent - self.held))

    @property
    def used(self) -> str:
        return f"{self._percent(self.spent + self.held):.0f} % used"

    def _percent(self, amount: int) -> float:
        if not self.limit:
            return 100.0 if amount or self.limit == 0 else 0.0
        return round(min(100.0, 100 * amount / self.limit), 1)


@dataclass(frozen=True)
class Line:
    """A line of a table: pictures bought, calls that were charged in vain or refused for nothing, money."""

    name: str
    bought: int
    vain: int
    refused: int
    charged: int


@dataclass(frozen=True)
class Doubt:
    """A call of which somebody should know. `message` says what happened to it."""

    attempt: Attempt
    message: Message
    cost: int


@dataclass(frozen=True)
class Told:
    """A callback that does not fit what we know."""

    notice: Notice
    message: Message


@dataclass(frozen=True)
class Ledger:
    month: Month
    budget: Budget
    causes: list[Line]
    people: list[Line]
    scenes: list[Line]
    chart: chart.Chart
    uncertain: list[Doubt]
    lost: list[Doubt]
    told: list[Told]

    @property
    def bought(self) -> int:
        return sum(line.bought for line in self.causes)

    @property
    def vain(self) -> int:
        return sum(line.vain for line in self.causes)

    @property
    def each(self) -> int:
        """Micro-dollars of a picture on average, to a tenth of a cent; what was charged in vain included."""
        return int(round(self.budget.spent / self.bought, -3)) if self.bought else 0


def of(brand: Brand, month: Month) -> Ledger:
    causes = [
        Line(_CAUSES[Cause(one.cause)], one.bought, one.vain, one.refused, one.charged)
        for one in money.ledger(brand, month.start, month.end)
    ]
    groups = _groups(brand, month)
    uncertain, lost = _doubts(brand, month)
    return Ledger(
        month=month,
        budget=_budget(brand, month, causes),
        causes=causes,
        people=_lines(groups, "person"),
        scenes=_lines(groups, "scene"),
        chart=chart.of_days(month, _by_day(groups)),
        uncertain=uncertain,
        lost=lost,
        told=_contradictions(brand, month),
    )


def attempts(brand: Brand, month: Month) -> QuerySet[Attempt]:
    """Calls to engines that take money, which ended in that month."""
    ended = Attempt.objects.filter(brand=brand, ended_at__gte=month.start, ended_at__lt=month.end)
    return ended.exclude(engine="local")


def _budget(brand: Brand, month: Month, causes: list[Line]) -> Budget:
    if month.present:
        room = money.month(brand)
        return Budget(room.limit, room.spent, room.held)
    return Budget(None, sum(line.charged for line in causes), 0)


def _groups(brand: Brand, month: Month) -> list[dict[str, Any]]:
    """By day, person and scene at once: one question."""
    by_person = ("asked_by__first_name", "asked_by__last_name", "asked_by__username")
    rows = attempts(brand, month).order_by().annotate(day=TruncDate("ended_at"))
    counted = rows.values(*by_person, "render__scene_version__scene__name", "day").annotate(**money.COUNTS)
    return [
        {
            **row,
            "person": _label(*(row[name] or "" for name in by_person)),
            "scene": row["render__scene_version__scene__name"] or "Deleted pictures",
        }
        for row in counted
    ]


def _label(first_name: str, last_name: str, username: str) -> str:
    return User(first_name=first_name, last_name=last_name, username=username).label or "Nobody any more"


def _lines(groups: list[dict[str, Any]], by: str) -> list[Line]:
    """The dearest first."""
    sums: dict[str, Counter[str]] = {}
    for row in groups:
        sums.setdefault(row[by], Counter()).update({key: row[key] for key in money.COUNTS})
    lines = [Line(name, *(one[key] for key in money.COUNTS)) for name, one in sums.items()]
    return sorted(lines, key=lambda line: (-line.charged, line.name))


def _by_day(groups: list[dict[str, Any]]) -> dict[date, int]:
    spent = Counter[date]()
    for row in groups:
        spent[row["day"]] += row["charged"]
    return dict(spent)


def _doubts(brand: Brand, month: Month) -> tuple[list[Doubt], list[Doubt]]:
    """What a person has to decide now, and what was charged in that month without a picture."""
    waiting = Q(outcome="", render__in=money.uncertain([brand]))
    lost = Q(price_charged__gt=0, ended_at__gte=month.start, ended_at__lt=month.end) & ~Q(outcome="done")
    rows = Attempt.objects.filter(waiting | lost, brand=brand).exclude(engine="local")
    related = rows.select_related("render__product", "render__scene_version__scene")
    page = list(related.order_by("outcome", "-pk")[: 2 * SHOWN])
    open_ones = [_doubt(one, one.render) for one in page if not one.outcome]
    return open_ones, [_doubt(one, None) for one in page if one.outcome]


def _doubt(attempt: Attempt, render: Render | None) -> Doubt:
    if render is not None:
        message = say("undecided")
        return Doubt(attempt, message, render.reserved)
    return Doubt(attempt, say(attempt.outcome), attempt.price_charged or 0)


def _contradictions(brand: Brand, month: Month) -> list[Told]:
    tokens = Attempt.objects.filter(brand=brand).exclude(token=None).values("token")
    told = Notice.objects.exclude(remark="").filter(
        token__in=tokens, received_at__gte=month.start, received_at__lt=month.end
    )
    return [Told(one, say(one.remark)) for one in told.order_by("-pk")[:SHOWN]]
