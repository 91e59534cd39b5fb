"""Asked again and again: is something due, is everybody alive? `tick` is one turn of the heartbeat."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from studio import queue, storage
from studio.flow import correction, cut, cutout, disk, export, imports, janitor, notice, pace, poll
from studio.flow.engines import ENGINES, is_remote
from studio.models import Export, Import, Pulse, Render

CANARY_EVERY: Final = timedelta(seconds=10)
FRESH: Final = timedelta(seconds=40)
SILENT: Final = timedelta(seconds=25)  # shown before a wedged cluster is replaced
CUT_OUT_LATE: Final = timedelta(minutes=1)
WEDGED_AFTER: Final = timedelta(seconds=30)


def tick() -> None:
    """Nudges workers for what is due, sings to the queue, and cleans up now and then."""
    Pulse.beat("heartbeat")
    for engine in filter(is_remote, ENGINES):
        pace.reopen_for_new_key(engine)
    _nudge()
    if not Pulse.fresh("sung", CANARY_EVERY):
        Pulse.beat("sung")
        queue.sing()
    if not Pulse.fresh("cleaned", timedelta(hours=1)):
        Pulse.beat("cleaned")
        export.forget_expired()
        export.forget_chosen()
        imports.forget_expired()
        queue.forget_finished()
        notice.forget()
        correction.forget_replaced()
        janitor.sweep()


def hear_canary() -> None:
    """The canary's message came out of the queue: a worker took it."""
    Pulse.beat("canary")


def wedged(since: timedelta) -> bool:
    """Whether a cluster that was started `since` ago is stuck: no sign of life, and nobody holds a row."""
    return since >= WEDGED_AFTER and not _at_work(WEDGED_AFTER)


def health() -> dict[str, bool]:
    """What must hold for work to get done. Signs of life are in the database: without it there are none."""
    database = _database_writable()
    return {
        "database": database,
        "storage": _storage_writable(),
        "disk": not disk.low(),
        "worker": database and _at_work(SILENT),
        "heartbeat": database and Pulse.fresh("heartbeat", FRESH),
    }


def _at_work(within: timedelta) -> bool:
    """A canary came out, another message was worked off, or a row is held under a living lease."""
    now = timezone.now()
    if Pulse.fresh("canary", within) or queue.finished_since(now - within):
        return True
    held = (rows.objects.filter(lease_until__gt=now) for rows in (Render, Export, Import))
    return any(rows.exists() for rows in held)


def _nudge() -> None:
    """One message for each worker that could be busy and is not. Untaken messages count as well."""
    if queue.waiting() >= settings.WORKERS:
        return
    due = Render.objects.due()[: settings.WORKERS].count() or any(map(poll.due, filter(is_remote, ENGINES)))
    busy = Render.objects.filter(lease_until__gt=timezone.now()).values("lease").distinct().count()
    if due and busy < settings.WORKERS:
        queue.work_on_renders(min(due, settings.WORKERS - busy))
    if Export.objects.due().exists():
        queue.build_exports()
    if imports.waiting().exists() and not disk.low():
        queue.work_on_imports()
    if cut.due().exists():
        queue.cut_renders()
    if not Pulse.fresh("cut_out", CUT_OUT_LATE):
        Pulse.beat("cut_out")
        _nudge_cut_outs()


def _nudge_cut_outs() -> None:
    """For packshots whose message was lost. One that has no product in it counts as cut out, too."""
    late = timezone.now() - CUT_OUT_LATE
    if cutout.due().filter(created_at__lt=late).exists() and not disk.low():
        queue.cut_out_packshots()


def _database_writable() -> bool:
    try:
        with transaction.atomic():
            Pulse.beat("asked")
    except DatabaseError:
        return False
    return True


def _storage_writable() -> bool:
    try:
        key = storage.save(b"?", "health", "txt")
        default_storage.delete(key)
    except OSError:
        return False
    return True
