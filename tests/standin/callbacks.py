"""Terminal notices: signed when there is a secret, tried four times, and wrong in every way."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from tests.standin.clock import Scheduler
from tests.standin.faults import Fault
from tests.standin.ledger import Ledger
from tests.standin.references import is_loopback

PATIENCE = 10.0
MINUTE = 60.0


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over timestamp, a dot and the raw body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass
class Plan:
    """How the callback of one task goes wrong.

    early: it goes out, and the task ends, this many real seconds before the submission is answered.
    stale: seconds by which the timestamp is old (negative: in the future).
    contradict_after: then the opposite outcome follows; the task itself does not change.
    resign: whether each attempt gets a fresh timestamp (no source says).
    """

    never: bool = False
    early: float | None = None
    delay: float = 0.0
    copies: int = 1
    signature: str = "right"
    stale: float = 0.0
    resign: bool = True
    contradict_after: float | None = None
    envelope: bool = False
    task_id: str = ""


def planned(faults: list[Fault]) -> Plan:
    plan = Plan()
    for fault in faults:
        PLANS[fault.kind](plan, fault)
    return plan


class Callbacks:
    """`secret` may be changed at any time. `attempts` are seconds of the stand-in's clock after the first."""

    def __init__(self, scheduler: Scheduler, ledger: Ledger, secret: str) -> None:
        self._scheduler, self._ledger, self.secret = scheduler, ledger, secret
        self.attempts = [0.0, MINUTE, 5 * MINUTE, 20 * MINUTE]
        self.patience = PATIENCE

    def announce(self, url: str, shown: dict[str, Any], plan: Plan) -> None:
        """Sends the notice of a task that has ended, now or when its plan says."""
        if plan.never:
            return
        notice = Notice(self, url, shown, plan, self._scheduler.clock.now() + plan.delay)
        self._scheduler.at(notice.first, lambda: self._scheduler.aside(notice.attempt, calling=True))
        if plan.contradict_after is not None:
            other = Notice(self, url, opposite(shown), plan, notice.first + plan.contradict_after)
            self._scheduler.at(other.first, lambda: self._scheduler.aside(other.attempt, calling=True))

    def at_once(self, url: str, shown: dict[str, Any], plan: Plan) -> None:
        """The same, before this returns: the receiver knows the outcome before the submitter has an id."""
        Notice(self, url, shown, plan, self._scheduler.clock.now()).attempt()

    def send(self, url: str, body: bytes, headers: dict[str, str], task: str = "", attempt: int = 0) -> int:
        """One POST; the status of its answer, 0 for none."""
        try:
            status, error = self._post(url, body, headers), ""
        except (OSError, HTTPException) as failure:
            status, error = 0, f"{type(failure).__name__}: {failure}"
        self._ledger.callback(
            task=task, url=url, attempt=attempt, status=status, error=error,
            body=body.decode("utf-8", "replace"), headers=headers,
        )  # fmt: skip
        return status

    def headers(self, body: bytes, plan: Plan, age: float) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "HiAPI-Webhook"}
        if self.secret and plan.signature != "none":
            stamp = str(int(time.time() - plan.stale - (0 if plan.resign else age)))
            secret = self.secret if plan.signature == "right" else self.secret + "?"
            headers["X-HiAPI-Timestamp"] = stamp
            headers["X-HiAPI-Signature"] = sign(secret, stamp, body)
        return headers

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        if not is_loopback(url):
            raise OSError("the stand-in reaches nothing but this machine")
        parts = urlsplit(url)
        connection = HTTPConnection(str(parts.hostname), parts.port or 80, timeout=self.patience)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target or "/", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass
class Notice:
    """One callback over its attempts, until a 2xx."""

    callbacks: Callbacks
    url: str
    shown: dict[str, Any]
    plan: Plan
    first: float
    tried: int = 0

    def attempt(self) -> None:
        self.tried += 1
        body, plan = self._body(), self.plan
        age = self.callbacks._scheduler.clock.now() - self.first
        headers = self.callbacks.headers(body, plan, age)

        def send() -> None:
            statuses.append(self.callbacks.send(self.url, body, headers, self.shown["taskId"], self.tried))

        statuses: list[int] = []
        at_once([send] * plan.copies)
        if not any(200 <= status < 300 for status in statuses):
            self._again()

    def _again(self) -> None:
        attempts, scheduler = self.callbacks.attempts, self.callbacks._scheduler
        if self.tried < len(attempts):
            scheduler.at(
                self.first + attempts[self.tried], lambda: scheduler.aside(self.attempt, calling=True)
            )

    def _body(self) -> bytes:
        shown = {**self.shown, **({"taskId": self.plan.task_id} if self.plan.task_id else {})}
        document = {"code": 200, "message": "success", "data": shown} if self.plan.envelope else shown
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def opposite(shown: dict[str, Any]) -> dict[str, Any]:
    """The same task with the other outcome."""
    left = {name: one for name, one in shown.items() if name not in ("output", "error")}
    if shown["status"] == "success":
        return {**left, "status": "fail", "error": {"code": "TASK_FAILED", "message": "contradiction"}}
    output = {"url": "http://127.0.0.1:9/contradiction.png", "type": "image", "expireAt": int(time.time())}
    return {**left, "status": "success", "output": [output]}


def at_once(acts: list[Callable[[], None]]) -> None:
    """All of them as nearly at the same moment as threads can."""
    others = [threading.Thread(target=act, daemon=True) for act in acts[1:]]
    for thread in others:
        thread.start()
    acts[0]()
    for thread in others:
        thread.join()


def _set(name: str, option: str = "", default: Any = True) -> Callable[[Plan, Fault], None]:
    return lambda plan, fault: setattr(plan, name, fault.get(option, default) if option else default)


PLANS: Final[dict[str, Callable[[Plan, Fault], None]]] = {
    "never": _set("never"),
    "early": _set("early", "seconds", 0.0),
    "late": _set("delay", "seconds", 3600.0),
    "duplicate": _set("copies", "copies", 10),
    "unsigned": _set("signature", default="none"),
    "wrongly_signed": _set("signature", default="wrong"),
    "stale": _set("stale", "seconds", 301.0),
    "old_timestamp": _set("resign", default=False),
    "contradict": _set("contradict_after", "seconds", 0.0),
    "envelope": _set("envelope"),
    "other_task": _set("task_id", "task", "tk-hiapi-00000000000000000000000000"),
}
