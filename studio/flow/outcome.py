"""How a step ends that made nothing: told to wait, failed, to be looked at later, or nobody knows.

Each gives False: no other step follows at once.
"""

import logging
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from studio import storage
from studio.flow import attempt as attempts
from studio.flow import collect, notice, pace
from studio.flow.attempt import DECODER, STUMBLES
from studio.flow.engines import is_remote
from studio.models import HELD, Attempt, Render, State
from studio.providers.errors import Declined, Unheard, Wait

log = logging.getLogger(__name__)

LOOK_EVERY: Final = timedelta(seconds=60)  # one by one; the list is read more often
GIVE_UP: Final = timedelta(hours=24)
UNKNOWN_READS: Final = 6  # over half an hour
LOST_AFTER: Final = timedelta(days=7)


def fail(render: Render, code: str, values: dict[str, object], charged: int = 0) -> bool:
    """A definite end. A queued render passes through submitting, since nothing was asked for it yet."""
    with transaction.atomic():
        if render.state == State.QUEUED and not render.move(State.SUBMITTING, started_at=timezone.now()):
            return False
        if not render.move(State.FAILED, failure=code, failure_values=values, reserved=0):
            return False
        open_ones = list(render.attempts.filter(outcome=""))
        for attempt in open_ones:
            attempts.end(attempt, code, charged=charged)
            notice.compare(attempt)
    log.warning("%s: picture %s of shoot %s failed", code, render.pk, render.shoot_id)
    storage.delete([attempt.result for attempt in open_ones if attempt.result])
    return False


def wait(render: Render, attempt: Attempt, told: Wait) -> bool:
    """Told to come back: the attempt stays open, and its bytes and key go out again then.

    Back in the queue counts as not bought, so what was perhaps bought is unsure instead.
    """
    fields = {"failure": told.code, "failure_values": told.values, "look_again_at": pace.later(told.seconds)}
    if told.code == "still_processing":
        attempts.note(attempt, doubtful=True)
    if attempt.doubtful and not attempts.may_send_again(render, attempt, unheard=True):
        return unheard(render, attempt, Unheard("no_answer"))
    if render.state == State.UNSURE:
        render.mine(state=State.UNSURE).update(**fields)
    else:
        render.move(State.UNSURE if attempt.doubtful else State.QUEUED, **fields)
    return False


def unheard(render: Render, attempt: Attempt, error: Unheard, again: bool = True) -> bool:
    """It may have been bought. Asked again with the same bytes where that is safe, else for a person."""
    attempts.note(attempt, doubtful=True)
    again = again and attempts.may_send_again(render, attempt, unheard=True)
    later = pace.later(min(300, 4 * 2**attempt.sends)) if again else None
    fields = {"failure": error.code, "failure_values": error.values, "look_again_at": later}
    if render.state == State.UNSURE:
        render.mine(state=State.UNSURE).update(updated_at=timezone.now(), **fields)
    else:
        render.move(State.UNSURE, **fields)
    return False


def find_later(render: Render, error: Wait | Unheard | Declined) -> bool:
    """Whoever could have told whether it was bought did not."""
    seconds = error.seconds if isinstance(error, Wait) else LOOK_EVERY.total_seconds()
    render.mine(state=render.state).update(look_again_at=pace.later(seconds))
    return False


def needs_decision(render: Render) -> bool:
    if render.state == State.UNSURE:
        render.mine(state=State.UNSURE).update(look_again_at=None, updated_at=timezone.now())
    else:
        render.move(State.UNSURE, failure="no_answer", look_again_at=None)
    return False


def look_later(render: Render, attempt: Attempt, error: Wait | Unheard | Declined | None) -> bool:
    """Not finished, or not told. After a day of it nobody waits any longer; it may have been charged.

    Whoever could not be asked has said nothing, however long that lasts.
    """
    if error is None and timezone.now() - render.updated_at > GIVE_UP:
        return fail(render, "task_overdue", {}, charged=attempt.price_estimated)
    if isinstance(error, Declined) and error.code == "task_unknown":
        return _unknown(render, attempt, error)
    seconds = error.seconds if isinstance(error, Wait) else LOOK_EVERY.total_seconds()
    told: dict[str, Any] = {"failure": "", "failure_values": {}} if error is None else {}
    if isinstance(error, Declined):
        told = {"failure": error.code, "failure_values": error.values}
    render.mine(state=State.RUNNING).update(look_again_at=pace.later(seconds), **told)
    return False


def _unknown(render: Render, attempt: Attempt, error: Declined) -> bool:
    """The provider does not know the task: it may be new to it, or another account's. Asked less and less."""
    reads = attempts.count_read(attempt)
    if reads >= UNKNOWN_READS:
        return fail(render, error.code, error.values, charged=attempt.price_estimated)
    later = pace.later(LOOK_EVERY.total_seconds() * 2 ** (reads - 1))
    told = {"failure": error.code, "failure_values": error.values, "look_again_at": later}
    render.mine(state=State.RUNNING).update(updated_at=timezone.now(), **told)
    return False


def collect_later(render: Render, attempt: Attempt, error: Exception) -> bool:
    """The longer it has been missing, the longer until the next try; after a week it counts as lost."""
    made = render.updated_at
    if timezone.now() - made > LOST_AFTER:
        return fail(render, collect.lost(error), {}, charged=attempt.price_estimated)
    asked_for = error.seconds if isinstance(error, Wait) and error.told else 0.0
    seconds = max(asked_for, min(300.0, 2 + (timezone.now() - made).total_seconds() / 2))
    render.mine(state=State.COLLECTING).update(look_again_at=pace.later(seconds))
    return False


def stumble(render: Render, code: str, values: dict[str, object]) -> bool:
    """Trouble that may pass: once more after a while, and set aside at the third time.

    What has been paid for is never set aside for trouble of ours.
    """
    attempt = attempts.open_of(render)
    if attempt and render.state in HELD and attempt.sends and is_remote(render.engine):
        return unheard(render, attempt, Unheard("no_answer"))
    if is_remote(render.engine) and code not in DECODER and attempt and attempt.task_id:
        error = Unheard(code)
        looking = render.state == State.RUNNING
        return look_later(render, attempt, error) if looking else collect_later(render, attempt, error)
    render.stumbles += 1
    if render.stumbles >= STUMBLES and render.state != State.UNSURE:
        return fail(render, code, values, charged=attempts.price_so_far(render))
    later = timezone.now() + timedelta(seconds=5 * render.stumbles)
    render.mine(state=render.state).update(stumbles=render.stumbles, look_again_at=later)
    return False


def forget_what_was_undone(render: Render) -> None:
    """A move that was rolled back stays in memory: what follows must start from what is stored."""
    stored = Render.objects.filter(pk=render.pk).values_list("state", "reserved").first()
    if stored:
        render.state, render.reserved = stored


def wait_for_room(render: Render) -> bool:
    """A full disk is nobody's fault: the picture waits, however long it takes."""
    later = timezone.now() + timedelta(seconds=20)
    render.mine(state=render.state).update(look_again_at=later)
    return False
