"""Callbacks: checked, kept, answered at once. What they say is a hint; the task is read before acting."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from studio import queue
from studio.flow.engines import remote
from studio.models import HELD, Attempt, Gate, Notice, Render, State
from studio.models.render import RenderQuerySet
from studio.providers.base import Heard
from studio.providers.errors import Forged as Forged  # what pages catch

FOREIGN: Final = 10_000  # notices of tasks that are not ours: the newest of them are kept
NOTED_EVERY: Final = timedelta(seconds=10)
VOUCHED: Final = {"signed": True, "fresh": True}
FEW: Final = 5
KEPT_FOR: Final = timedelta(days=30)


def receive(engine: str, token: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Takes a callback in. False when it names nothing that we know and nobody vouches for it.

    Raises Forged when it is not the provider's.
    """
    heard = remote(engine).hear(headers, body, timezone.now().timestamp())
    attempt = Attempt.objects.filter(token=token).first()
    if attempt is None and not heard.signed:
        return False
    if _kept(token, heard, body).exists():
        return True  # it comes at least once; nobody waits for the write lock to be told again
    with transaction.atomic():
        _note_heard(engine)
        if _keep(token, heard, body, attempt) and attempt is not None:
            _pull_forward(attempt)
    return True


def task_of(attempt: Attempt) -> str:
    """The task that a callback named which is signed and fresh, if no other attempt has it."""
    return next(iter(tasks_of(attempt, **VOUCHED)), "")


def tasks_of(attempt: Attempt, **where: bool) -> list[str]:
    """The first tasks that callbacks to this attempt's own address named, and that no other attempt has."""
    if not attempt.token:
        return []
    told = (
        Notice.objects.filter(token=attempt.token, **where).order_by("pk").values_list("task_id", flat=True)
    )
    taken = set(
        Attempt.objects.exclude(pk=attempt.pk).filter(task_id__in=told).values_list("task_id", flat=True)
    )
    return [one for one in dict.fromkeys(told) if one not in taken][:FEW]


def told(renders: RenderQuerySet) -> RenderQuerySet:
    """Those whose answer is missing while a signed callback has named their task: they need no call."""
    ours = Attempt.objects.values("task_id")
    tokens = Notice.objects.filter(**VOUCHED).exclude(token="").exclude(task_id__in=ours).values("token")
    return renders.filter(state__in=HELD, attempts__token__in=tokens, attempts__outcome="")


def told_running(renders: RenderQuerySet) -> RenderQuerySet:
    """Running ones of which a callback has told."""
    tokens = Notice.objects.exclude(token="").values("token")
    return renders.filter(state=State.RUNNING, attempts__token__in=tokens, attempts__outcome="")


def exists_for(attempt: Attempt, task_id: str) -> bool:
    return bool(attempt.token) and Notice.objects.filter(token=attempt.token, task_id=task_id).exists()


def compare(attempt: Attempt) -> None:
    """Remarks what was told before the attempt ended and does not fit how it ended."""
    if not attempt.token:
        return
    for told in Notice.objects.filter(token=attempt.token, remark=""):
        if remark := _contradiction(told.task_id, told.status, attempt):
            Notice.objects.filter(pk=told.pk).update(remark=remark)


def forget() -> None:
    """Old ones, and the oldest of too many that belong to nobody."""
    Notice.objects.filter(received_at__lt=timezone.now() - KEPT_FOR).delete()
    foreign = Notice.objects.exclude(token__in=Attempt.objects.exclude(token=None).values("token"))
    too_many = foreign.order_by("-pk").values_list("pk", flat=True)[FOREIGN:]
    Notice.objects.filter(pk__in=list(too_many)).delete()


def _note_heard(engine: str) -> None:
    now = timezone.now()
    lately = Q(heard_at__gte=now - NOTED_EVERY, deaf_since=None)
    Gate.objects.filter(engine=engine).exclude(lately).update(heard_at=now, deaf_since=None)


def _kept(token: str, heard: Heard, body: bytes) -> QuerySet[Notice]:
    return Notice.objects.filter(
        token=token[:64], task_id=heard.task_id, body_sha256=sha256(body).hexdigest()
    )


def _keep(token: str, heard: Heard, body: bytes, attempt: Attempt | None) -> bool:
    """False when the same body has come before."""
    try:
        with transaction.atomic():
            Notice.objects.create(
                token=token[:64],
                task_id=heard.task_id,
                body_sha256=sha256(body).hexdigest(),
                status=heard.status[:40],
                signed=heard.signed,
                fresh=heard.fresh,
                remark=_contradiction(heard.task_id, heard.status, attempt),
            )
    except IntegrityError:
        return False
    return True


def _contradiction(task_id: str, status: str, attempt: Attempt | None) -> str:
    """What does not fit what we know already. It is shown, and changes nothing."""
    if attempt is None:
        return "task_foreign"
    if attempt.task_id and attempt.task_id != task_id:
        return "task_differs"
    if attempt.outcome == "done" and status == "fail":
        return "told_failed"
    return "told_made" if attempt.outcome not in ("", "done") and status == "success" else ""


def _pull_forward(attempt: Attempt) -> None:
    waiting = (State.SUBMITTING, State.UNSURE, State.RUNNING)
    rows = Render.objects.filter(attempts=attempt, state__in=waiting)
    if rows.update(look_again_at=timezone.now()) and queue.waiting() < 2:
        queue.work_on_renders()
