"""Requests a minute and requests at once, each by key, as every answer's headers tell."""

import math
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from tests.standin.answers import Refusal, nested

UNLIMITED = 1_000_000


@dataclass
class Spell:
    """What one key has used of the window that began at `since`."""

    since: float = 0.0
    used: int = 0
    at_once: int = 0
    most_at_once: int = 0


@dataclass
class Limits:
    """None is unlimited; `running` limits tasks that have not ended. The window runs on the machine's clock:
    load is real, whatever time it is for tasks."""

    rpm: int | None = None
    concurrency: int | None = None
    running: int | None = None
    window: float = 60.0
    spells: dict[str, Spell] = field(default_factory=lambda: defaultdict(Spell))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, key: str) -> dict[str, str]:
        """The headers for the answer, after which comes `leave`. Refusal with 429 over either limit."""
        with self._lock:
            spell = self._spell(key)
            headers = self._headers(spell)
            self._enter(spell, headers)
        return headers

    def leave(self, key: str) -> None:
        """The answer is on the wire, or its connection broken."""
        with self._lock:
            self.spells[key].at_once -= 1

    @property
    def most_at_once(self) -> int:
        """Requests of one key under way at the same moment, hanging ones included: the highest so far."""
        return max((spell.most_at_once for spell in self.spells.values()), default=0)

    def _spell(self, key: str) -> Spell:
        spell = self.spells[key]
        if time.time() - spell.since >= self.window:
            spell.since, spell.used = time.time(), 0
        return spell

    def _enter(self, spell: Spell, headers: dict[str, str]) -> None:
        if self.rpm is not None and spell.used >= self.rpm:
            self._refuse("rate limit exceeded", headers, spell.since + self.window - time.time())
        if self.concurrency is not None and spell.at_once >= self.concurrency:
            self._refuse("too many concurrent requests", headers, 1)
        spell.used += 1
        spell.at_once += 1
        spell.most_at_once = max(spell.most_at_once, spell.at_once)
        headers["X-RateLimit-Remaining"] = str((self.rpm or UNLIMITED) - spell.used)

    def _headers(self, spell: Spell) -> dict[str, str]:
        limit = UNLIMITED if self.rpm is None else self.rpm
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - spell.used)),
            "X-RateLimit-Reset": str(math.ceil(spell.since + self.window)),
        }

    def _refuse(self, message: str, headers: dict[str, str], wait: float) -> None:
        reply = nested(429, "rate_limit_exceeded", message)
        reply.headers = {**headers, "Retry-After": str(max(1, math.ceil(wait)))}
        raise Refusal(reply)
