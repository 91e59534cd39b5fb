"""Reads settings from the environment or `.env`, and refuses what cannot be meant.

Every refusal names the setting, the value seen and what is allowed.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

HOME = Path(__file__).resolve().parent.parent
values: dict[str, str | None] = {**dotenv_values(HOME / ".env"), **os.environ}


def text(name: str, default: str = "") -> str:
    """The setting without surrounding white space; an empty value counts as not set."""
    return (values.get(name) or "").strip() or default


def number(name: str, default: int, low: int, high: int) -> int:
    seen = text(name, str(default))
    if not seen.isascii() or not seen.isdigit() or not low <= int(seen) <= high:
        raise refusal(name, seen, f"a whole number from {low} to {high}")
    return int(seen)


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    seen = text(name, default)
    if seen not in allowed:
        raise refusal(name, seen, " or ".join(allowed))
    return seen


def words(name: str, default: str) -> list[str]:
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def later(*names: str) -> None:
    """Refuses settings that have a reserved name and no code behind them yet."""
    for name in names:
        if seen := text(name):
            raise refusal(
                name, "set" if "TOKEN" in name else seen.split(":")[0] + ":…", "empty: not available yet"
            )


def refusal(name: str, seen: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {seen!r}. Allowed: {allowed}.")
