"""Callbacks: whether HiAPI sent one, and what it says. Checked on the exact bytes, before they are read."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from studio.providers.base import Heard
from studio.providers.errors import Forged

TIMESTAMP: Final = "x-hiapi-timestamp"
SIGNATURE: Final = "x-hiapi-signature"
FRESH: Final = 300  # seconds either way
MOST_BYTES: Final = 1 << 20
SECONDS: Final = re.compile(r"[0-9]{10}")
HEX: Final = re.compile(r"[0-9a-f]{64}")
TASK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
STATUS: Final = re.compile(r"[A-Za-z_]{1,40}")
DEEPEST: Final = 20


def hear(headers: Mapping[str, str], body: bytes, now: float, secrets: Sequence[str]) -> Heard:
    """Which task a callback speaks of. `now` is Unix seconds; any of `secrets` may have signed it.

    Without secrets nothing is checked and `signed` is False. Raises Forged.
    """
    if len(body) > MOST_BYTES:
        raise Forged("callback_big", bytes=len(body), limit=MOST_BYTES)
    secrets = [secret for secret in secrets if secret]
    fresh = _signed_within(headers, body, now, secrets) if secrets else True
    task_id, status = _task(body)
    return Heard(task_id, status, signed=bool(secrets), fresh=fresh)


def _signed_within(headers: Mapping[str, str], body: bytes, now: float, secrets: Sequence[str]) -> bool:
    """Whether the signature, which has to be right, was made around `now`."""
    timestamp, signature = _only(headers, TIMESTAMP, SECONDS), _only(headers, SIGNATURE, HEX)
    signed = timestamp.encode() + b"." + body
    right = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any([hmac.compare_digest(one, signature) for one in right]):  # a list: always as many comparisons
        raise Forged("callback_signature")
    return abs(now - int(timestamp)) <= FRESH


def _only(headers: Mapping[str, str], name: str, shape: re.Pattern[str]) -> str:
    """The one header of this name. One that was sent twice comes joined by a comma and has no such shape."""
    values = [value for key, value in headers.items() if key.lower() == name]
    if not values:
        raise Forged("callback_unsigned", header=name)
    if len(values) > 1 or not shape.fullmatch(values[0]):
        raise Forged("callback_header", header=name)
    return values[0]


def _task(body: bytes) -> tuple[str, str]:
    """Id and status of the one task in the body, bare or inside an envelope. No status is an empty one."""
    try:
        told = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Forged("callback_body") from None
    if _is_deep(told, DEEPEST) or not isinstance(told, dict):
        raise Forged("callback_body")
    inner = told.get("data")
    task = inner if isinstance(inner, dict) and "taskId" in inner else told
    task_id, status = task.get("taskId"), task.get("status")
    if not isinstance(task_id, str) or not TASK_ID.fullmatch(task_id):
        raise Forged("callback_body")
    return task_id, status if isinstance(status, str) and STATUS.fullmatch(status) else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values under one name could be read in two ways."""
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name stands twice")
    return told


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _is_deep(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (not levels or any(_is_deep(one, levels - 1) for one in inner))
