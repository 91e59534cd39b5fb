"""Pictures of which nobody knows whether they were bought: a person decides, with what can be known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import attempt as attempts
from studio.flow.engines import is_remote, remote
from studio.imaging.errors import Refused
from studio.models import Attempt, Gate, Render, State
from studio.providers.errors import ProviderError as ProviderError  # what pages catch

NEAR: Final = timedelta(minutes=5)  # between our sending and the provider's own clock
PAGES: Final = 10


@dataclass(frozen=True)
class Candidate:
    """A task of our account that none of our pictures has, made about when this one was asked for."""

    task_id: str
    created_at: datetime | None
    status: str


def candidates(render: Render) -> list[Candidate]:
    """What the provider's own list shows for that time. Nothing found is no proof. Raises ProviderError."""
    attempt = attempts.open_of(render)
    if attempt is None or not is_remote(render.engine) or attempt.first_sent_at is None:
        return []
    low, high = attempt.first_sent_at - NEAR, render.updated_at + NEAR
    found: list[Candidate] = []
    for page in range(1, PAGES + 1):
        glance = remote(render.engine).glance(page)
        for task in glance.tasks:
            if task.created_at and low <= task.created_at <= high:
                found.append(Candidate(task.task_id, task.created_at, type(task.news).__name__.lower()))
        beyond = any(task.created_at and task.created_at < low for task in glance.tasks)
        if beyond or not glance.more:
            break
    owned = set(
        Attempt.objects.filter(task_id__in=[one.task_id for one in found]).values_list("task_id", flat=True)
    )
    return [one for one in found if one.task_id not in owned]


def adopt(render: Render, task_id: str) -> bool:
    """This task is the picture's. False when it was settled meanwhile. Raises Refused."""
    attempt = attempts.open_of(render)
    if attempt is None:
        return False
    with transaction.atomic():
        Gate.objects.select_for_update().filter(engine=render.engine).first()  # one adoption at a time
        if Attempt.objects.filter(task_id=task_id).exists():
            raise Refused("task_taken", task=task_id)
        won = render.state == State.UNSURE and render.move(
            State.RUNNING, failure="", failure_values={}, look_again_at=timezone.now()
        )
        if won:
            attempts.note(attempt, task_id=task_id)
            queue.work_on_renders()
    return won


def write_off(render: Render, *, bought: bool) -> bool:
    """Nobody will know any more: the money counts as spent, or goes back. False when it is settled."""
    attempt = attempts.open_of(render)
    if attempt is None or render.state != State.UNSURE:
        return False
    code = "written_off_bought" if bought else "written_off"
    with transaction.atomic():
        won = render.move(State.FAILED, failure=code, failure_values={}, reserved=0)
        if won:
            attempts.end(attempt, code, charged=attempt.price_estimated if bought else 0)
    return won
