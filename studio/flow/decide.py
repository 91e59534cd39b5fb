"""Pictures of which nobody knows whether they were bought: a person decides, with what can be known."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import attempt as attempts
from studio.flow import pace
from studio.flow.engines import is_remote, remote
from studio.imaging.errors import Refused
from studio.models import Attempt, Gate, Render, State
from studio.models.render import UNDECIDED
from studio.providers.base import Glance
from studio.providers.errors import ProviderError as ProviderError  # what pages catch

NEAR: Final = timedelta(minutes=5)  # between our sending and the provider's own clock
PAGES: Final = 30
PATIENCE: Final = 20.0  # seconds that a person waits for a page


@dataclass(frozen=True)
class Candidate:
    """A task of our account that none of our pictures has, made about when this one was asked for."""

    task_id: str
    created_at: datetime | None
    status: str


@dataclass(frozen=True)
class Evidence:
    """`whole` is False when the list was not read back to that time."""

    candidates: list[Candidate]
    whole: bool


def evidence(render: Render) -> Evidence:
    """What the provider's own list shows for that time. Nothing found is no proof. Raises ProviderError."""
    attempt = attempts.open_of(render)
    if attempt is None or not is_remote(render.engine) or attempt.first_sent_at is None:
        return Evidence([], True)
    low, high = attempt.first_sent_at - NEAR, render.updated_at + NEAR
    names, whole = remote(render.engine).names(render.model), False
    found: dict[str, Candidate] = {}  # pages shift while they are read
    for glance in _pages(render.engine):
        for task in glance.tasks:
            if task.created_at and low <= task.created_at <= high and task.model in (*names, ""):
                status = type(task.news).__name__.lower()
                found[task.task_id] = Candidate(task.task_id, task.created_at, status)
        if not glance.more or any(task.created_at and task.created_at < low for task in glance.tasks):
            whole = True
            break
    owned = set(Attempt.objects.filter(task_id__in=found).values_list("task_id", flat=True))
    return Evidence([one for one in found.values() if one.task_id not in owned], whole)


def adopt(render: Render, task_id: str) -> bool:
    """This task is the picture's. False when it was settled meanwhile. Raises Refused."""
    with transaction.atomic():
        Gate.objects.select_for_update().filter(engine=render.engine).first()  # one adoption at a time
        waiting, attempt = _waiting(render), attempts.open_of(render)
        if waiting is None or attempt is None:
            return False
        if Attempt.objects.filter(task_id=task_id).exists():
            raise Refused("task_taken", task=task_id)
        won = waiting.move(State.RUNNING, failure="", failure_values={}, look_again_at=timezone.now())
        if won:
            attempts.note(attempt, task_id=task_id)
            queue.work_on_renders()
    return won


def write_off(render: Render, *, bought: bool) -> bool:
    """Nobody will know any more: the money counts as spent, or goes back. False when it is settled."""
    code = "written_off_bought" if bought else "written_off"
    with transaction.atomic():
        waiting, attempt = _waiting(render), attempts.open_of(render)
        if waiting is None or attempt is None:
            return False
        won = waiting.move(State.FAILED, failure=code, failure_values={}, reserved=0)
        if won:
            attempts.end(attempt, code, charged=attempt.price_estimated if bought else 0)
    return won


def _waiting(render: Render) -> Render | None:
    """The row as it stands, locked; None unless it waits for a person and nobody is at work on it."""
    return Render.objects.free().filter(UNDECIDED, pk=render.pk).select_for_update().first()


def _pages(engine: str) -> Iterator[Glance]:
    """Page by page in the engine's pace, while a person waits. Raises ProviderError for the first."""
    end = time.monotonic() + PATIENCE
    for page in range(1, PAGES + 1):
        try:
            time.sleep(pace.reserve(engine))
            glance = remote(engine).glance(page)
        except ProviderError as error:
            pace.note_trouble(engine, "", error)
            if page == 1:
                raise
            return
        yield glance
        if time.monotonic() > end:
            return
