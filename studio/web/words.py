"""Figures in words: money, time, size, counts."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timezone import localtime

from studio.messages import dollars


def price(micro_dollars: int | None) -> str:
    """`0` -> free, `30000` -> $0.03, None -> price unknown."""
    if micro_dollars is None:
        return "price unknown"
    if micro_dollars == 0:
        return "free"
    return dollars(micro_dollars)


def took(seconds: float) -> str:
    """`4.24` -> 4.2 s, `52` -> 52 s, `130` -> 2 min, `7300` -> 2 h."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def about(seconds: float) -> str:
    """A guess is not told to the second."""
    if seconds < 10:
        return "a few seconds"
    return f"about {took(5 * round(seconds / 5) if seconds < 90 else seconds)}"


def weight(size: int) -> str:
    """Bytes as a file manager shows them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def count(number: int, noun: str) -> str:
    """`1, "picture"` -> 1 picture; `8, "picture"` -> 8 pictures."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ago(moment: datetime) -> str:
    """`just now`, `4 min ago`, `3 h ago`, and the date after a day."""
    age = timezone.now() - moment
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(days=1):
        return f"{took(max(90, age.total_seconds()))} ago"
    return date(moment)


def date(moment: datetime) -> str:
    """`24 Nov 2026`."""
    local = localtime(moment)
    return f"{local.day} {local:%b %Y}"
