"""What happened, in order, never changed: requests, purchases, references and callbacks."""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A request and what was decided about it. `at` is the stand-in's clock, `real` the machine's."""

    at: float
    real: float
    method: str
    path: str
    query: str
    key: str | None
    body_sha256: str
    body_bytes: int
    status: int
    verdict: str
    task: str
    price: int
    fault: str
    peer: str


@dataclass(frozen=True)
class Purchase:
    """A task that costs money, in millionths of a dollar."""

    at: float
    task: str
    key: str | None
    body_sha256: str
    model: str
    price: int


@dataclass(frozen=True)
class Reference:
    """A reference picture as it arrived. `metadata` names what it carried besides pixels."""

    task: str
    position: int
    source: str
    sha256: str = ""
    bytes: int = 0
    format: str = ""
    width: int = 0
    height: int = 0
    metadata: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Delivery:
    """One callback that was sent. `status` is 0 when nobody answered."""

    at: float
    real: float
    task: str
    url: str
    attempt: int
    status: int
    error: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """A result as it was handed out, whole and right."""

    at: float
    task: str
    sha256: str
    bytes: int


class Ledger:
    """Lists to read at any time; `path` is a file that gets each row as a line of JSON too."""

    def __init__(self, now: Callable[[], float], path: Path | None = None) -> None:
        self._now, self._lock = now, threading.Lock()
        self._file = path.open("a", encoding="utf-8") if path else None
        self.entries: list[Entry] = []
        self.paid: list[Purchase] = []
        self.refunded: set[str] = set()
        self.references: list[Reference] = []
        self.callbacks: list[Delivery] = []
        self.served: list[Served] = []

    def close(self) -> None:
        if self._file:
            self._file.close()

    # What the stand-in writes

    def request(self, **facts: Any) -> None:
        self._add(self.entries, Entry(at=self._now(), real=time.time(), **facts))

    def purchase(self, **facts: Any) -> None:
        self._add(self.paid, Purchase(at=self._now(), **facts))

    def refund(self, task: str) -> None:
        with self._lock:
            self.refunded.add(task)
        self._line("Refund", {"at": self._now(), "task": task})

    def reference(self, reference: Reference) -> None:
        self._add(self.references, reference)

    def callback(self, **facts: Any) -> None:
        self._add(self.callbacks, Delivery(at=self._now(), real=time.time(), **facts))

    def serve(self, **facts: Any) -> None:
        self._add(self.served, Served(at=self._now(), **facts))

    # What tests ask

    def posts(self, verdict: str = "") -> list[Entry]:
        """Submissions, all or those whose verdict begins so."""
        return [
            one
            for one in list(self.entries)
            if one.method == "POST" and one.path == "/v1/tasks" and one.verdict.startswith(verdict)
        ]

    def paid_by_key(self) -> dict[str | None, list[Purchase]]:
        found: dict[str | None, list[Purchase]] = defaultdict(list)
        for one in list(self.paid):
            found[one.key].append(one)
        return dict(found)

    def bodies_by_key(self) -> dict[str | None, set[str]]:
        """SHA-256 of every body that was sent with a key, over all its attempts."""
        found: dict[str | None, set[str]] = defaultdict(set)
        for one in self.posts():
            if one.body_sha256:
                found[one.key].add(one.body_sha256)
        return dict(found)

    def spent(self) -> int:
        """Micro-dollars, less what was given back."""
        return sum(one.price for one in list(self.paid) if one.task not in self.refunded)

    def per_second(self, path: str = "/v1/", method: str = "") -> Counter[int]:
        """Requests in each second of the machine's clock whose path begins so."""
        return Counter(
            int(one.real)
            for one in list(self.entries)
            if one.path.startswith(path) and one.method.startswith(method)
        )

    def polls(self) -> Counter[str]:
        """How often each task was read by its id."""
        return Counter(
            one.path.removeprefix("/v1/tasks/")
            for one in list(self.entries)
            if one.method == "GET" and one.path.startswith("/v1/tasks/")
        )

    def callbacks_of(self, task: str) -> list[Delivery]:
        return [one for one in list(self.callbacks) if one.task == task]

    def references_of(self, task: str) -> list[Reference]:
        return [one for one in list(self.references) if one.task == task]

    # Each kind of row has a list; the file gets them all

    def _add(self, rows: list[Any], row: Any) -> None:
        with self._lock:
            rows.append(row)
        if self._file:
            self._line(type(row).__name__, asdict(row))

    def _line(self, kind: str, row: dict[str, Any]) -> None:
        with self._lock:
            if not self._file or self._file.closed:
                return
            self._file.write(json.dumps({"row": kind, **row}, ensure_ascii=False) + "\n")
            self._file.flush()
