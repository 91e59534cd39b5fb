"""Ids as they come from outside: what is none, or larger than the database counts, is passed over."""

from collections.abc import Iterable
from typing import Final

DIGITS: Final = 18  # the database counts to nine quintillion


def ids(given: Iterable[str]) -> list[int]:
    return [int(one) for one in given if one.isdecimal() and len(one) <= DIGITS]


def number(given: str | None) -> int | None:
    """`"48"` -> 48; None for anything that is no such number."""
    return next(iter(ids([given or ""])), None)
