"""One picture from queued to done. `advance` is the function to follow.

Anyone may call it at any time, twice, at once: every step asks the row for its state and changes it by one
conditional UPDATE, so that only one caller's step counts.

A step is a generator. What it yields is a call that takes time and never touches the database; whoever drives
the step makes the call and sends the answer back. `advance` drives one; work.py drives many at once.
"""

import logging
import time
from collections.abc import Callable, Generator
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from studio import queue, storage
from studio.flow import attempt as attempts
from studio.flow import collect, disk, money, notice, outcome, pace, price, provenance
from studio.flow.attempt import DECODER, STUMBLES
from studio.flow.engines import ENGINES, is_remote
from studio.flow.order import order_of, refusal
from studio.imaging.errors import Refused
from studio.models import Attempt, Basis, Cause, Render, State
from studio.providers.base import Finished, Ready, Taken, Working
from studio.providers.errors import Declined, Unheard, Wait

log = logging.getLogger(__name__)
PRICE_UNKNOWN: Final = 30.0  # seconds until the prices are asked for again

Step = Generator[Callable[[], Any], Any, bool]


def advance(render: Render) -> bool:
    """Does the one next step of this render and saves it. True when another step can follow at once."""
    steps = step(render)
    try:
        call = next(steps)
        while True:
            try:
                answer = call()
            except Exception as error:
                call = steps.throw(error)
            else:
                call = steps.send(answer)
    except StopIteration as end:
        return bool(end.value)


def step(render: Render) -> Step:
    """The next step of a render, to be driven. Whatever goes wrong in it ends in a state with a reason."""
    next_step = STEPS.get(State(render.state))
    if next_step is None:
        return False
    try:
        return (yield from next_step(render))
    except (Refused, Declined) as refusal:
        if refusal.code in DECODER:
            return outcome.stumble(render, refusal.code, refusal.values)
        if isinstance(refusal, Declined) and render.state == State.RUNNING:
            return task_failed(render, refusal)
        return outcome.fail(render, refusal.code, refusal.values)
    except Exception as error:
        if disk.is_full(error):
            return outcome.wait_for_room(render)
        log.exception("Render %s stumbled in %s", render.pk, render.state)
        outcome.forget_what_was_undone(render)
        return outcome.stumble(render, "engine_failed", {"error": type(error).__name__})


def _submit(render: Render) -> Step:
    """Saves the exact request and its key, then asks: never for what could not be stored."""
    if disk.low():
        return outcome.wait_for_room(render)
    attempt = attempts.take_up(render)
    booked = render.reserved if attempt and attempt.task_id else price.quote_of(render).amount
    if booked is None or booked > render.reserved:
        return _too_dear(render, booked)
    request = None if attempt else attempts.freeze(render, order_of)
    with transaction.atomic():
        if not render.move(State.SUBMITTING, started_at=timezone.now(), look_again_at=None, reserved=booked):
            return False
        attempt = attempt or attempts.open_new(render, request)
        if attempt.task_id:
            attempts.reopen(attempt)
        else:
            attempts.count_send(attempt, price_estimated=booked)
    if attempt.task_id:  # bought before and lost: it may be had now, and is not bought again
        return _taken(render, attempt, Taken(attempt.task_id), now=True)
    return (yield from _send(render, attempt))


def _too_dear(render: Render, now: int | None) -> bool:
    """Nobody buys at a price that was not agreed to. One that is not known may be known again.

    Raises Declined when the engine does not make such pictures any more, and so names no price.
    """
    if now is not None:
        return outcome.fail(render, "price_rose", {"before": render.reserved, "now": now})
    drawn = render.basis == Basis.WORDS
    if no := refusal(render.engine, render.model, render.ratio, render.resolution, drawn=drawn):
        raise no
    fields = {"failure": "price_unknown", "failure_values": {}, "look_again_at": pace.later(PRICE_UNKNOWN)}
    render.mine(state=State.QUEUED).update(updated_at=timezone.now(), **fields)
    return False


def _ask_again(render: Render) -> Step:
    """An answer is missing: a callback may have told it, or the same bytes go out again with the same key.

    Our own engine is asked three times at most: a picture may be what kills its workers.
    """
    if disk.low():
        return outcome.wait_for_room(render)
    attempt = attempts.open_of(render)
    if attempt is None or (ENGINES[render.engine].trusted and attempt.sends >= STUMBLES):
        return outcome.fail(render, "engine_failed", {})
    if attempt.task_id:
        return _taken(render, attempt, Taken(attempt.task_id), now=True)
    if task_id := notice.task_of(attempt):
        return _taken(render, attempt, Taken(task_id))
    if pace.is_shut(render.engine):
        return False
    if not attempts.may_send_again(render, attempt):
        return (yield from _find(render, attempt))
    with transaction.atomic():
        if not render.mine(state=render.state).exists():
            return False
        attempts.count_send(attempt, doubtful=is_remote(render.engine))
    return (yield from _send(render, attempt))


def _find(render: Render, attempt: Attempt) -> Step:
    """The bytes must not go out again. What an unsigned callback named counts if there is such a task."""
    for task_id in notice.tasks_of(attempt):
        try:
            yield partial(ENGINES[render.engine].look, task_id)
        except (Wait, Unheard) as error:
            pace.note_trouble(render.engine, render.model, error)
            return outcome.find_later(render, error)
        except Declined as no:
            pace.note_trouble(render.engine, render.model, no)
            if no.stops:
                return outcome.find_later(render, no)
            if no.code == "task_unknown":
                continue
        return _taken(render, attempt, Taken(task_id))
    return outcome.needs_decision(render)


def _send(render: Render, attempt: Attempt) -> Step:
    call = partial(ENGINES[render.engine].submit, bytes(attempt.request), str(attempt.key))
    try:
        answer = yield call
    except Wait as wait:
        wait.grow(attempt.sends)
        pace.note_trouble(render.engine, render.model, wait, attempt.sends)
        return outcome.wait(render, attempt, wait)
    except Unheard as error:
        pace.note_trouble(render.engine, render.model, error)
        return outcome.unheard(render, attempt, error)
    except Declined as no:
        pace.note_trouble(render.engine, render.model, no)
        if attempt.doubtful and not no.proves:
            return outcome.unheard(render, attempt, Unheard(no.code, **no.values), again=bool(no.stops))
        raise
    except Exception:
        if not is_remote(render.engine):
            raise
        log.exception("Render %s was asked for, and the answer could not be read", render.pk)
        return outcome.unheard(render, attempt, Unheard("no_answer"))
    pace.note_good(render.engine)
    return _taken(render, attempt, answer) if isinstance(answer, Taken) else _made(render, attempt, answer)


def _taken(render: Render, attempt: Attempt, answer: Taken, now: bool = False) -> bool:
    """A callback that came first is in the box already; later ones find the picture running."""
    with transaction.atomic():
        told = now or notice.exists_for(attempt, answer.task_id)
        later = timezone.now() + (timedelta(0) if told else outcome.LOOK_EVERY)
        won = render.move(State.RUNNING, failure="", failure_values={}, look_again_at=later)
        if won:
            attempts.note(attempt, task_id=answer.task_id)
    return won and told


def _look(render: Render) -> Step:
    """Asks the provider how it goes."""
    attempt = attempts.open_of(render)
    if attempt is None:
        return outcome.fail(render, "engine_failed", {})
    try:
        answer = yield partial(ENGINES[render.engine].look, attempt.task_id)
    except (Wait, Unheard) as error:
        if error.code == "output_missing":
            return _made_nowhere(render, attempt, error)
        pace.note_trouble(render.engine, render.model, error)
        return outcome.look_later(render, attempt, error)
    except Declined as no:
        if no.stops or no.code == "task_unknown":  # about the key or the account, not about the picture
            pace.note_trouble(render.engine, render.model, no)
            return outcome.look_later(render, attempt, no)
        raise
    pace.note_answered(render.engine)
    return heard(render, attempt, answer)


def _made_nowhere(render: Render, attempt: Attempt, error: Wait | Unheard) -> bool:
    """The provider says that it is made and not where: it may say so a little later, or never."""
    if attempts.count_read(attempt) >= collect.READS:
        return outcome.fail(render, "result_lost", {}, charged=attempt.price_estimated)
    return outcome.look_later(render, attempt, error)


def heard(render: Render, attempt: Attempt, answer: Working | Ready | Finished) -> bool:
    """What the provider said about a running picture, asked for it alone or read from its list."""
    if isinstance(answer, Working):
        return outcome.look_later(render, attempt, None)
    attempts.note(attempt, reads=0)
    return _made(render, attempt, answer)


def task_failed(render: Render, no: Declined) -> bool:
    """It was taken and has failed. Once more where that was the provider's own fault and money allows it."""
    charged = attempts.price_of_failure(render)
    again = no.again and not render.attempts.filter(cause=Cause.RETRY).exists()
    amount = render.reserved
    outcome.fail(render, no.code, no.values, charged=charged)
    if not again or render.state != State.FAILED:
        return False
    try:
        with transaction.atomic():
            money.hold_again(render, amount)
            render.move(State.QUEUED, reserved=amount, finished_at=None)
            queue.work_on_renders()  # in its turn: the gate may be shut by now
    except Refused:
        log.info("No money to buy picture %s once more", render.pk)
    return False


def _made(render: Render, attempt: Attempt, answer: Ready | Finished) -> bool:
    """Where it lies is saved; bytes that came along are stored before the row says so."""
    if isinstance(answer, Ready):
        with transaction.atomic():
            if won := render.move(State.COLLECTING, look_again_at=None):
                attempts.note(attempt, address=answer.address, expires_at=answer.expires_at)
        return won
    ours = ENGINES[render.engine].trusted
    data = provenance.marked(answer.data, answer.media_type, render) if ours else answer.data
    key = storage.save(data, "pictures", answer.media_type.removeprefix("image/"))
    with transaction.atomic():
        if won := render.move(State.COLLECTING, box=answer.box, look_again_at=None):
            attempts.note(attempt, result=key)
    if not won:
        storage.delete([key])
    return won


def _collect(render: Render) -> Step:
    """Fetches what was made, checks it, makes the copies that screens need, and is done."""
    attempt = attempts.open_of(render)
    if attempt is None:
        return outcome.fail(render, "engine_failed", {})
    try:
        kept = yield collect.call(render, attempt)
    except (Wait, Unheard) as error:
        return outcome.collect_later(render, attempt, error)
    except (Refused, Declined) as no:
        if not is_remote(render.engine) or no.code in DECODER:
            raise
        return (yield from _collect_afresh(render, attempt, no))
    return _done(render, attempt, kept)


def _collect_afresh(render: Render, attempt: Attempt, no: Refused | Declined) -> Step:
    """Gone from where it lay, or no picture: the provider is asked where it lies now. Never bought again."""
    log.warning("The result of picture %s cannot be had: %s", render.pk, no.code)
    if attempt.task_id:
        try:
            yield partial(time.sleep, pace.reserve(render.engine))
            answer = yield partial(ENGINES[render.engine].look, attempt.task_id)
        except (Wait, Unheard, Declined) as error:
            pace.note_trouble(render.engine, render.model, error)
            return outcome.collect_later(render, attempt, error)
    else:
        answer = Ready(attempt.address)
    reads = attempts.count_read(attempt)
    if reads >= collect.READS:
        return outcome.fail(render, collect.lost(no), no.values, charged=attempt.price_estimated)
    moved = isinstance(answer, Ready) and answer.address != attempt.address
    if isinstance(answer, Ready):
        attempts.note(attempt, address=answer.address, expires_at=answer.expires_at)
    return True if moved and reads < collect.IN_A_ROW else outcome.collect_later(render, attempt, no)


def _done(render: Render, attempt: Attempt, kept: collect.Kept) -> bool:
    with transaction.atomic():
        fields = kept.fields | {"remarks": collect.remarks(render, kept)}
        if won := render.move(
            State.DONE, failure="", failure_values={}, cuts_due=True, stumbles=0, reserved=0, **fields
        ):
            attempts.note(attempt, result=kept.key)
            attempts.end(attempt, "done", charged=attempt.price_estimated)
            notice.compare(attempt)
            queue.cut_renders()
    if not won:
        storage.delete(kept.made)
    return False


STEPS: Final[dict[State, Callable[[Render], Step]]] = {
    State.QUEUED: _submit,
    State.SUBMITTING: _ask_again,
    State.UNSURE: _ask_again,
    State.RUNNING: _look,
    State.COLLECTING: _collect,
}
