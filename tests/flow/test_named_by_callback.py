"""A callback names the task of a call without an answer: signed it counts, else the task is read first."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from studio.flow import render as flow
from studio.flow import work
from studio.models import Attempt, Brand, Gate, Notice, Render, State, User
from studio.providers.base import Ready
from studio.providers.errors import Declined, Wait
from tests import cast, pictures
from tests.engines import ScriptedRemote

Sell = Callable[..., ScriptedRemote]
BOGUS = Declined("task_unknown", proves=False)


@pytest.fixture
def unanswered(brand: Brand, sell: Sell) -> Render:
    """Sent, and the worker died before the answer."""
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    shot = cast.packshot(cast.product(brand), pictures.photo())
    render = cast.render(shoot, product=shot.product, packshot=shot, engine="hiapi", model="gi2-edit")
    sell(SystemExit())
    with pytest.raises(SystemExit):
        flow.advance(render)
    return Render.objects.get()


def callback(task_id: str, *, signed: bool = False, fresh: bool = True) -> None:
    token = Attempt.objects.get().token
    Notice.objects.create(token=token, task_id=task_id, status="success", signed=signed, fresh=fresh)


def go_on() -> Render:
    """As far as it goes now."""
    while flow.advance(Render.objects.get()):
        pass
    return Render.objects.get()


def test_a_signed_one_is_taken_without_a_call(unanswered: Render, sell: Sell) -> None:
    engine = sell()
    callback("task-9", signed=True)
    assert go_on().state == State.DONE
    assert (Attempt.objects.get().task_id, engine.asked) == ("task-9", [])


@pytest.mark.parametrize(("signed", "fresh"), [(False, True), (True, False)])
def test_where_keys_are_honoured_the_same_bytes_tell_better_than_one_that_nobody_vouches_for(
    unanswered: Render, sell: Sell, signed: bool, fresh: bool
) -> None:
    engine = sell()
    callback("bogus", signed=signed, fresh=fresh)
    go_on()
    assert (Attempt.objects.get().task_id, len(engine.asked)) == ("task-1", 1)


def test_where_keys_are_ignored_an_unsigned_one_is_taken_once_its_task_is_known(
    unanswered: Render, sell: Sell
) -> None:
    engine = sell(BOGUS, Wait("too_fast", 5), BOGUS, keeps=False)
    callback("bogus")
    callback("task-9")
    waiting = go_on()
    assert waiting.state == State.SUBMITTING, "whoever could not be asked has said nothing"
    assert waiting.look_again_at is not None
    assert go_on().state == State.DONE
    assert engine.looked[:4] == ["bogus", "task-9", "bogus", "task-9"]
    assert (Attempt.objects.get().task_id, engine.asked) == ("task-9", [])


def test_where_keys_are_ignored_and_no_task_is_known_a_person_decides(unanswered: Render, sell: Sell) -> None:
    sell(BOGUS, keeps=False)
    callback("bogus")
    unsure = go_on()
    assert unsure.undecided
    assert Attempt.objects.get().task_id == ""


def test_one_that_another_picture_has_is_not_taken(unanswered: Render, sell: Sell) -> None:
    sell(Ready("https://results.test/x.png"), keeps=False)
    other = cast.render(unanswered.shoot, engine="hiapi")
    other.attempts.create(
        brand_id=other.brand_id, number=1, engine="hiapi", key="0" * 32, request=b"", task_id="task-9"
    )
    attempt = unanswered.attempts.get()
    Notice.objects.create(token=attempt.token, task_id="task-9", status="success", signed=True)
    flow.advance(unanswered)
    assert Render.objects.get(pk=unanswered.pk).undecided


def test_while_the_gate_is_shut_an_unsigned_one_waits(unanswered: Render, sell: Sell, admin: User) -> None:
    engine = sell(keeps=False)
    callback("task-9")
    Gate.objects.update_or_create(engine="hiapi", defaults={"paused_at": timezone.now(), "paused_by": admin})
    work.work()
    assert Render.objects.get().state == State.SUBMITTING
    assert engine.looked == engine.asked == []
