"""How much may be spent: by a brand in a month, by a person in a day. Micro-dollars; None is no limit."""

from studio.models import Brand, Membership


def of_month(brand: Brand, amount: int | None) -> None:
    brand.monthly_budget = amount
    brand.save(update_fields=["monthly_budget"])


def of_day(membership: Membership, amount: int | None) -> None:
    membership.daily_limit = amount
    membership.save(update_fields=["daily_limit"])
