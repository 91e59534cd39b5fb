"""A month's days as bars, drawn by the server; the same figures are its words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone

from studio.messages import dollars
from studio.web.month import Month

WIDTH: Final = 600
LEFT: Final = 46  # where bars begin, right of the scale
FLOOR: Final = 150  # where they stand
TALL: Final = 122
STEPS: Final = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    today: bool


@dataclass(frozen=True)
class Line:
    y: float
    text: str

    @property
    def foot(self) -> float:
        """Where its text stands."""
        return self.y + 4


@dataclass(frozen=True)
class Chart:
    """`figures` are the days with money, for those who read rather than look."""

    bars: list[Bar]
    lines: list[Line]
    days: list[tuple[float, int]]
    figures: list[tuple[str, str]]
    label: str


def of_days(month: Month, spent: dict[date, int]) -> Chart:
    """`spent` is micro-dollars by day."""
    top = scale(max(spent.values(), default=0))
    each = (WIDTH - LEFT) / month.days
    bars = [_bar(month, day, spent, each, top) for day in range(1, month.days + 1)]
    lines = [Line(FLOOR - TALL * part, dollars(int(top * part))) for part in (0, 0.5, 1)]
    named = [(LEFT + each * (day - 0.5), day) for day in (1, 7, 14, 21, 28)]
    figures = [(f"{day.day} {day:%B}", dollars(spent[day])) for day in sorted(spent) if spent[day]]
    return Chart(bars, lines, named, figures, _label(month, spent))


def scale(most: int) -> int:
    """The top of the scale: the next round amount, at least two cents."""
    unit = 10_000
    while True:
        for step in STEPS:
            if step * unit >= max(most, 20_000):
                return step * unit
        unit *= 10


def _bar(month: Month, day: int, spent: dict[date, int], each: float, top: int) -> Bar:
    when = month.start.date().replace(day=day)
    height = round(TALL * spent.get(when, 0) / top, 1)
    x = round(LEFT + each * (day - 1) + 2, 1)
    return Bar(x, round(FLOOR - height, 1), round(each - 4, 1), height, when == timezone.now().date())


def _label(month: Month, spent: dict[date, int]) -> str:
    if not any(spent.values()):
        return f"Nothing was spent in {month.name}"
    dearest = max(spent, key=lambda day: spent[day])
    return f"Spend by day in {month.name}, highest {dollars(spent[dearest])} on day {dearest.day}"
