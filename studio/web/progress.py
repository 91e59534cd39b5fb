"""How far a shoot is, in cells, figures and one sentence."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.timezone import localtime

from studio.models import FINAL, Cause, Render, Shoot, State
from studio.models.render import UNDECIDED as UNDECIDED_ROWS
from studio.web import makers, standstill, troubles, words
from studio.web.frames import UNDECIDED
from studio.web.standstill import Standstill
from studio.web.troubles import Trouble

CELLS: Final = 60  # more pictures than this are told by a bar
OVERLAP: Final = timedelta(seconds=10)  # rows written at once become visible in any order
_LOOKS: Final = {State.DONE: "done", State.FAILED: "fail", UNDECIDED: "fail", State.UNSURE: "run",
                 State.SUBMITTING: "run", State.RUNNING: "run", State.COLLECTING: "run",
                 State.CANCELLED: "off"}  # fmt: skip
_ORDER: Final = ("done", "run", "", "fail", "off")


@dataclass(frozen=True)
class Progress:
    """`version` changes whenever a picture of the shoot does. `products` maps a product to (arrived, all).

    `cutting` are pictures that arrived and whose files are still being cut, `standstill` is why what is
    queued is not asked for.
    """

    states: Counter[str]
    products: dict[int, tuple[int, int]]
    version: str
    launched: datetime | None
    finished: datetime | None
    each: float | None
    unreviewed: int
    cutting: int
    troubles: list[Trouble]
    standstill: Standstill | None = None

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def done(self) -> int:
        return self.states[State.DONE]

    @property
    def queued(self) -> int:
        return self.states[State.QUEUED]

    @property
    def failed(self) -> int:
        return self.states[State.FAILED]

    @property
    def undecided(self) -> int:
        return self.states[UNDECIDED]

    @property
    def left(self) -> int:
        """Pictures that still come by themselves."""
        return sum(count for state, count in self.states.items() if state not in (*FINAL, UNDECIDED))

    @property
    def cells(self) -> list[str]:
        """One look a picture, arrived ones first; empty when there are too many to count."""
        if self.total > CELLS:
            return []
        return sorted((_LOOKS.get(state, "") for state in self.states.elements()), key=_ORDER.index)

    @property
    def headline(self) -> str:
        if self.left:
            return f"{self.done:,} of {self.total:,} arrived."
        return f"{words.count(self.done, 'picture')}{self._within}."

    @property
    def detail(self) -> str:
        parts = [f"{self.failed:,} failed." if self.failed else ""]
        wait = f"{self.undecided:,} need{'s' * (self.undecided == 1)} a decision."
        parts.append(wait if self.undecided else "")
        cancelled = self.states[State.CANCELLED]
        parts.append(f"{cancelled:,} cancelled." if cancelled else "")
        parts.append(self._wait if self.left else "")
        return " ".join(filter(None, parts))

    @property
    def _wait(self) -> str:
        if self.standstill:
            return self.standstill.of(self.queued)
        return f"{self._rest} You may leave; we keep going."

    @property
    def _rest(self) -> str:
        pace = self._pace
        if pace is None:
            return "Just started."
        seconds = words.about(pace * self.left)
        return f"{seconds[0].upper()}{seconds[1:]} left."

    @property
    def _pace(self) -> float | None:
        """Seconds between two arrivals so far; after a rerun days later, what the work itself takes."""
        if took := self._took:
            return took / self.done
        return self.each / settings.WORKERS if self.each is not None else None

    @property
    def _took(self) -> float | None:
        """From launch to the last arrival, while that says something: no more once later takes were made."""
        if not (self.launched and self.finished and self.done):
            return None
        seconds = (self.finished - self.launched).total_seconds()
        return seconds if seconds < 3600 else None

    @property
    def _within(self) -> str:
        return f" in {words.took(self._took)}" if self._took else ""


def of(shoot: Shoot) -> Progress:
    """One query, whatever the number of pictures; one more while bought pictures are queued."""
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    undecided = Case(When(UNDECIDED_ROWS, then=Value(UNDECIDED)), default=F("state"))
    rows_now = shoot.renders.order_by().annotate(stands=undecided)
    grouped = rows_now.values("product_id", "state", "stands", "failure")
    rows: list[Any] = list(
        grouped.annotate(
            count=Count("pk"),
            last=Max("updated_at"),
            finished=Max("finished_at"),
            later=Count("pk", filter=~Q(cause=Cause.FIRST)),
            took=Avg(took),
            unreviewed=Count("pk", filter=Q(review="")),
            cutting=Count("pk", filter=Q(cuts_due=True)),
            values=Max(Cast("failure_values", TextField())),
        )
    )
    done = [row for row in rows if row["state"] == State.DONE]
    states = Counter[str]()
    for row in rows:
        states[row["stands"]] += row["count"]
    stopped = _standstill(shoot, states)
    cutting = sum(row["cutting"] for row in done)
    return Progress(
        states=states,
        products=_by_product(rows),
        version=f"{_version(rows, states)}.{cutting}-{stopped.kind if stopped else ''}",
        launched=shoot.launched_at,
        finished=None if any(row["later"] for row in rows) else _last(done),
        each=_mean(done),
        unreviewed=sum(row["unreviewed"] for row in done),
        cutting=cutting,
        troubles=troubles.of(rows),
        standstill=stopped,
    )


def since(version: str) -> datetime:
    """From when on a page with this version may lack news."""
    head = version.partition("-")[0]
    if not head.isdecimal() or not 15 <= len(head) <= 16:
        return _EVER
    return datetime.fromtimestamp(int(head) / 1_000_000, tz=UTC) - OVERLAP


def changed(shoot: Shoot, version: str) -> QuerySet[Render]:
    """The pictures that a page with this version may not show as they are."""
    return shoot.renders.filter(updated_at__gte=since(version))


def started(shoot: Shoot) -> str:
    """`started 12:04` today, with the date later."""
    if not shoot.launched_at:
        return "not launched"
    moment = localtime(shoot.launched_at)
    if timezone.now() - shoot.launched_at < timedelta(hours=24):
        return f"started {moment:%H:%M}"
    return f"started {moment.day} {moment:%b %Y}"


_EVER: Final = datetime(1970, 1, 2, tzinfo=UTC)


def _standstill(shoot: Shoot, states: Counter[str]) -> Standstill | None:
    """Only while something waits to be asked for."""
    if not states[State.QUEUED] or not makers.bought(shoot.engine):
        return None
    return standstill.of(shoot, standstill.known())


def _last(done: list[Any]) -> datetime | None:
    return max((row["finished"] for row in done if row["finished"]), default=None)


def _by_product(rows: list[Any]) -> dict[int, tuple[int, int]]:
    counts: dict[int, tuple[int, int]] = {}
    for row in rows:
        arrived, total = counts.get(row["product_id"], (0, 0))
        came = row["count"] if row["state"] == State.DONE else 0
        counts[row["product_id"]] = (arrived + came, total + row["count"])
    return counts


def _version(rows: list[Any], states: Counter[str]) -> str:
    """When a picture last changed, and how many are in each state: late rows change the second part."""
    last = max((row["last"] for row in rows), default=None)
    counts = ".".join(str(states[state]) for state in (*State.values, UNDECIDED))
    return f"{int(last.timestamp() * 1_000_000) if last else 0}-{counts}"


def _mean(done: list[Any]) -> float | None:
    """Seconds of work a picture."""
    timed = [row for row in done if row["took"] is not None]
    pictures: int = sum(row["count"] for row in timed)
    seconds: float = sum(row["took"].total_seconds() * row["count"] for row in timed)
    return seconds / pictures if pictures else None
