"""One picture from queued to done. `advance` is the function to follow.

Anyone may call it at any time, twice, at once: every step asks the row for its state and changes it by one
conditional UPDATE, so that only one caller's step counts.
"""

import logging
import uuid
import zlib
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Final

from django.db import transaction
from django.utils import timezone

from studio import queue, storage
from studio.flow import cutout, disk
from studio.flow.engines import ENGINES
from studio.flow.hold import held
from studio.flow.picture import keep
from studio.imaging.errors import Refused
from studio.models import Attempt, Cause, Render, State
from studio.models.render import RenderQuerySet
from studio.providers.base import Finished, Order, Taken, Working
from studio.providers.errors import Declined, Unheard, Wait

log = logging.getLogger(__name__)
STUMBLES: Final = 3
DECODER: Final = ("decoder_died", "decoder_slow")  # may be the machine's fault as well as the picture's


def work(seconds: float = 10) -> None:
    """Moves due renders on, batch by batch, for a while; leaves a nudge when there is more to do."""
    end = monotonic() + seconds
    while work_on_batch(Render.objects.all()):
        if monotonic() > end:
            queue.work_on_renders()
            return


def work_on_batch(renders: RenderQuerySet) -> int:
    """Claims one batch an engine of those renders that are due, and moves each as far as it goes now."""
    return sum(_work_on_batch(renders, name) for name in ENGINES)


def advance(render: Render) -> bool:
    """Does the one next step of this render and saves it. True when another step can follow at once."""
    step = STEPS.get(State(render.state))
    if step is None:
        return False
    try:
        return step(render)
    except (Refused, Declined) as refusal:
        end = _stumble if refusal.code in DECODER else _fail
        return end(render, refusal.code, refusal.values)
    except Exception as error:
        if disk.is_full(error):
            return _when_there_is_room(render)
        log.exception("Render %s stumbled in %s", render.pk, render.state)
        return _stumble(render, "engine_failed", {"error": type(error).__name__})


def _work_on_batch(renders: RenderQuerySet, engine: str) -> int:
    rows = renders.due().filter(engine=engine).claim(ENGINES[engine].batch)
    with held(rows):
        for render in rows:
            while advance(render):
                pass
    return len(rows)


def _submit(render: Render) -> bool:
    """Saves the exact request and its key, then asks: never for what could not be stored."""
    if disk.low():
        return _when_there_is_room(render)
    order = _order(render)
    request = ENGINES[render.engine].prepare(order)
    with transaction.atomic():
        if not render.move(State.SUBMITTING, started_at=timezone.now(), look_again_at=None):
            return False
        attempt = _new_attempt(render, order, request)
    return _send(render, attempt)


def _resubmit(render: Render) -> bool:
    """Whoever worked on it is gone: the same bytes go out again with the same key.

    Our own engine is asked three times at most: a picture may be what kills its workers.
    """
    if disk.low():
        return _when_there_is_room(render)
    attempt = render.attempts.filter(outcome="").last()
    worn_out = attempt is not None and ENGINES[render.engine].trusted and attempt.sends >= STUMBLES
    if attempt is None or worn_out:
        return _fail(render, "engine_failed", {})
    return _send(render, attempt)


def _send(render: Render, attempt: Attempt) -> bool:
    attempt.sends += 1
    attempt.first_sent_at = attempt.first_sent_at or timezone.now()
    attempt.save(update_fields=["sends", "first_sent_at"])
    try:
        answer = ENGINES[render.engine].submit(bytes(attempt.request), str(attempt.key))
    except Wait as wait:
        return _wait(render, attempt, wait)
    except Unheard as error:
        render.move(State.UNSURE, failure=error.code, failure_values=error.values, look_again_at=None)
        return False
    if isinstance(answer, Taken):
        return _taken(render, attempt, answer)
    return _finished(render, attempt, answer)


def _taken(render: Render, attempt: Attempt, answer: Taken) -> bool:
    with transaction.atomic():
        if render.move(State.RUNNING, look_again_at=timezone.now() + timedelta(seconds=5)):
            _note(attempt, task_id=answer.task_id)
    return False


def _finished(render: Render, attempt: Attempt, answer: Finished) -> bool:
    """The bytes are stored before the row says so; a loser's file is removed."""
    key = storage.save(answer.data, "pictures", answer.media_type.removeprefix("image/"))
    with transaction.atomic():
        if won := render.move(State.COLLECTING, box=answer.box, look_again_at=None):
            _note(attempt, result=key)
    if not won:
        storage.delete([key])
    return won


def _look(render: Render) -> bool:
    """Asks the provider how it goes."""
    attempt = render.attempts.filter(outcome="").last()
    if attempt is None:
        return _fail(render, "engine_failed", {})
    answer = ENGINES[render.engine].look(attempt.task_id)
    if isinstance(answer, Working):
        later = timezone.now() + timedelta(seconds=answer.seconds)
        render.mine(state=State.RUNNING).update(look_again_at=later)
        return False
    return _finished(render, attempt, answer)


def _collect(render: Render) -> bool:
    """Checks what came back, makes the copies that screens need, and is done."""
    attempt = render.attempts.filter(outcome="").last()
    if attempt is None:
        return _fail(render, "engine_failed", {})
    fields = keep(attempt.result, trusted=ENGINES[render.engine].trusted)
    with transaction.atomic():
        if won := render.move(State.DONE, failure="", failure_values={}, cuts_due=True, stumbles=0, **fields):
            _end(attempt, "done", charged=attempt.price_estimated)
            queue.cut_render(render.pk)
    if not won:
        storage.delete([fields["screen"], fields["thumb"]])
    return False


STEPS: Final[dict[State, Callable[[Render], bool]]] = {
    State.QUEUED: _submit,
    State.SUBMITTING: _resubmit,
    State.RUNNING: _look,
    State.COLLECTING: _collect,
}


def _order(render: Render) -> Order:
    version = render.scene_version
    wants_cutout = ENGINES[render.engine].wants == "cutout"
    reference = cutout.ensure(render.packshot) if wants_cutout else render.packshot.picture
    return Order(
        prompt=render.prompt,
        ratio=render.ratio,
        resolution=render.resolution,
        references=(reference,),
        scene=version.engine,
        seed=_seed(render),
        model=render.model,
    )


def _seed(render: Render) -> int:
    """The same product, scene and take make the same picture on any machine, in every ratio."""
    version = render.scene_version
    story = f"{render.packshot.sha256} {version.scene.slug} {version.number} {render.take}"
    return zlib.crc32(story.encode())


def _new_attempt(render: Render, order: Order, request: bytes) -> Attempt:
    number = render.attempts.count() + 1
    return Attempt.objects.create(
        render=render,
        brand_id=render.brand_id,
        number=number,
        cause=render.cause if number == 1 else Cause.RETRY,
        engine=render.engine,
        model=render.model,
        key=uuid.uuid4(),
        request=request,
        price_estimated=ENGINES[render.engine].price(order) or 0,
    )


def _wait(render: Render, attempt: Attempt, wait: Wait) -> bool:
    later = timezone.now() + timedelta(seconds=wait.seconds)
    with transaction.atomic():
        if render.move(State.QUEUED, look_again_at=later):
            _end(attempt, wait.code)
    return False


def _fail(render: Render, code: str, values: dict[str, object]) -> bool:
    """A definite end. A queued render passes through submitting, since nothing was asked for it yet."""
    with transaction.atomic():
        if render.state == State.QUEUED and not render.move(State.SUBMITTING, started_at=timezone.now()):
            return False
        if not render.move(State.FAILED, failure=code, failure_values=values):
            return False
        open_ones = list(render.attempts.filter(outcome=""))
        for attempt in open_ones:
            _end(attempt, code)
    storage.delete([attempt.result for attempt in open_ones if attempt.result])
    return False


def _stumble(render: Render, code: str, values: dict[str, object]) -> bool:
    """Trouble that may pass: once more after a while, and set aside at the third time."""
    render.stumbles += 1
    if render.stumbles >= STUMBLES and render.state != State.UNSURE:
        return _fail(render, code, values)
    later = timezone.now() + timedelta(seconds=5 * render.stumbles)
    render.mine(state=render.state).update(stumbles=render.stumbles, look_again_at=later)
    return False


def _when_there_is_room(render: Render) -> bool:
    """A full disk is nobody's fault: the picture waits, however long it takes."""
    later = timezone.now() + timedelta(seconds=20)
    render.mine(state=render.state).update(look_again_at=later)
    return False


def _note(attempt: Attempt, **fields: str) -> None:
    for name, value in fields.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(fields))


def _end(attempt: Attempt, outcome: str, charged: int = 0) -> None:
    attempt.outcome, attempt.price_charged, attempt.ended_at = outcome, charged, timezone.now()
    attempt.save(update_fields=["outcome", "price_charged", "ended_at"])
