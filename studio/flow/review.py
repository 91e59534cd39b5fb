"""A person looks at pictures: yes, no, once more."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import money, pace, price, price_list
from studio.models import Render, Review, Shoot, State, User
from studio.providers.base import Quote


def approve(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.APPROVED, person)


def reject(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.REJECTED, person)


def clear(renders: Iterable[Render], person: User) -> int:
    """Takes a verdict back."""
    return _mark(renders, Review.NONE, person)


def retry(render: Render, person: User | None = None, seen: int | None = None) -> bool:
    """Puts a failed render back into the queue. False when it is not failed any more. Raises Refused.

    `seen` is the price in micro-dollars that the person agreed to.
    """
    if render.state != State.FAILED:
        return False
    pace.check_open(render.engine, render.model)
    held = price.agreed(price.quote_of(render), seen)
    with transaction.atomic():
        money.check(money.lock(render.brand_id), person or render.asked_by, held)
        asked = {"asked_by": person} if person else {}
        won = render.move(State.QUEUED, **_FRESH, reserved=held, **asked)
        if won:
            queue.work_on_renders()
    return won


def retry_all(shoot: Shoot, failure: str, person: User | None = None, seen: int | None = None) -> int:
    """Puts every render of the shoot that failed for this reason back into the queue. Gives their number.

    `seen` is the price of all together. Raises Refused when the money for it is not there.
    """
    pace.check_open(shoot.engine, shoot.model)
    alike = shoot.renders.filter(state=State.FAILED, failure=failure)
    with transaction.atomic():
        brand = money.lock(shoot.brand_id)
        with price_list.once():
            held = {render.pk: price.agreed(price.quote_of(render), None) for render in alike}
        whole = price.agreed(Quote(sum(held.values())), seen)
        money.check(brand, person, whole)
        for amount in set(held.values()):
            priced = alike.filter(pk__in=[pk for pk in held if held[pk] == amount])
            asked = {"reserved": amount, "asked_by": person} if person else {"reserved": amount}
            priced.update(state=State.QUEUED, updated_at=timezone.now(), **asked, **_FRESH)
        queue.work_on_renders(len(held))
    return len(held)


_FRESH: Final[dict[str, Any]] = {
    "failure": "", "failure_values": {}, "stumbles": 0, "finished_at": None, "look_again_at": None,
}  # fmt: skip


def _mark(renders: Iterable[Render], verdict: Review, person: User) -> int:
    """Only finished pictures can be judged. Gives how many were."""
    now = timezone.now()
    chosen = Render.objects.filter(pk__in=[render.pk for render in renders], state=State.DONE)
    return chosen.update(review=verdict, reviewed_by=person, reviewed_at=now, updated_at=now)
