"""The calls that may cost money: frozen before they go out, counted, ended. Only render.py moves pictures."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.utils import timezone

from studio.flow import price_list
from studio.flow.collect import TELLING
from studio.flow.engines import ENGINES, is_remote, remote
from studio.models import Attempt, Cause, PriceList, Render, State
from studio.providers.base import Order

STUMBLES: Final = 3
DECODER: Final = ("decoder_died", "decoder_slow")  # may be the machine's fault as well as the picture's
LOST: Final = (
    "result_lost", "result_unusable", "task_overdue", "task_unknown", "engine_failed", *TELLING, *DECODER,
)  # fmt: skip
AGAIN: Final = ("task_timeout", "storage_unavailable")
KEY_WINDOW: Final = timedelta(hours=20)  # the provider forgets a key after a day, and would sell again


@dataclass(frozen=True)
class Frozen:
    """What will go out: the prepared request, the hash of its body, and the names it carries."""

    request: bytes
    body_sha256: str
    token: str | None
    sheet: str


def open_of(render: Render) -> Attempt | None:
    return render.attempts.filter(outcome="").last()


def take_up(render: Render) -> Attempt | None:
    """What a queued picture goes on with: the attempt that was told to wait, or one whose result was lost.

    One that is too old for its key is ended: it bought nothing.
    """
    attempt = open_of(render)
    if attempt is None:
        return _found_again(render)
    age = timezone.now() - (attempt.first_sent_at or timezone.now())
    if age > KEY_WINDOW and not attempt.doubtful:
        end(attempt, "waited_too_long")
        return None
    return attempt


def _found_again(render: Render) -> Attempt | None:
    """A task that was paid for may still have its picture: it is looked at before another is bought."""
    last = render.attempts.last()
    if last is None or not last.task_id or last.outcome not in LOST or last.revived:
        return None
    return last


def reopen(attempt: Attempt) -> None:
    """Looked at once more, and settled anew; together with the move that says so."""
    note(attempt, outcome="", ended_at=None, price_charged=None, reads=0, revived=True)


def freeze(render: Render, order_of: Callable[[Render, str], tuple[Order, str]]) -> Frozen:
    """The exact bytes for this picture. Raises Declined for what cannot be ordered."""
    token = secrets.token_urlsafe(24) if is_remote(render.engine) else None
    order, sheet = order_of(render, token or "")
    request = ENGINES[render.engine].prepare(order)
    body = remote(render.engine).body_sha256(request) if is_remote(render.engine) else ""
    return Frozen(request, body, token, sheet)


def open_new(render: Render, frozen: Frozen | None) -> Attempt:
    made = cast(Frozen, frozen)
    before = list(render.attempts.values_list("outcome", "cause"))
    return Attempt.objects.create(
        render=render,
        brand_id=render.brand_id,
        asked_by_id=render.asked_by_id,
        number=len(before) + 1,
        cause=_cause(render, before),
        engine=render.engine,
        model=render.model,
        key=uuid.uuid4(),
        token=made.token,
        request=made.request,
        body_sha256=made.body_sha256,
        sheet=made.sheet,
        price_estimated=render.reserved,
        price_list=_price_list(render),
    )


def count_send(attempt: Attempt, doubtful: bool = False, **fields: Any) -> Attempt:
    """Before it goes out, so that a crash leaves a trace."""
    note(
        attempt,
        sends=attempt.sends + 1,
        first_sent_at=attempt.first_sent_at or timezone.now(),
        doubtful=attempt.doubtful or doubtful,
        **fields,
    )
    return attempt


def count_read(attempt: Attempt) -> int:
    note(attempt, reads=attempt.reads + 1)
    return attempt.reads


def may_send_again(render: Render, attempt: Attempt, unheard: bool = False) -> bool:
    """Whether the same bytes may go out once more without being bought twice."""
    if not is_remote(render.engine):
        return render.state == State.SUBMITTING and not unheard
    if not attempt.sends:
        return True
    age = timezone.now() - (attempt.first_sent_at or timezone.now())
    return remote(render.engine).keeps_keys(render.model) and age < KEY_WINDOW and _same_body(attempt)


def _same_body(attempt: Attempt) -> bool:
    """A reference whose file is gone or changed would make it another request under an old key."""
    try:
        return remote(attempt.engine).body_sha256(bytes(attempt.request)) == attempt.body_sha256
    except (OSError, ValueError):  # ValueError: no picture any more, as after a power cut
        return False


def price_of_failure(render: Render) -> int:
    """What a task that was taken and failed has cost: HiAPI does not say, so an operator may."""
    return price_so_far(render) if settings.HIAPI_CHARGES_FAILURES else 0


def price_so_far(render: Render) -> int:
    """What the open attempt has cost if the provider took it."""
    attempt = open_of(render)
    return attempt.price_estimated if attempt and (attempt.task_id or attempt.result) else 0


def note(attempt: Attempt, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(fields))


def end(attempt: Attempt, outcome: str, charged: int = 0) -> None:
    note(attempt, outcome=outcome, price_charged=charged, ended_at=timezone.now())


def _cause(render: Render, before: list[tuple[str, str]]) -> str:
    """The machine tries once more where the provider was at fault; every other time somebody asked for it.

    A picture that the machine put back keeps its failure in the queue; a person's try clears it.
    """
    if not before:
        return render.cause
    tried = any(cause == Cause.RETRY for _, cause in before)
    by_itself = before[-1][0] == "waited_too_long" or render.failure in AGAIN
    return Cause.RETRY if by_itself and not tried else Cause.RERUN


def _price_list(render: Render) -> PriceList | None:
    return price_list.newest(render.engine) if is_remote(render.engine) else None
