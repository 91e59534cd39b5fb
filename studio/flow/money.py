"""Money in whole micro-dollars: put aside at the launch, spent when a picture is bought, else given back.

What is put aside for a picture whose fate is unknown counts as spent until somebody knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Membership, Render, User
from studio.models.render import UNDECIDED


@dataclass(frozen=True)
class Room:
    """What may still be spent. `limit` None is no limit."""

    limit: int | None
    spent: int
    held: int

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.spent - self.held)

    def fits(self, amount: int) -> bool:
        return self.limit is None or self.spent + self.held + amount <= self.limit


@dataclass(frozen=True)
class Spent:
    """One line of the ledger: why calls were made, how many brought a picture, and for how much.

    `vain` were charged and brought none, `refused` cost nothing.
    """

    cause: str
    bought: int
    vain: int
    refused: int
    charged: int


_CHARGED: Final = Q(price_charged__gt=0)
COUNTS: Final[dict[str, Any]] = {
    "bought": Count("pk", filter=Q(outcome="done")),
    "vain": Count("pk", filter=_CHARGED & ~Q(outcome="done")),
    "refused": Count("pk", filter=Q(price_charged=0) & ~Q(outcome="done")),
    "charged": Sum("price_charged", default=0),
}


def month(brand: Brand) -> Room:
    """The brand's budget of this calendar month, in UTC."""
    now = timezone.now()
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Room(brand.monthly_budget, _charged(start, brand=brand), _held(brand=brand))


def today(brand: Brand, person: User | None) -> Room:
    """What this person may still spend for the brand today, in UTC."""
    membership = Membership.objects.filter(brand=brand, user=person).first() if person else None
    if membership is None or membership.daily_limit is None:
        return Room(None, 0, 0)
    start = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    mine: dict[str, Any] = {"brand": brand, "asked_by": person}
    return Room(membership.daily_limit, _charged(start, **mine), _held(**mine))


def check(brand: Brand, person: User | None, amount: int) -> None:
    """Raises Refused("over_budget") or Refused("over_daily_limit"). Ask under `lock` before holding."""
    if not amount:
        return
    for room, code in ((month(brand), "over_budget"), (today(brand, person), "over_daily_limit")):
        if not room.fits(amount):
            raise Refused(code, price=amount, left=room.left, limit=room.limit)


def lock(brand_id: int) -> Brand:
    """Only one launch of a brand counts its money at a time. Inside a transaction."""
    return Brand.objects.select_for_update().get(pk=brand_id)


def hold_again(render: Render, amount: int) -> None:
    """Puts money aside for one more purchase of a failed picture. Inside a transaction. Raises Refused."""
    check(lock(render.brand_id), render.asked_by, amount)
    render.reserved = amount


def ledger(brand: Brand, start: datetime, end: datetime) -> list[Spent]:
    """Calls of a span of time by their cause."""
    calls = Attempt.objects.filter(brand=brand, ended_at__gte=start, ended_at__lt=end)
    rows: QuerySet[Any] = calls.exclude(engine="local").values("cause").annotate(**COUNTS)
    return [Spent(**row) for row in rows.order_by("cause")]


def uncertain(brands: Iterable[Brand]) -> Any:
    """Pictures for which somebody has to decide whether they were bought."""
    return Render.objects.filter(UNDECIDED, brand__in=brands).order_by("pk")


def _charged(start: datetime, **whose: Any) -> int:
    rows = Attempt.objects.filter(ended_at__gte=start, price_charged__gt=0, **whose)
    return int(rows.aggregate(sum=Sum("price_charged", default=0))["sum"])


def _held(**whose: Any) -> int:
    rows = Render.objects.filter(reserved__gt=0, **whose)
    return int(rows.aggregate(sum=Sum("reserved", default=0))["sum"])
