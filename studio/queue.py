"""LATER: what may happen in a worker. Only this file knows django-q.

A message is a nudge that carries ids at most; the rows say what is to be done. A lost or doubled one
harms nothing.
"""

import time
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

PICTURES: Final = ("work_on_renders", "cut_renders", "sing")
LATEST: Final = 20
STOPS_WITHIN: Final = 60.0  # seconds; an older mark was left by a launcher that was killed


def work_on_renders(messages: int = 1) -> None:
    for _ in range(min(messages, settings.WORKERS)):
        _later("work_on_renders")


def build_exports() -> None:
    _later("build_exports")


def work_on_imports() -> None:
    _later("work_on_imports")


def cut_out(packshot_id: int) -> None:
    """A person waits for this one."""
    _later("cut_out", packshot_id)


def cut_out_packshots() -> None:
    """One message is enough for hundreds, so that what comes after them does not wait for each."""
    if "cut_out_packshots" not in _waiting_last():
        _later("cut_out_packshots")


def cut_renders(messages: int = 1) -> None:
    """One message is enough for many: whoever takes it cuts what there is. More make more workers cut."""
    if not waiting():
        for _ in range(min(messages, settings.WORKERS)):
            _later("cut_renders")


def sing() -> None:
    """The canary: proof that a message goes in at one end and comes out at the other."""
    _later("sing")


def waiting() -> int:
    """Messages that no cluster has taken yet."""
    return int(OrmQ.objects.filter(lock__lte=timezone.now()).count())


def others_wait() -> bool:
    """Whether a message that no cluster has taken yet is about something else than pictures."""
    return any(task not in PICTURES for task in _waiting_last())


def stopping() -> bool:
    """Whether this machine's launcher was just told to stop: then nothing new is begun."""
    try:
        return time.time() - settings.STOPPING.stat().st_mtime < STOPS_WITHIN
    except FileNotFoundError:
        return False


def finished_since(moment: datetime) -> bool:
    """Whether any message was worked off after this moment."""
    return bool(Task.objects.filter(stopped__gte=moment).exists())


def forget_finished() -> None:
    """django-q keeps what it did for ever; nobody reads it."""
    Task.objects.all().delete()


def _waiting_last() -> list[str]:
    """The tasks of the messages that came last and that no cluster has taken yet."""
    last = OrmQ.objects.filter(lock__lte=timezone.now()).order_by("-pk")[:LATEST]
    return [str(message.func()).rpartition(".")[2] for message in last]


def _later(task: str, *args: Any) -> None:
    """Robust: by then the row is written, so the caller must not hear of a message that was not."""
    transaction.on_commit(lambda: async_task(f"studio.tasks.{task}", *args), robust=True)
