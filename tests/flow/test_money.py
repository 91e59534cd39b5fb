"""Money is put aside before anything is asked for, and counted once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from studio.flow import again, decide, money, price, review
from studio.flow import shoot as flow
from studio.imaging.errors import Refused
from studio.models import (
    Attempt,
    Basis,
    Brand,
    Cause,
    Membership,
    PriceList,
    Render,
    Review,
    Shoot,
    State,
    User,
)
from studio.providers.base import Quote, Task, Working
from tests import cast
from tests.engines import ScriptedRemote

Sell = Callable[..., ScriptedRemote]
EACH = 30_000


def planned(brand: Brand, person: User | None = None, pictures: int = 1) -> Shoot:
    shoot = flow.plan(brand, person)
    product = cast.product(brand)
    cast.packshot(product)
    ratios = ["1:1", "3:2", "2:3"][:pictures]
    choice = {"placements": [], "ratios": ratios, "resolution": "1K", "takes": 1}
    engine = {"engine": "hiapi", "model": "gi2-edit"}
    flow.choose(shoot, products=[product], scenes=[cast.scene()], **choice, **engine)  # type: ignore[arg-type]
    return shoot


def test_a_plan_shows_price_and_what_is_left(brand: Brand, sell: Sell, marketer: User) -> None:
    sell()
    Brand.objects.update(monthly_budget=100_000)
    shoot = Shoot.objects.get(pk=planned(brand, marketer, 3).pk)
    total = flow.sum_up(shoot)
    assert (total.price, total.month.left, total.problem) == (3 * EACH, 100_000, "")


def test_a_launch_puts_the_money_aside_and_a_cancel_gives_it_back(
    brand: Brand, sell: Sell, marketer: User
) -> None:
    sell()
    shoot = planned(brand, marketer, 3)
    assert flow.launch(shoot, marketer, seen=3 * EACH)
    assert money.month(brand).held == 3 * EACH
    assert {render.asked_by for render in shoot.renders.all()} == {marketer}
    flow.cancel(shoot)
    assert money.month(brand).held == 0


def test_a_price_that_has_changed_is_asked_for_again(brand: Brand, sell: Sell, marketer: User) -> None:
    sell(price=40_000)
    shoot = planned(brand, marketer, 2)
    with pytest.raises(Refused) as refusal:
        flow.launch(shoot, marketer, seen=2 * EACH)
    assert refusal.value.values == {"before": 2 * EACH, "now": 80_000}
    assert not shoot.renders.exists()


@pytest.mark.parametrize("problem", ["price_missing", "price_malformed", "price_negative", "price_zero"])
def test_an_unknown_price_bars_the_launch(brand: Brand, sell: Sell, marketer: User, problem: str) -> None:
    sell(price=Quote(0 if problem == "price_zero" else None, problem))
    with pytest.raises(Refused) as refusal:
        flow.launch(planned(brand, marketer), marketer)
    assert refusal.value.code == problem


def test_a_zero_that_an_admin_confirmed_is_free(brand: Brand, sell: Sell, marketer: User) -> None:
    sell(price=Quote(0, "price_zero"))
    PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"{}")
    price.confirm_zero("gi2-edit")
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount == 0


def test_a_persons_day_and_a_brands_month_both_bind(brand: Brand, sell: Sell, marketer: User) -> None:
    sell()
    Membership.objects.filter(user=marketer).update(daily_limit=2 * EACH)
    with pytest.raises(Refused) as refusal:
        flow.launch(planned(brand, marketer, 3), marketer)
    assert refusal.value.code == "over_daily_limit"
    Membership.objects.update(daily_limit=None)
    Brand.objects.update(monthly_budget=2 * EACH)
    with pytest.raises(Refused) as refusal:
        flow.launch(Shoot.objects.get(pk=planned(brand, marketer, 3).pk), marketer)
    assert refusal.value.code == "over_budget"


def test_last_months_money_is_not_this_months(brand: Brand) -> None:
    attempt = {"brand": brand, "engine": "hiapi", "request": b"", "outcome": "done", "price_charged": EACH}
    Attempt.objects.create(number=1, key="1" * 32, ended_at=timezone.now(), **attempt)
    Attempt.objects.create(number=2, key="2" * 32, ended_at=timezone.now() - timedelta(days=32), **attempt)
    assert money.month(brand).spent == EACH


@pytest.mark.django_db(transaction=True)
def test_fifty_launches_at_once_spend_what_is_there_and_no_more(sell: Sell) -> None:
    sell()
    brand = cast.brand(monthly_budget=10 * EACH)
    person = cast.person("Ines Marrow", brand)
    shoots = [planned(brand, person) for _ in range(50)]

    def launch(shoot: Shoot) -> str:
        try:
            return str(flow.launch(Shoot.objects.get(pk=shoot.pk), person, seen=EACH))
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(launch, shoots))
    assert outcomes == {"True": 10, "over_budget": 40}
    assert money.month(brand).held == 10 * EACH


def done(brand: Brand, **fields: object) -> Render:
    return cast.render(
        cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit"),
        state="done", engine="hiapi", model="gi2-edit", **fields,
    )  # fmt: skip


def test_an_edit_is_a_new_picture_with_its_words_and_lineage(
    brand: Brand, sell: Sell, marketer: User
) -> None:
    sell()
    first = done(brand)
    made = again.edit(first, marketer, "warmer light")
    assert (made.parent, made.cause, made.basis, made.reserved) == (first, Cause.EDIT, Basis.PARENT, EACH)
    assert "warmer light" in made.prompt
    fresh = again.edit(first, marketer, "warmer light", Basis.PACKSHOT)
    assert fresh.prompt == f"{first.prompt} warmer light."


@pytest.mark.parametrize(("wish", "code"), [("  ", "wish_empty"), ("x" * 1001, "wish_too_long")])
def test_an_edit_needs_words(brand: Brand, sell: Sell, marketer: User, wish: str, code: str) -> None:
    sell()
    with pytest.raises(Refused) as refusal:
        again.edit(done(brand), marketer, wish)
    assert refusal.value.code == code


def test_a_final_needs_approval_and_has_its_own_price(brand: Brand, sell: Sell, marketer: User) -> None:
    sell(price=40_000)
    first = done(brand)
    with pytest.raises(Refused) as refusal:
        again.finalise(first, marketer, "2K")
    assert refusal.value.code == "final_unapproved"
    review.approve([first], marketer)
    made = again.finalise(Render.objects.get(pk=first.pk), marketer, "2K")
    assert (made.cause, made.resolution, made.reserved) == (Cause.FINAL, "2K", 40_000)
    assert Render.objects.get(pk=first.pk).review == Review.APPROVED


def unsure(brand: Brand) -> Render:
    render = cast.render(
        cast.shoot(brand, launched=True), engine="hiapi", model="gi2-edit", state=State.UNSURE, reserved=EACH
    )
    render.attempts.create(
        brand=brand, number=1, engine="hiapi", key="3" * 32, request=b"", price_estimated=EACH,
        first_sent_at=timezone.now(),
    )  # fmt: skip
    return render


def test_a_person_sees_the_tasks_of_that_time_that_nobody_owns(brand: Brand, sell: Sell) -> None:
    now = timezone.now()
    near = Task("task-near", "gpt-image-2", now, Working(5))
    sell(listed=[near, Task("task-far", "gpt-image-2", now - timedelta(hours=1), Working(5))])
    seen = decide.evidence(unsure(brand))
    assert ([one.task_id for one in seen.candidates], seen.whole) == (["task-near"], True)


def test_a_person_adopts_a_task_or_writes_the_picture_off(brand: Brand, sell: Sell) -> None:
    sell()
    render = unsure(brand)
    assert decide.adopt(render, "task-near")
    assert Render.objects.get(pk=render.pk).state == State.RUNNING
    for bought, charged in ((True, EACH), (False, 0)):
        lost = cast.render(render.shoot, engine="hiapi", state=State.UNSURE, reserved=EACH)
        lost.attempts.create(
            brand=brand, number=1, engine="hiapi", key=f"{4 + bought}" * 32, request=b"", price_estimated=EACH
        )
        assert decide.write_off(lost, bought=bought)
        assert lost.attempts.get().price_charged == charged
    assert money.month(brand).held == EACH, "of the one that runs"
