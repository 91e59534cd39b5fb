"""Idempotency: which key bought what, with which bytes, and for how long that is remembered."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.standin.answers import Refusal, flat
from tests.standin.wire import Reply

DAY = 24 * 3600.0


@dataclass
class Known:
    body: str
    at: float
    reply: Reply | None = None


class Keys:
    """`claim` before handling; then `keep` the reply or `drop` the key.

    window: seconds for which a key is remembered. ignored: as if keys did not exist.
    remember_refusals: whether a refusal is kept as an answer, too (no source says).
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._lock = now, threading.Lock()
        self._known: dict[tuple[str, str], Known] = {}
        self.window, self.retry_after = DAY, 5
        self.ignored = self.remember_refusals = False

    def claim(self, account: str, key: str | None, body_sha256: str) -> Reply | None:
        """The first reply when there is one; None when the caller is the first. Refusal otherwise."""
        if key is None or self.ignored:
            return None
        with self._lock:
            known = self._known.get((account, key))
            if known is None or self._now() - known.at > self.window:
                self._known[account, key] = Known(body_sha256, self._now())
                return None
        if known.body != body_sha256:
            message = "Idempotency-Key was already used with a different request body"
            raise Refusal(flat(422, "IDEMPOTENCY_KEY_MISMATCH", message))
        if known.reply is None:
            raise Refusal(self._processing())
        return known.reply

    def keep(self, account: str, key: str | None, reply: Reply) -> None:
        if key is not None and (known := self._known.get((account, key))) and not self.ignored:
            known.reply = reply

    def drop(self, account: str, key: str | None) -> None:
        if key is not None:
            with self._lock:
                self._known.pop((account, key), None)

    def running(self) -> int:
        """How many keys wait for the answer to their first request."""
        with self._lock:
            return sum(known.reply is None for known in self._known.values())

    def forget(self) -> None:
        """All keys, as after the window."""
        with self._lock:
            self._known.clear()

    def _processing(self) -> Reply:
        reply = flat(409, "IDEMPOTENCY_KEY_PROCESSING", "the first request with this key is still running")
        reply.headers["Retry-After"] = str(self.retry_after)
        return reply
