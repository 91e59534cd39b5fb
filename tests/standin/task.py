"""A task as HiAPI shows it: five statuses, then an output or an error. It never echoes its input."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.standin.callbacks import Plan
from tests.standin.checks import Order
from tests.standin.draw import Look

FINAL = ("success", "fail")


@dataclass(eq=False)
class Task:
    """Times are the stand-in's. `expiries` has the end of each address that was given out for the picture;
    the first `gone` of them do not work whatever they promised."""

    id: str
    number: int
    account: str
    key: str | None
    order: Order
    created: float
    ends_at: float
    price: int = 0
    status: str = "queued"
    completed: int = 0
    error: dict[str, str] | None = None
    look: Look | None = None
    extension: str = "png"
    expiries: list[float] = field(default_factory=list)
    gone: int = 0
    outputs: int = 1
    failure: dict[str, str] | None = None
    stuck: bool = False
    plan: Plan = field(default_factory=Plan)

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    def is_expired(self, version: int, now: float) -> bool:
        return version < self.gone or self.expiries[version] <= now

    def shown(self, address: Callable[["Task", int], str]) -> dict[str, Any]:
        """The `data` of a detail. `address(task, version)` is where a picture is."""
        data: dict[str, Any] = {
            "taskId": self.id,
            "model": self.order.shown_model,
            "status": self.status,
            "created": int(self.created),
            "completed": self.completed,
            "storage": self.order.storage,
        }
        if self.order.shown_route:
            data["route"] = self.order.shown_route
        if self.status == "success":
            data["output"] = self._output(address)
        if self.status == "fail" and self.error is not None:
            data["error"] = self.error
        return data

    def _output(self, address: Callable[["Task", int], str]) -> list[dict[str, Any]]:
        version = len(self.expiries) - 1
        one = {"url": address(self, version), "type": "image", "expireAt": int(self.expiries[version])}
        return [one] * self.outputs


class Shelf:
    """All tasks, in the order in which they were made."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._tasks: list[Task] = []
        self._by_id: dict[str, Task] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Any:
        return iter(list(self._tasks))

    def add(self, make: Callable[[int], Task]) -> Task:
        """`make(number)` is called with the task's place in the order."""
        with self.lock:
            task = make(len(self._tasks))
            self._tasks.append(task)
            self._by_id[task.id] = task
        return task

    def get(self, id: str, account: str | None = None) -> Task | None:
        """None for an unknown task, and for another account's."""
        task = self._by_id.get(id)
        return task if task and account in (None, task.account) else None

    def page(self, account: str, page: int, size: int) -> tuple[int, list[Task]]:
        """How many there are, and one page of them, newest first."""
        mine = [task for task in self if task.account == account]
        mine.sort(key=lambda task: (task.created, task.number), reverse=True)
        return len(mine), mine[(page - 1) * size : page * size]
