"""A worker's turn: claims pictures that are due and drives many steps at once.

Everything that touches the database happens in this thread, in short transactions; the calls that steps yield
run beside it in a pool.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final

from studio import queue
from studio.flow import pace, poll
from studio.flow.engines import ENGINES, is_remote
from studio.flow.hold import Holding
from studio.flow.render import Step, step
from studio.models import HELD, Render, State
from studio.models.render import RenderQuerySet

log = logging.getLogger(__name__)
TURN: Final = 0.1  # seconds of waiting for an answer before anything else is looked after
LOOK_EVERY: Final = 0.05  # seconds between two looks at what is due, while calls are on their way
SECONDS: Final = 10.0  # a turn
LONGEST: Final = (
    60.0  # while a slow call is waited for; what begins last still ends before the queue's timeout
)
ERRAND_EVERY: Final = 0.25
STARTED: Final = {State.QUEUED, *HELD}


@dataclass
class Running:
    """A step that waits for its call. Without a render it is the engine's own errand."""

    steps: Step
    engine: str
    render: Render | None = None
    since: float = 0.0  # when its call began


class Crew:
    """Drives the steps of many renders, as many calls at once as each engine wants."""

    def __init__(self, renders: RenderQuerySet) -> None:
        self._renders = renders
        self._calls: dict[Future[Any], Running] = {}
        self._pool = ThreadPoolExecutor(sum(engine.batch for engine in ENGINES.values()))
        self._holding = Holding()
        self._ending = False
        self._next_look = self._next_errand = 0.0

    def __enter__(self) -> "Crew":
        self._holding.__enter__()
        return self

    def __exit__(self, *about: object) -> None:
        """Whatever has gone wrong, answers that are on their way are not dropped."""
        try:
            self.finish()
        finally:
            self._pool.shutdown()
            self._holding.__exit__(*about)

    @property
    def busy(self) -> bool:
        return bool(self._calls)

    def waits_since(self, moment: float) -> bool:
        """Whether a picture's call is on its way that began before that moment."""
        return any(one.render is not None and one.since < moment for one in self._calls.values())

    def start_what_is_due(self) -> int:
        """Claims as much as there is room for and makes the first calls. Gives how much was claimed."""
        now = time.monotonic()
        if (self.busy and now < self._next_look) or queue.stopping():
            return 0
        self._next_look = now + LOOK_EVERY
        due: dict[str, set[str]] = {}
        for engine, state in self._renders.due().order_by().values_list("engine", "state").distinct():
            due.setdefault(engine, set()).add(state)
        self._run_errands(now)  # before new pictures take every permit
        return sum(self._start_due(engine, due[engine]) for engine in ENGINES if engine in due)

    def finish(self) -> None:
        """Begins nothing new and waits for the calls that are on their way."""
        self._ending = True
        while self._calls:
            self.settle(TURN)

    def settle(self, seconds: float) -> None:
        """Waits until a call is answered, at most so long; goes on with every step that has its answer."""
        if not self._calls:
            time.sleep(seconds)
        done, _ = wait(self._calls, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            running = self._calls.pop(future)
            error = future.exception()
            self._go_on(
                running, _throw(running.steps, error) if error else _send(running.steps, future.result())
            )

    def _start_due(self, engine: str, states: set[str]) -> int:
        room = ENGINES[engine].batch - sum(one.engine == engine for one in self._calls.values())
        rows = _claim(engine, self._renders.due().filter(engine=engine), states, room)
        self._holding.take(rows)
        for render in rows:
            self._begin(Running(step(render), engine, render))
        return len(rows)

    def _run_errands(self, now: float) -> None:
        if now < self._next_errand:
            return
        self._next_errand = now + ERRAND_EVERY
        for engine in filter(is_remote, ENGINES):
            if not self._on_errand(engine):
                self._begin(Running(poll.errand(engine), engine))

    def _on_errand(self, engine: str) -> bool:
        return any(one.engine == engine and one.render is None for one in self._calls.values())

    def _begin(self, running: Running) -> None:
        self._go_on(running, _send(running.steps, None))

    def _go_on(self, running: Running, ask: Callable[[], Any]) -> None:
        """Runs the step up to its next call. At its end the next step follows, or the row is given back."""
        try:
            call = ask()
        except StopIteration as end:
            self._after(running, bool(end.value))
            return
        except Exception:
            if running.render is not None:
                raise
            log.exception("An errand to %s failed and comes again", running.engine)
            return
        if self._ending and running.render is None:
            running.steps.close()
        else:
            running.since = time.monotonic()
            self._calls[self._pool.submit(call)] = running

    def _after(self, running: Running, more: bool) -> None:
        if running.render is None:
            return
        if more and not self._ending:
            self._begin(Running(step(running.render), running.engine, running.render))
        else:
            self._holding.give_back(running.render)


def work(seconds: float = SECONDS) -> None:
    """Moves due renders on for a while; leaves a nudge when there is more to do."""
    end = time.monotonic() + seconds
    with Crew(Render.objects.all()) as crew:
        while crew.start_what_is_due() or crew.busy or pace.soon():
            crew.settle(TURN)
            if _is_over(crew, end) or queue.stopping():
                queue.work_on_renders()
                break
        crew.finish()


def work_on(renders: RenderQuerySet) -> int:
    """One turn for these renders alone, until its calls are answered. Gives how much was done."""
    with Crew(renders) as crew:
        claimed = crew.start_what_is_due()
        while crew.busy:
            crew.settle(TURN)
            claimed += crew.start_what_is_due()
    return claimed


def _is_over(crew: Crew, end: float) -> bool:
    """Past its end a turn goes on while it would only wait for a slow call, and nobody else waits."""
    now = time.monotonic()
    if now <= end:
        return False
    return now > end + LONGEST - SECONDS or not crew.waits_since(end) or queue.others_wait()


def _claim(engine: str, due: RenderQuerySet, states: set[str], room: int) -> list[Render]:
    """What is made is fetched first, before it can expire; then new pictures are asked for."""
    rows: list[Render] = []
    if State.COLLECTING in states and room > 0:
        rows += due.filter(state=State.COLLECTING).claim(room)
    if State.RUNNING in states:
        rows += pace.claim_told(engine, due.filter(state=State.RUNNING), room - len(rows))
    if states & STARTED:
        rows += pace.claim_to_send(engine, due.filter(state__in=STARTED), room - len(rows))
    if State.RUNNING in states:
        rows += pace.claim_to_look(engine, due.filter(state=State.RUNNING), room - len(rows))
    return rows


def _send(steps: Step, answer: Any) -> Callable[[], Any]:
    return lambda: steps.send(answer)


def _throw(steps: Step, error: BaseException) -> Callable[[], Any]:
    return lambda: steps.throw(error)
