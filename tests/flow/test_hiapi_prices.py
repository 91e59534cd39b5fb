"""A price that is not certain buys nothing; one that has changed asks again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.flow import money, price
from studio.flow import shoot as flow
from studio.imaging.errors import Refused
from studio.messages import UNKNOWN, say
from studio.models import Attempt, Brand, PriceList, Render, Shoot, State, User
from tests import cast, market
from tests.standin import StandIn

Vendor = Callable[..., StandIn]
EDIT: Final = "gpt-image-2/image-to-image"
PRICE: Final = 30_000

# what is wrong with the list, and the code that bars the launch
DOCUMENTS: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("missing_row", {"model": EDIT}, "price_missing"),
    ("null_price", {}, "price_missing"),
    ("malformed", {}, "price_malformed"),
    ("text_price", {}, "price_malformed"),
    ("negative", {}, "price_negative"),
    ("zero", {}, "price_zero"),
    ("factors", {}, "price_factors"),
    ("unknown_operator", {}, "price_rule_unknown"),
    ("odd_condition", {}, "price_rule_unknown"),
    ("html_200", {}, "price_malformed"),
    ("null", {}, "price_malformed"),
    ("empty", {}, "price_malformed"),
    ("half_json", {}, "price_malformed"),
    ("refuse_500", {}, "price_unknown"),
    ("reset", {}, "price_unknown"),
    ("redirect", {"to": "/elsewhere"}, "price_unknown"),
]  # fmt: skip


def planned(brand: Brand, person: User | None = None, **choice: Any) -> Shoot:
    plan = flow.plan(brand, person)
    usual: dict[str, Any] = {"placements": [], "ratios": ["1:1"], "resolution": "1K", "takes": 1}
    products = [market.product(brand)]
    flow.choose(plan, products=products, scenes=[cast.scene()], engine="hiapi", **usual | choice)
    return Shoot.objects.get(pk=plan.pk)


@pytest.mark.parametrize(("kind", "options", "code"), DOCUMENTS)
def test_a_price_that_is_not_certain_buys_nothing(
    kind: str, options: dict[str, Any], code: str, brand: Brand, marketer: User, vendor: Vendor,
    sign_in: Callable[[User], Client],
) -> None:  # fmt: skip
    standin = vendor()
    standin.faults.on("pricing", kind, **options)
    plan = planned(brand, marketer)
    with pytest.raises(Refused) as no:
        flow.launch(plan, marketer)
    assert no.value.code == code
    message = say(code, **no.value.values)
    assert message.headline != UNKNOWN.headline
    assert "…" not in message.headline + message.explanation + message.action
    answer = sign_in(marketer).post(reverse("launch", args=[plan.pk]))
    assert answer.status_code == 422
    assert message.headline in answer.content.decode()
    assert (standin.ledger.posts(), list(Render.objects.all())) == ([], [])


@pytest.mark.parametrize("kind", ["malformed", "negative", "missing_row"])
def test_a_list_that_makes_no_sense_is_not_made_good_by_an_older_one(
    kind: str, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor()
    price.refresh("hiapi")
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount == PRICE
    standin.faults.on("pricing", kind)
    price.refresh("hiapi", older_than=price.FRESH * 0)
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount is None


def test_a_zero_that_an_admin_has_confirmed_is_bought_for_nothing(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    standin.prices.set(EDIT, 0)
    price.refresh("hiapi")
    price.confirm_zero("gi2-edit")
    render = market.finished(market.launched(brand, "gi2-edit"))
    assert render.state == State.DONE
    assert (render.attempts.get().price_charged, standin.ledger.spent()) == (0, 0)


def read_again() -> None:
    price.refresh("hiapi", older_than=price.FRESH * 0)


def test_what_is_not_about_our_prices_makes_no_new_list(db: None, vendor: Vendor) -> None:
    standin = vendor()
    price.refresh("hiapi")
    first = PriceList.objects.get()
    standin.prices.document["data"].append({"model_name": "a-video", "base_usd_value": 0.7})
    standin.prices.document["at"] = "2026-11-25T04:20:00Z"
    read_again()
    assert PriceList.objects.get() == first
    assert PriceList.objects.get().seen_at > first.seen_at
    standin.prices.set(EDIT, 0.05)
    read_again()
    assert PriceList.objects.count() == 2
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount == 50_000


def test_lists_by_which_nothing_was_bought_are_not_kept(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    render = market.finished(market.launched(brand, "gi2-edit"))
    bought_by = render.attempts.get().price_list
    for dollars in (0.05, 0.06, 0.07):
        PriceList.objects.update(seen_at=timezone.now() - timedelta(hours=2))
        standin.prices.set(EDIT, dollars)
        read_again()
    kept = list(PriceList.objects.all())
    assert [one.pk for one in kept[1:]] == [bought_by.pk]  # type: ignore[union-attr]
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount == 70_000


def test_a_confirmed_zero_outlives_a_list_that_says_the_same_about_it(db: None, vendor: Vendor) -> None:
    standin = vendor()
    standin.prices.set(EDIT, 0)
    price.refresh("hiapi")
    price.confirm_zero("gi2-edit")
    standin.prices.set("gpt-image-2/text-to-image", 0.05)
    read_again()
    assert PriceList.objects.count() == 2
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").amount == 0
    for dollars in (0.03, 0):
        standin.prices.set(EDIT, dollars)
        read_again()
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").problem == "price_zero", "once it cost something"


def test_a_confirmed_zero_does_not_outlive_another_rule_about_it(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    standin.prices.set(EDIT, 0)
    price.refresh("hiapi")
    price.confirm_zero("gi2-edit")
    standin.prices.set(EDIT, 0, _4K=0.5)
    read_again()
    assert price.quote("hiapi", "gi2-edit", "1:1", "1K").problem == "price_zero"


def test_a_price_that_changed_between_page_and_launch_asks_again(
    brand: Brand, marketer: User, vendor: Vendor
) -> None:
    standin = vendor()
    price.refresh("hiapi")
    plan = planned(brand, marketer)
    seen = flow.sum_up(plan).price
    assert seen == PRICE
    standin.prices.set(EDIT, 0.05)
    PriceList.objects.update(seen_at=PriceList.objects.get().seen_at - 2 * price.FRESH)
    with pytest.raises(Refused) as no:
        flow.launch(plan, marketer, seen=seen)
    assert (no.value.code, no.value.values) == ("price_changed", {"before": PRICE, "now": 50_000})
    assert "$0.03" in say(no.value.code, **no.value.values).explanation
    assert (standin.ledger.posts(), money.month(brand).held) == ([], 0)
    assert flow.launch(plan, marketer, seen=50_000)
    market.finished(plan.renders.get())
    assert money.month(brand).spent == standin.ledger.spent() == 50_000


def test_shown_held_and_charged_are_one_price_with_its_list_beside_it(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    render = market.launched(brand, "gi2-edit", resolution="4K", ratio="16:9")
    assert (render.reserved, money.month(brand).held) == (60_000, 60_000)
    render = market.finished(render)
    attempt = Attempt.objects.get()
    assert (attempt.price_estimated, attempt.price_charged, standin.ledger.spent()) == (60_000,) * 3
    assert attempt.price_list == PriceList.objects.get()
