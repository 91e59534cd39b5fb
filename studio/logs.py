"""One event, one line: whatever a message carries, it cannot forge a second entry."""

import logging
import re
from collections import Counter
from typing import Any, Final

_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_SLASH = "(?:/|%2[Ff])"
_TOKENS = re.compile(
    rf"({_SLASH}(?:welcome|callbacks{_SLASH}hiapi|references|reset|invitations){_SLASH})[^\s\"'<>]+"
)


class Calm(logging.Filter):
    """A request that was turned away is no fault of ours: its line needs no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True


class Seldom(logging.Filter):
    """What happens to many pictures at once is one line a minute in each process, with how often it happened.

    Alike are lines of the same words whose first value is the same.
    """

    EVERY: Final = 60.0  # seconds

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[object, float] = {}
        self._held: Counter[object] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        first = record.args[0] if isinstance(record.args, tuple) and record.args else None
        kind = record.msg, str(first)
        if record.created - self._told.get(kind, float("-inf")) < self.EVERY:
            self._held[kind] += 1
            return False
        self._told[kind] = record.created
        if held := self._held.pop(kind, 0):
            record.msg += f" ({held:,} more like it before)"
        return True


class OneLine(logging.Formatter):
    """Escapes control characters and masks the tokens that addresses carry; tracebacks are moved in."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        line = _TOKENS.sub(r"\1…", super().formatMessage(record))
        return _UNSAFE.sub(lambda found: repr(found.group())[1:-1], line)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        lines = _TOKENS.sub(r"\1…", super().formatException(ei)).splitlines()
        return "\n".join(f"    {line}" for line in lines)
