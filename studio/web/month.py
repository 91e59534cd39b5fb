"""A calendar month, in UTC as budgets are counted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

_WRITTEN: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """From `start` to before `end`."""

    start: datetime

    @classmethod
    def read(cls, text: str) -> "Month":
        """`2026-11`; anything else is the present month."""
        found = _WRITTEN.fullmatch(text)
        year, month = map(int, found.groups()) if found else (timezone.now().year, timezone.now().month)
        return cls(datetime(year, month, 1, tzinfo=UTC))

    @property
    def end(self) -> datetime:
        return (self.start + timedelta(days=31)).replace(day=1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def key(self) -> str:
        return f"{self.start:%Y-%m}"

    @property
    def name(self) -> str:
        return f"{self.start:%B %Y}"

    @property
    def span(self) -> str:
        """`1 to 21 November`, as far as it has gone."""
        last = timezone.now().day if self.present else self.days
        return f"{self.start:%B}, the 1st" if last == 1 else f"1 to {last} {self.start:%B %Y}"

    @property
    def present(self) -> bool:
        return self.start <= timezone.now() < self.end

    @property
    def before(self) -> "Month":
        return Month((self.start - timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> "Month | None":
        return Month(self.end) if self.end <= timezone.now() else None
