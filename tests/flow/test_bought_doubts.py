"""Trouble between a purchase and its picture: nothing is bought twice or given up silently."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from studio.flow import attempt as attempts
from studio.flow import pace, review, work
from studio.flow import render as flow
from studio.models import Attempt, Brand, Cause, Gate, Render, State, User
from studio.providers.base import Ready, Taken
from studio.providers.errors import Declined, Unheard
from tests import cast, pictures
from tests.cast import PRICE
from tests.engines import ScriptedRemote

Sell = Callable[..., ScriptedRemote]
RESULT = "https://results.test/task-1.png"


@pytest.fixture
def render(brand: Brand) -> Render:
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    shot = cast.packshot(cast.product(brand), pictures.photo())
    return cast.render(shoot, product=shot.product, packshot=shot, engine="hiapi", model="gi2-edit")


def run(render: Render) -> Render:
    while flow.advance(render):
        pass
    return Render.objects.get(pk=render.pk)


def again(times: int = 1) -> Render:
    """So many steps more, whatever time it was told to wait."""
    for _ in range(times):
        last = run(Render.objects.get())
    return last


def no_picture(request: bytes) -> str:
    raise ValueError("neither PNG, JPEG nor WebP")


def pause(admin: User) -> None:
    pace.pause("hiapi", admin)


def empty_account(admin: User) -> None:
    Gate.change("hiapi", closed_by="balance_empty")


@pytest.mark.parametrize("shut", [pause, empty_account])
def test_a_machines_second_try_waits_for_the_gate_like_any_other(
    render: Render, sell: Sell, admin: User, shut: Callable[[User], None]
) -> None:
    engine = sell(Taken("task-1"))
    run(render)
    Gate.of("hiapi")
    shut(admin)
    engine.answers = [Declined("task_timeout", again=True)]
    Render.objects.update(look_again_at=timezone.now())
    Gate.change("hiapi", list_at=timezone.now() + timedelta(hours=1))
    work.work()
    waiting = Render.objects.get()
    assert (waiting.state, waiting.reserved, len(engine.asked)) == (State.QUEUED, PRICE, 1)


@pytest.mark.parametrize("code", ["address_refused", "result_elsewhere", "result_too_big"])
def test_what_an_operator_has_mended_is_fetched_and_not_bought_again(
    render: Render, sell: Sell, marketer: User, code: str
) -> None:
    engine = sell(files={RESULT: Declined(code)})
    run(render)
    lost = again(10)
    assert (lost.failure, Attempt.objects.get().price_charged) == (code, PRICE)
    engine.files = {}
    assert review.retry(lost, marketer)
    assert again(3).state == State.DONE
    assert len(engine.asked) == 1
    assert Attempt.objects.get().price_charged == PRICE


def test_made_but_nowhere_it_is_told_as_lost_after_a_few_looks(render: Render, sell: Sell) -> None:
    engine = sell(Taken("task-1"))
    run(render)
    engine.answers = [Unheard("output_missing")] * 20
    lost = again(6)
    assert (lost.state, lost.failure, lost.reserved) == (State.FAILED, "result_lost", 0)
    assert Attempt.objects.get().price_charged == PRICE
    assert Gate.of("hiapi").troubles == 0, "it says so politely, and is not down"


def test_made_and_told_where_at_the_second_look_it_is_fetched(render: Render, sell: Sell) -> None:
    engine = sell(Taken("task-1"))
    run(render)
    engine.answers = [Unheard("output_missing"), Ready(RESULT)]
    assert again(3).state == State.DONE


def test_a_task_that_stays_unknown_is_told_as_lost_within_the_hour(render: Render, sell: Sell) -> None:
    engine = sell(Taken("task-1"))
    run(render)
    engine.answers = [Declined("task_unknown", proves=False)] * 20
    waits = []
    for _ in range(5):
        asked_again = again().look_again_at
        assert asked_again is not None
        waits.append((asked_again - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert 1800 < sum(waits) < 3600
    lost = again()
    assert (lost.state, lost.failure) == (State.FAILED, "task_unknown")
    assert Attempt.objects.get().price_charged == PRICE


@pytest.mark.parametrize("first", [Unheard("no_answer"), SystemExit()])
def test_a_reference_that_is_no_picture_any_more_leaves_the_choice_to_a_person(
    render: Render, sell: Sell, first: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sell(first)
    if isinstance(first, SystemExit):
        with pytest.raises(SystemExit):
            flow.advance(render)
    else:
        run(render)
    monkeypatch.setattr(engine, "body_sha256", no_picture)
    unsure = again(4)
    assert unsure.undecided
    assert (unsure.reserved, len(engine.asked)) == (PRICE, 1)


def test_a_database_in_trouble_after_the_purchase_makes_no_failure_of_it(
    render: Render, sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sell()
    note = attempts.note

    def locked(attempt: Attempt, **fields: object) -> None:
        if "task_id" in fields:
            raise OperationalError("database is locked")
        note(attempt, **fields)

    with monkeypatch.context() as trouble:
        trouble.setattr(attempts, "note", locked)
        run(render)
        unsure = again(3)
    assert (unsure.state, unsure.reserved) == (State.UNSURE, PRICE)
    assert again(3).state == State.DONE
    assert len(engine.taken) == 1, "the same key all the time"


def test_killed_while_a_lost_picture_is_looked_at_again_it_is_looked_at_after_all(
    render: Render, sell: Sell, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sell(files={RESULT: Declined("result_gone")})
    run(render)
    lost = again(10)
    Attempt.objects.update(first_sent_at=timezone.now() - timedelta(hours=30))
    engine.files = {}
    review.retry(lost, marketer)

    def killed(*about: object, **more: object) -> bool:
        raise SystemExit

    with monkeypatch.context() as death:
        death.setattr(flow, "_taken", killed)
        with pytest.raises(SystemExit):
            flow.advance(Render.objects.get())
    assert again(3).state == State.DONE
    assert len(engine.asked) == 1


def test_a_persons_try_after_the_machines_had_no_money_is_booked_as_the_persons(
    render: Render, sell: Sell, brand: Brand, marketer: User
) -> None:
    engine = sell(Taken("task-1"))
    run(render)
    brand.monthly_budget = PRICE
    brand.save()
    engine.answers = [Declined("task_timeout", again=True)]
    assert again().state == State.FAILED, "the first one counts as spent"
    brand.monthly_budget = None
    brand.save()
    review.retry(Render.objects.get(), marketer)
    assert again(2).state == State.DONE
    assert [one.cause for one in Attempt.objects.all()] == [Cause.FIRST, Cause.RERUN]
