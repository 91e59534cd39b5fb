"""Launches at the same moment: one batch of one plan, and never more than the budget."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from studio.flow import money
from studio.flow import shoot as flow
from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Render, Shoot, State, User
from tests import cast, market
from tests.standin import StandIn

pytestmark = pytest.mark.django_db(transaction=True)
Vendor = Callable[..., StandIn]
PRICE: Final = 30_000
SAMPLES: Final = 0.02  # seconds


def planned(brand: Brand, person: User, pictures: int = 1) -> Shoot:
    plan = flow.plan(brand, person)
    usual: dict[str, Any] = {"placements": [], "resolution": "1K", "takes": 1}
    ratios = ["1:1", "3:2", "2:3", "4:3"][:pictures]
    flow.choose(plan, products=[market.product(brand)], scenes=[cast.scene()], ratios=ratios, **usual)
    return plan


@contextmanager
def sampled(brand: Brand) -> Iterator[list[int]]:
    """What is spent and put aside, again and again meanwhile, in micro-dollars."""
    seen: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(SAMPLES):
            room = money.month(brand)
            seen.append(room.spent + room.held)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What so many threads got, all of which began together."""
    together = threading.Barrier(count)

    def run(number: int) -> Any:
        together.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize("money_for", [2, 1000])
def test_twenty_presses_of_one_button_launch_once_and_all_lead_there(
    money_for: int, vendor: Vendor, sign_in: Callable[[User], Client]
) -> None:
    standin = vendor()
    brand = cast.brand(monthly_budget=money_for * PRICE)
    person = cast.person("Ines Marrow", brand)
    plan = planned(brand, person, pictures=2)
    browsers = [sign_in(person) for _ in range(20)]
    address = reverse("launch", args=[plan.pk])

    answers = at_once(20, lambda number: browsers[number].post(address))

    assert {(one.status_code, one.headers.get("Location")) for one in answers} == {
        (302, reverse("shoot", args=[plan.pk]))
    }
    assert (Render.objects.count(), money.month(brand).held) == (2, 2 * PRICE)
    again = browsers[0].post(address)
    assert again["Location"] == reverse("shoot", args=[plan.pk])
    market.until(lambda: Render.objects.filter(state=State.DONE).count() == 2)
    again = browsers[0].post(address)
    assert again["Location"] == reverse("shoot", args=[plan.pk])
    assert len(standin.ledger.paid) == Attempt.objects.count() == 2
    assert money.month(brand).spent == standin.ledger.spent() == 2 * PRICE


def test_fifty_launches_of_which_ten_fit_never_spend_more_at_any_moment(vendor: Vendor) -> None:
    standin = vendor()
    brand = cast.brand(monthly_budget=10 * PRICE)
    person = cast.person("Ines Marrow", brand)
    plans = [planned(brand, person) for _ in range(50)]

    def launch(number: int) -> str:
        try:
            return str(flow.launch(Shoot.objects.get(pk=plans[number].pk), person, seen=PRICE))
        except Refused as no:
            return no.code

    with sampled(brand) as seen:
        outcomes = Counter(at_once(50, launch))
        market.until(lambda: Render.objects.filter(state=State.DONE).count() == 10, within=60)
    assert outcomes == {"True": 10, "over_budget": 40}
    assert len(seen) > 10
    assert max(seen) == 10 * PRICE
    assert len(standin.ledger.paid) == 10
    assert money.month(brand) == money.Room(10 * PRICE, spent=10 * PRICE, held=0)
    assert standin.ledger.spent() == 10 * PRICE
