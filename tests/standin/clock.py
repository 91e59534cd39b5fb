"""The stand-in's own time, which tests speed up and move, and the one thread that acts when it comes."""

import heapq
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count


class Clock:
    """Unix seconds that start now (or at `start`), run `speed` times as fast and can jump."""

    def __init__(self, start: float | None = None, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._base = time.time() if start is None else start
        self._since = time.monotonic()
        self.speed = speed

    def now(self) -> float:
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._base += seconds

    def run(self, speed: float) -> None:
        with self._lock:
            self._base, self._since = self._now(), time.monotonic()
            self.speed = speed

    def real(self, seconds: float) -> float:
        """How long a span of this clock takes on the wall's."""
        return seconds / self.speed if self.speed else 3600.0

    def _now(self) -> float:
        return self._base + (time.monotonic() - self._since) * self.speed


class Scheduler:
    """`at(when, act)` calls `act` on one thread; `aside(act)` on one of several, for what waits for others.
    Callbacks have threads of their own, so that a receiver that hangs does not keep tasks from being made."""

    def __init__(self, clock: Clock, fetching: int = 8, calling: int = 32) -> None:
        self.clock, self.errors = clock, list[BaseException]()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order, self._acting, self._aside, self._going = count(), False, 0, True
        self._changed = threading.Condition()
        self._fetching = ThreadPoolExecutor(fetching, "standin-fetching")
        self._calling = ThreadPoolExecutor(calling, "standin-calling")
        self._thread = threading.Thread(target=self._run, name="standin-scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._going = False
            self._changed.notify_all()
        self._fetching.shutdown(wait=False, cancel_futures=True)
        self._calling.shutdown(wait=False, cancel_futures=True)
        self._thread.join(5)

    def at(self, when: float, act: Callable[[], None]) -> None:
        with self._changed:
            heapq.heappush(self._due, (when, next(self._order), act))
            self._changed.notify_all()

    def aside(self, act: Callable[[], None], *, calling: bool = False) -> None:
        with self._changed:
            if not self._going:
                return
            self._aside += 1
            future = (self._calling if calling else self._fetching).submit(act)
        future.add_done_callback(self._done)

    def poke(self) -> None:
        """The clock was moved: look again at what is due."""
        with self._changed:
            self._changed.notify_all()

    def settle(self, within: float = 15.0) -> None:
        """Comes back when all that is due by now was done; TimeoutError when it takes too long."""
        with self._changed:
            if not self._changed.wait_for(self._is_settled, within):
                raise TimeoutError(f"the stand-in has not settled within {within} s")

    def _is_settled(self) -> bool:
        late = bool(self._due) and self._due[0][0] <= self.clock.now()
        return not (late or self._acting or self._aside)

    def _run(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception as error:
                self.errors.append(error)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._acting = False
            while self._going:
                self._changed.notify_all()
                wait = self._due[0][0] - self.clock.now() if self._due else 3600.0
                if self._due and wait <= 0:
                    self._acting = True
                    return heapq.heappop(self._due)[2]
                self._changed.wait(min(self.clock.real(wait), 3600.0))
            return None

    def _done(self, future: Future[None]) -> None:
        with self._changed:
            self._aside -= 1
            self._changed.notify_all()
        if not future.cancelled() and (error := future.exception()):
            self.errors.append(error)
