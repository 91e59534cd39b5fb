"""Reads settings from the environment or `.env`, and refuses what cannot be meant.

Every refusal names the setting, the value seen and what is allowed.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

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


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str) -> str:
    """A key, without any white space that came along when it was copied. Never shown in a refusal."""
    return "".join(text(name).split())


def secrets(name: str) -> list[str]:
    """One secret, or two while rotating; a refusal tells their length only."""
    found = words(name)
    wrong = next((one for one in found if not 8 <= len(one) <= 256), None)
    if wrong is not None or len(found) > 2:
        seen = f"{len(found)} secrets, of {', '.join(str(len(one)) for one in found)} characters"
        raise refusal(name, seen, "one secret of 8 to 256 characters, or two with a comma while rotating")
    return found


def hosts(name: str) -> list[str]:
    """Exact `host:port` pairs."""
    found = words(name)
    for pair in found:
        host, _, port = pair.rpartition(":")
        if not host or "/" in host or "*" in host or not port.isdigit() or not 0 < int(port) < 65536:
            raise refusal(name, pair, "host:port pairs such as 10.0.0.5:8443, separated by commas")
    return [pair.lower() for pair in found]


def address(name: str, default: str, allowed: Iterable[str]) -> str:
    """A base address: https, or plain http on loopback or where `allowed` names its host:port."""
    seen = text(name, default).rstrip("/")
    parts = urlsplit(seen)
    plain = parts.hostname in ("127.0.0.1", "localhost", "::1") or parts.netloc.lower() in allowed
    if (
        parts.username
        or not parts.hostname
        or not (parts.scheme == "https" or parts.scheme == "http" and plain)
    ):
        where = "an https address, or http on loopback or at a host:port of STUDIO_FETCH_ALLOW"
        raise refusal(name, "an address with a password" if parts.username else seen, where)
    return seen


def file(name: str) -> bytes:
    """What the named file holds; nothing without a name. A refusal never tells what it read or was handed."""
    seen = text(name)
    if not seen:
        return b""
    try:
        return Path(seen).expanduser().read_bytes()
    except (OSError, ValueError):
        shown = "a PEM itself" if "-----" in seen else seen
        raise refusal(name, shown, "the path of a PEM file that can be read") from None


def later(*names: str) -> None:
    """Refuses settings that have a reserved name and no code behind them yet."""
    for name in names:
        if seen := text(name):
            raise refusal(
                name, "set" if "TOKEN" in name else seen.split(":")[0] + ":…", "empty: not available yet"
            )


def refusal(name: str, seen: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {seen!r}. Allowed: {allowed}.")
