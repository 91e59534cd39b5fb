"""A person looks at pictures: yes, no, once more."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import money, price
from studio.imaging.errors import Refused
from studio.models import Basis, Render, Review, Shoot, State, User


def approve(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.APPROVED, person)


def reject(renders: Iterable[Render], person: User) -> int:
    return _mark(renders, Review.REJECTED, person)


def clear(renders: Iterable[Render], person: User) -> int:
    """Takes a verdict back."""
    return _mark(renders, Review.NONE, person)


def retry(render: Render, person: User | None = None) -> bool:
    """Puts a failed render back into the queue. False when it is not failed any more. Raises Refused."""
    if render.state != State.FAILED:
        return False
    held = _price_now(render)
    with transaction.atomic():
        money.check(money.lock(render.brand_id), person or render.asked_by, held)
        asked = {"asked_by": person} if person else {}
        won = render.move(State.QUEUED, **_FRESH, reserved=held, **asked)
        if won:
            queue.work_on_renders()
    return won


def retry_all(shoot: Shoot, failure: str, person: User | None = None) -> int:
    """Puts every render of the shoot that failed for this reason back into the queue. Gives their number.

    Raises Refused when the money for all of them is not there.
    """
    alike = shoot.renders.filter(state=State.FAILED, failure=failure)
    with transaction.atomic():
        brand = money.lock(shoot.brand_id)
        held = {render.pk: _price_now(render) for render in alike}
        money.check(brand, person, sum(held.values()))
        for price in set(held.values()):
            priced = alike.filter(pk__in=[pk for pk in held if held[pk] == price])
            asked = {"reserved": price, "asked_by": person} if person else {"reserved": price}
            priced.update(state=State.QUEUED, updated_at=timezone.now(), **asked, **_FRESH)
        queue.work_on_renders(len(held))
    return len(held)


_FRESH: Final[dict[str, Any]] = {
    "failure": "", "failure_values": {}, "stumbles": 0, "finished_at": None, "look_again_at": None,
}  # fmt: skip


def _price_now(render: Render) -> int:
    """Raises Refused when nobody knows what it costs now."""
    drawn = render.basis == Basis.WORDS
    told = price.quote(render.engine, render.model, render.ratio, render.resolution, drawn=drawn)
    if told.amount is None:
        raise Refused(told.problem or "price_unknown", **told.values)
    return told.amount


def _mark(renders: Iterable[Render], verdict: Review, person: User) -> int:
    """Only finished pictures can be judged. Gives how many were."""
    now = timezone.now()
    chosen = Render.objects.filter(pk__in=[render.pk for render in renders], state=State.DONE)
    return chosen.update(review=verdict, reviewed_by=person, reviewed_at=now, updated_at=now)
