"""What admins should know on every page: the engine stands still, or pictures wait for their decision."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from studio.messages import Message
from studio.models import Gate, Membership, Render, Role
from studio.models.render import UNDECIDED
from studio.web import gates
from studio.web.access import memberships

LATE: Final = timedelta(minutes=2)  # HiAPI tries again after one


@dataclass(frozen=True)
class Alarm:
    """`gate` says why nothing is bought, `others` what else is wrong; `brand` has an undecided picture."""

    kind: str
    gate: Message | None
    others: list[Message]
    undecided: int
    brand: str


def of(request: HttpRequest) -> Alarm | None:
    """One question, and only for admins."""
    mine = [one for one in memberships(request) if one.role >= Role.ADMIN]
    user = getattr(request, "user", None)
    if not mine and not (user and user.is_authenticated and user.is_staff):
        return None
    row = _row(mine)
    if row is None:
        return None
    kind = gates.kind_of(row)
    gate = gates.message(row, kind) if kind not in ("open", "keyless") else None
    others = [] if kind == "keyless" else _others(row)
    brand = next((one.brand.slug for one in mine if one.brand_id == row.first), "")
    return Alarm(kind, gate, others, row.undecided, brand) if gate or others or row.undecided else None


def _others(gate: Gate) -> list[Message]:
    """Models that are closed alone, and callbacks that have stayed away for a while."""
    late = gate.deaf_since and gate.deaf_since < timezone.now() - LATE
    deaf = gates.deaf(gate) if late else None
    return [*gates.barred(gate), *([deaf] if deaf else [])]


def _row(mine: list[Membership]) -> Any:
    """The gate, with how many pictures of these brands wait for a person and the brand of one of them."""
    waiting: QuerySet[Render] = Render.objects.filter(UNDECIDED, brand__in=[one.brand_id for one in mine])
    counted = waiting.order_by().values("state").annotate(count=Count("pk")).values("count")
    rows = Gate.objects.filter(engine=gates.ENGINE).select_related("paused_by")
    annotated = rows.annotate(
        undecided=Coalesce(Subquery(counted), Value(0)),
        first=Subquery(waiting.order_by("pk").values("brand")[:1]),
    )
    return annotated.first()
