"""Nothing is bought at a price that nobody agreed to."""

from collections.abc import Callable

import pytest

from studio.flow import again, pace, review, work
from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Gate, Render, Review, State, User
from studio.providers.base import Quote
from studio.providers.errors import Declined
from tests import cast, pictures
from tests.cast import PRICE
from tests.engines import ScriptedRemote

Sell = Callable[..., ScriptedRemote]
Order = Callable[[Render, User, int], object]


@pytest.fixture
def render(brand: Brand) -> Render:
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    shot = cast.packshot(cast.product(brand), pictures.photo())
    return cast.render(shoot, product=shot.product, packshot=shot, engine="hiapi", model="gi2-edit")


def test_what_got_dearer_while_it_waited_is_not_bought(render: Render, sell: Sell) -> None:
    engine = sell(price=2 * PRICE)
    work.work()
    failed = Render.objects.get()
    assert (failed.state, failed.failure, failed.reserved) == (State.FAILED, "price_rose", 0)
    assert failed.failure_values == {"before": PRICE, "now": 2 * PRICE}
    assert engine.asked == []


def test_what_got_cheaper_is_booked_at_the_price_of_its_purchase(render: Render, sell: Sell) -> None:
    sell(price=PRICE // 3)
    work.work()
    assert Attempt.objects.get().price_estimated == PRICE // 3
    assert Render.objects.get().reserved in (PRICE // 3, 0)


def test_told_to_wait_and_dearer_by_then_it_is_not_bought(render: Render, sell: Sell) -> None:
    engine = sell(Declined("never"))
    cast.render(render.shoot, engine="hiapi", state="done")
    render.attempts.create(
        brand=render.brand,
        number=1,
        engine="hiapi",
        key="1" * 32,
        request=b"-",
        sends=1,
        price_estimated=PRICE,
    )
    engine.price = 2 * PRICE
    work.work()
    failed = Render.objects.get(pk=render.pk)
    assert (failed.failure, failed.attempts.get().price_charged, engine.asked) == ("price_rose", 0, [])


@pytest.mark.parametrize("unknown", [Quote(None, "price_unknown"), Quote(0, "price_zero")])
def test_while_nobody_knows_the_price_pictures_wait(render: Render, sell: Sell, unknown: Quote) -> None:
    engine = sell(price=unknown)
    work.work()
    waiting = Render.objects.get()
    assert (waiting.state, waiting.failure, waiting.reserved) == (State.QUEUED, "price_unknown", PRICE)
    assert engine.asked == []
    engine.price = PRICE
    Render.objects.update(look_again_at=None)
    work.work()
    assert len(engine.asked) == 1


def test_what_the_engine_does_not_make_any_more_fails_and_says_so(render: Render, sell: Sell) -> None:
    sell(price=Quote(None, "price_unknown"), refusing=lambda order: Declined("model_gone", model="gi2-edit"))
    work.work()
    assert (Render.objects.get().state, Render.objects.get().failure) == (State.FAILED, "model_gone")


def rerun(render: Render, person: User, seen: int) -> object:
    return again.rerun(render, person, seen)


def edit(render: Render, person: User, seen: int) -> object:
    return again.edit(render, person, "warmer light", seen=seen)


def final(render: Render, person: User, seen: int) -> object:
    return again.finalise(render, person, "2K", seen)


ORDERS = pytest.mark.parametrize("order", [rerun, edit, final])


@pytest.fixture
def approved(brand: Brand) -> Render:
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    shot = cast.packshot(cast.product(brand), pictures.photo())
    fields = {"packshot": shot, "product": shot.product, "state": "done", "review": Review.APPROVED}
    return cast.render(shoot, engine="hiapi", model="gi2-edit", **fields)


@ORDERS
def test_another_picture_is_made_only_at_the_price_that_the_button_showed(
    approved: Render, sell: Sell, marketer: User, order: Order
) -> None:
    sell(price=30 * PRICE)
    with pytest.raises(Refused) as refused:
        order(approved, marketer, PRICE)
    assert refused.value.code == "price_changed"
    assert refused.value.values == {"before": PRICE, "now": 30 * PRICE}
    order(approved, marketer, 30 * PRICE)
    assert Render.objects.filter(reserved=30 * PRICE).count() == 1


@ORDERS
def test_while_the_engine_drains_no_other_picture_is_ordered(
    approved: Render, sell: Sell, marketer: User, admin: User, order: Order
) -> None:
    sell()
    pace.pause("hiapi", admin, draining=True)
    with pytest.raises(Refused) as refused:
        order(approved, marketer, PRICE)
    assert refused.value.code == "draining"


def test_a_failed_picture_is_tried_again_only_while_the_gate_is_open_and_at_its_price(
    brand: Brand, sell: Sell, marketer: User
) -> None:
    sell(price=2 * PRICE)
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    fields = {"engine": "hiapi", "model": "gi2-edit", "state": "failed", "failure": "task_failed"}
    failed = [cast.render(shoot, **fields) for _ in range(2)]
    Gate.of("hiapi")
    Gate.change("hiapi", closed_by="balance_empty")
    for attempt in (
        lambda: review.retry(failed[0], marketer),
        lambda: review.retry_all(shoot, "task_failed", marketer),
    ):
        with pytest.raises(Refused, match="gate_closed"):
            attempt()
    pace.reopen("hiapi")
    with pytest.raises(Refused, match="price_changed"):
        review.retry(failed[0], marketer, seen=PRICE)
    with pytest.raises(Refused, match="price_changed"):
        review.retry_all(shoot, "task_failed", marketer, seen=2 * PRICE)
    assert review.retry_all(shoot, "task_failed", marketer, seen=4 * PRICE) == 2


def test_with_a_model_that_is_refused_nothing_more_is_ordered(
    approved: Render, sell: Sell, marketer: User
) -> None:
    sell()
    Gate.of("hiapi")
    Gate.change("hiapi", closed_models={"gi2-edit": "model_forbidden"})
    with pytest.raises(Refused, match="model_closed"):
        again.rerun(approved, marketer)
