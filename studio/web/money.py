"""`{{ amount|money }}`: micro-dollars as dollars, in templates that load `money`."""

from typing import Any

from django import template

from studio.messages import dollars

register = template.Library()


@register.filter
def money(amount: Any) -> str:
    """Empty for what is not an amount."""
    return dollars(amount) if isinstance(amount, int) else ""
