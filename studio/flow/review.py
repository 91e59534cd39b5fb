"""A person looks at pictures: yes, no, again."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from studio import queue
from studio.flow.prompt import write_prompt
from studio.models import Cause, Render, Review, Shoot, State, User


def approve(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.APPROVED, person)


def reject(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.REJECTED, person)


def clear(renders: Iterable[Render], person: User) -> int:
    """Takes a verdict back."""
    return _mark(renders, Review.NONE, person)


def rerun(render: Render, person: User) -> Render:
    """The same picture once more: a new render with this one as its parent, with today's words."""
    try:
        return _rerun(render)
    except IntegrityError:  # somebody took the same take number; the next one is free
        return _rerun(render)


def retry(render: Render) -> bool:
    """Puts a failed render back into the queue. False when it is not failed any more."""
    if render.state != State.FAILED:
        return False
    with transaction.atomic():
        won = render.move(State.QUEUED, failure="", failure_values={}, stumbles=0, finished_at=None)
        if won:
            queue.work_on_renders()
    return won


def retry_all(shoot: Shoot, failure: str) -> int:
    """Puts every render of the shoot that failed for this reason back into the queue. Gives their number."""
    alike = shoot.renders.filter(state=State.FAILED, failure=failure)
    with transaction.atomic():
        count = alike.update(
            state=State.QUEUED,
            failure="",
            failure_values={},
            stumbles=0,
            finished_at=None,
            updated_at=timezone.now(),
        )
        queue.work_on_renders(count)
    return count


def _mark(renders: Iterable[Render], verdict: Review, person: User) -> int:
    """Only finished pictures can be judged. Gives how many were."""
    now = timezone.now()
    chosen = Render.objects.filter(pk__in=[render.pk for render in renders], state=State.DONE)
    return chosen.update(review=verdict, reviewed_by=person, reviewed_at=now, updated_at=now)


def _rerun(render: Render) -> Render:
    family = Render.objects.filter(
        shoot=render.shoot,
        product=render.product,
        packshot=render.packshot,
        scene_version=render.scene_version,
        ratio=render.ratio,
    )
    with transaction.atomic():
        last = family.aggregate(last=Max("take"))["last"]
        again = Render.objects.create(
            shoot=render.shoot,
            brand=render.brand,
            product=render.product,
            packshot=render.packshot,
            scene_version=render.scene_version,
            ratio=render.ratio,
            take=last + 1,
            parent=render,
            cause=Cause.RERUN,
            resolution=render.resolution,
            engine=render.engine,
            model=render.model,
            prompt=write_prompt(render.product, render.scene_version, render.brand),
        )
        queue.work_on_renders()
    return again
