"""What admins should know on every page: the engine stands still, or pictures wait for their decision."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from studio.messages import Message
from studio.models import Gate, Membership, Render, Role
from studio.models.render import UNDECIDED
from studio.web import gates
from studio.web.access import memberships


@dataclass(frozen=True)
class Alarm:
    """`gate` says why nothing is bought, `barred` which models alone; `brand` has an undecided picture."""

    kind: str
    gate: Message | None
    barred: list[Message]
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
    barred = [] if kind == "keyless" else gates.barred(row)
    brand = next((one.brand.slug for one in mine if one.brand_id == row.first), "")
    return Alarm(kind, gate, barred, row.undecided, brand) if gate or barred or row.undecided else None


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
