"""What the flow refused, in words: the sentence names who can raise a limit."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest

from studio.messages import Message, say
from studio.models import Brand, Role
from studio.web.frame import note

OF_MONEY: Final = ("over_budget", "over_daily_limit")
NAMED: Final = 2  # admins by name


def message(code: str, values: Mapping[str, object], brand: Brand) -> Message:
    who = {"who": _admins(brand)} if code in OF_MONEY else {}
    return say(code, **{**values, **who})


def tell(request: HttpRequest, code: str, values: Mapping[str, object], brand: Brand) -> None:
    """On the next page."""
    note(request, message(code, values, brand))


def _admins(brand: Brand) -> str:
    rows = brand.memberships.filter(role=Role.ADMIN, user__is_active=True).select_related("user")
    names = [membership.user.label for membership in rows.order_by("pk")[:NAMED]]
    return " or ".join(names) or "an admin of the brand"
