"""Running pictures are found in the provider's own list: a page shows a hundred of them for one call.

All processes share one turn, so that the provider is asked politely however many of us there are.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from studio.flow import notice, pace, price
from studio.flow.engines import remote
from studio.flow.outcome import GIVE_UP, LOOK_EVERY
from studio.flow.render import Step, heard, task_failed
from studio.models import Attempt, Gate, Notice, Render, State
from studio.models.render import RenderQuerySet
from studio.providers.base import Glance, Task, Working
from studio.providers.errors import Declined, ProviderError, Unheard, Wait

log = logging.getLogger(__name__)
PAGE_EVERY: Final = 0.5  # seconds between two pages at least: two requests a second
SWEEP_EVERY: Final = 5.0  # between two readings of the list; rarer as tasks take longer, or callbacks come
SWEEP_SELDOM: Final = 30.0
PAGES: Final = 30
EARLY: Final = timedelta(seconds=90)  # the provider's clock may differ from ours
DEAF_AFTER: Final = timedelta(minutes=5)  # without a callback, while so many tasks ended:
UNTOLD: Final = 3
HEARS: Final = timedelta(minutes=2)


def errand(engine: str) -> Step:
    """What is to be asked of the engine itself now: does it answer again, its prices, how do tasks go."""
    if pace.probe_due(engine):
        return (yield from _probe(engine))
    if _prices_due(engine):
        price.keep(engine, (yield partial(price.read, engine)))
    while gate := _take_turn(engine):
        try:
            page = yield partial(remote(engine).glance, gate.list_page)
        except (Wait, Unheard, Declined) as error:
            pace.note_trouble(engine, "", error)
            return False
        pace.note_answered(engine)
        _read(engine, page)
        if not _turn_page(gate, page):
            return False
        yield partial(time.sleep, _page_every())
    return False


def due(engine: str) -> bool:
    """Whether somebody should go on the engine's errand now."""
    gates = Gate.objects.filter(engine=engine)
    now = timezone.now()
    if _prices_due(engine) or gates.filter(probe_at__lte=now).exclude(down_since=None).exists():
        return True
    return gates.filter(list_at__lte=now, down_since=None).exists() and _running(engine).exists()


def _prices_due(engine: str) -> bool:
    """Not while it is down: one question in half a minute is enough to learn that it is back."""
    return price.due(engine) and not Gate.objects.filter(engine=engine).exclude(down_since=None).exists()


def _probe(engine: str) -> Step:
    """Whoever says no has answered: what is wrong is told and closes the gate, and nobody goes on waiting."""
    try:
        yield _question(engine)
    except ProviderError as error:
        pace.note_trouble(engine, "", error)
        if not isinstance(error, Declined):
            return False
    pace.came_back(engine)
    return True


def _question(engine: str) -> Callable[[], object]:
    """About one task where one runs: the list alone may be what is broken."""
    tasks = Attempt.objects.filter(engine=engine, outcome="", render__state=State.RUNNING)
    task_id = tasks.exclude(task_id="").order_by("?").values_list("task_id", flat=True).first()
    return partial(remote(engine).look, task_id) if task_id else partial(remote(engine).glance, 1)


def _take_turn(engine: str) -> Gate | None:
    """The gate, when something runs and it is this caller's turn to read a page."""
    now = timezone.now()
    gate = Gate.objects.filter(engine=engine, list_at__lte=now, down_since=None).first()
    if gate is None or gate.closed_by == "key_refused":
        return None
    if not _running(engine).exists():
        return None
    return pace.turn_of_list(engine, timedelta(seconds=_page_every()))


def _read(engine: str, page: Glance) -> None:
    """Tasks of ours that are finished go on; those that are still at work are not looked at one by one."""
    by_id = {task.task_id: task for task in page.tasks}
    ours = Attempt.objects.filter(task_id__in=by_id, outcome="", render__state=State.RUNNING, engine=engine)
    finished: list[Attempt] = []
    working: list[Attempt] = []
    for attempt in ours.select_related("render"):
        at_work = isinstance(by_id[attempt.task_id].news, Working)
        (working if at_work else finished).append(attempt)
    _postpone(working)
    for attempt in finished:
        try:
            _settle(attempt, by_id[attempt.task_id])
        except Exception:  # one that fails is looked at by itself
            log.exception("Render %s could not be settled from the list", attempt.render_id)
    _note_deafness(engine, finished)


def _postpone(working: list[Attempt]) -> None:
    """What is at work needs no look of its own, unless it has been for so long that it may be given up.

    Nor where a callback has told more since this page was written.
    """
    rows = Render.objects.filter(pk__in=[attempt.render_id for attempt in working], state=State.RUNNING)
    told = notice.told_running(rows).values("pk")
    young = rows.filter(updated_at__gt=timezone.now() - GIVE_UP).exclude(pk__in=told)
    young.update(look_again_at=timezone.now() + LOOK_EVERY)


def _settle(attempt: Attempt, task: Task) -> None:
    render = attempt.render
    assert render is not None
    if isinstance(task.news, Declined):
        task_failed(render, task.news)
    elif not isinstance(task.news, Working):
        heard(render, attempt, task.news)


def _turn_page(gate: Gate, page: Glance) -> bool:
    """On to the next page while it may hold tasks of ours, else back to the first after a pause."""
    open_ones = Attempt.objects.filter(engine=gate.engine, outcome="", render__state=State.RUNNING)
    span = open_ones.aggregate(oldest=Min("first_sent_at"), youngest=Max("first_sent_at"))
    created = [task.created_at for task in page.tasks if task.created_at]
    beyond = not span["oldest"] or bool(created and min(created) < span["oldest"] - EARLY)
    if page.more and not beyond and gate.list_page < PAGES:
        Gate.change(gate.engine, list_page=gate.list_page + 1)
        return True
    pause = max(_page_every(), _pause(gate, span["youngest"]) - gate.list_page * _page_every())
    Gate.change(gate.engine, list_page=1, list_at=timezone.now() + timedelta(seconds=pause))
    return False


def _pause(gate: Gate, youngest: datetime | None) -> float:
    now = timezone.now()
    if gate.heard_at and now - gate.heard_at < HEARS:
        return SWEEP_SELDOM
    age = (now - youngest).total_seconds() if youngest else 0.0
    return min(60.0, max(SWEEP_EVERY, age / 6))


def _page_every() -> float:
    """A third of all calls at most."""
    return max(PAGE_EVERY, 180 / settings.HIAPI_RPM)


def _running(engine: str) -> RenderQuerySet:
    return Render.objects.filter(engine=engine, state=State.RUNNING)


def _note_deafness(engine: str, finished: list[Attempt]) -> None:
    """Tasks that the list alone told of, although there is an address for callbacks."""
    if not settings.PUBLIC_URL or not finished:
        return
    now = timezone.now()
    silent = Gate.objects.filter(engine=engine, deaf_since=None).exclude(heard_at__gt=now - DEAF_AFTER)
    gate = silent.first()
    if gate and (gate.heard_at is None or _untold(engine, gate.heard_at) >= UNTOLD):
        silent.update(deaf_since=now)


def _untold(engine: str, since: datetime) -> int:
    """How many tasks were begun since then and have ended without a callback."""
    begun = Attempt.objects.filter(engine=engine, first_sent_at__gt=since).exclude(task_id="")
    ended = begun.exclude(address="", outcome="")
    return ended.exclude(token__in=Notice.objects.values("token")).exclude(token=None).count()
