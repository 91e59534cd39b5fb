"""What the flow refused, in words: the sentence names who can raise a limit, unless it is the reader."""

from collections.abc import Mapping
from typing import Final

from studio.messages import Message, say
from studio.models import Brand, Role
from studio.web.access import Request
from studio.web.frame import note

OF_MONEY: Final = ("over_budget", "over_daily_limit")
NAMED: Final = 2  # admins by name


def message(code: str, values: Mapping[str, object], brand: Brand, reader: int = 0) -> Message:
    """`reader` is the role of whoever reads it."""
    if code not in OF_MONEY:
        return say(code, **values)
    ask = "set" if reader >= Role.ADMIN else f"ask {_admins(brand)} for"
    return say(code, **{**values, "ask": ask})


def tell(request: Request, code: str, values: Mapping[str, object]) -> None:
    """On the next page."""
    note(request, message(code, values, request.brand, request.role))


def _admins(brand: Brand) -> str:
    rows = brand.memberships.filter(role=Role.ADMIN, user__is_active=True).select_related("user")
    names = [membership.user.label for membership in rows.order_by("pk")[:NAMED]]
    return " or ".join(names) or "an admin of the brand"
