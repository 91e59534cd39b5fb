"""The engine that takes money: whether it is open, how fast it goes, its prices, and who may change that."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from studio.models import Brand, Gate, PriceList, Role, User
from studio.providers.base import Order, Quote
from tests import cast
from tests.engines import ScriptedRemote

SignIn = Callable[[User], Client]


@pytest.fixture
def staff(brand: Brand, hiapi: ScriptedRemote, sign_in: SignIn) -> Client:
    person = cast.person("Stella Staff", brand, Role.ADMIN)
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    Gate.of("hiapi")
    return sign_in(person)


def page_of(browser: Client, address: str = "/engine/") -> str:
    return html.unescape(browser.get(address).content.decode())


def gate(**fields: Any) -> None:
    Gate.change("hiapi", **fields)


def test_an_open_engine_shows_its_pace_and_prices(staff: Client) -> None:
    PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"{}")
    page = page_of(staff)
    assert "HiAPI takes orders" in page
    assert "60 at most" in page
    assert "read just now" in page
    assert 'GPT Image 2.5 <span class="quiet">gi25-flare-edit</span>' in page
    assert (
        page.count('<td class="num">$0.03</td>') == 9
    )  # two models that edit and one from words, at three sizes
    assert "1 now, 4 at most" in page
    assert "<dt>Unanswered in a row</dt><dd>0</dd>" in page
    assert "Open again" not in page
    assert "None can come, since STUDIO_PUBLIC_URL is not set" in page


def test_a_closed_engine_says_why_and_what_to_do_and_is_opened_by_hand(staff: Client) -> None:
    gate(
        closed_by="balance_empty",
        closed_values={"reason": "insufficient balance"},
        closed_at=timezone.now(),
        closed_models={"gi25-flare-edit": "model_forbidden"},
    )
    page = page_of(staff)
    assert "The provider's balance is used up" in page
    assert "insufficient balance" in page
    assert "HiAPI, GPT Image 2.5: The provider's key may not use this model" in page
    answer = staff.post("/engine/reopen/", follow=True).content.decode()
    assert "Open again." in answer
    assert (Gate.of("hiapi").closed_by, Gate.of("hiapi").closed_models) == ("", {})


def test_it_is_paused_drained_and_resumed(staff: Client) -> None:
    paused = staff.post("/engine/pause/", follow=True).content.decode()
    assert paused.count("Paused by Stella Staff") == 1
    assert paused.count("What runs is still collected") == 1
    assert not Gate.of("hiapi").open
    assert "Draining by Stella Staff" in staff.post("/engine/drain/", follow=True).content.decode()
    assert Gate.of("hiapi").draining
    staff.post("/engine/resume/")
    assert (Gate.of("hiapi").open, Gate.of("hiapi").draining) == (True, False)


def test_a_closed_model_is_told_to_admins_on_every_page(staff: Client, sign_in: SignIn, admin: User) -> None:
    gate(closed_models={"gi2-edit": "model_forbidden"})
    for page in (page_of(staff, "/b/northfold/shoots/"), page_of(sign_in(admin), "/b/northfold/shoots/")):
        assert "HiAPI, GPT Image 2 is closed" in page
        assert "The provider's key may not use this model." in page
    marketer = cast.person("Mark Marketer", Brand.objects.get())
    assert "is closed" not in page_of(sign_in(marketer), "/b/northfold/shoots/")


def test_silence_and_missing_callbacks_are_told(staff: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    gate(down_since=timezone.now(), deaf_since=timezone.now(), troubles=5)
    page = page_of(staff)
    assert "HiAPI does not answer" in page
    assert "No callback has come since" in page
    assert "https://studio.example" in page


def test_callbacks_that_stay_away_are_told_to_admins_on_every_page(
    sign_in: SignIn, admin: User, staff: Client, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    gate(deaf_since=timezone.now())
    browser = sign_in(admin)
    assert "callbacks do not arrive" not in page_of(browser, "/b/northfold/shoots/"), "one may be on its way"
    gate(deaf_since=timezone.now() - timedelta(minutes=3))
    page = page_of(browser, "/b/northfold/shoots/")
    assert "HiAPI's callbacks do not arrive" in page
    assert "HIAPI_WEBHOOK_SECRET" in page
    settings.PUBLIC_URL = ""
    assert "callbacks do not arrive" not in page_of(browser, "/b/northfold/shoots/")


def test_a_listed_price_of_nothing_is_confirmed_by_a_person(staff: Client, hiapi: ScriptedRemote) -> None:
    newest = PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"{}")
    hiapi.price = Quote(0, "price_zero")
    assert "Yes, it is free" in page_of(staff)
    staff.post("/engine/confirm-zero/", {"model": "nothing-known"})
    newest.refresh_from_db()
    assert newest.zeros == []
    staff.post("/engine/confirm-zero/", {"model": "gi2-edit"})
    newest.refresh_from_db()
    assert newest.zeros == ["gi2-edit"]
    assert page_of(staff).count("Yes, it is free") == 2, "of another model, and of the one that draws"


def test_a_zero_of_a_draft_or_of_one_resolution_can_be_confirmed_too(
    staff: Client, hiapi: ScriptedRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"{}")

    def quote(order: Order) -> Quote:
        free = order.model == "gi2-create" or (order.model, order.resolution) == ("gi2-edit", "4K")
        return Quote(0, "price_zero") if free else Quote(30_000)

    monkeypatch.setattr(hiapi, "quote", quote)
    page = page_of(staff)
    assert 'Yes, it is free at 4K<span class="off">: GPT Image 2<' in page
    assert 'Yes, it is free at 1K, 2K, 4K<span class="off">: GPT Image 2, from words<' in page
    assert page.count("$0.03") == 5, "what both models that edit are listed at"
    for model in ("gi2-create", "gi2-edit"):
        staff.post("/engine/confirm-zero/", {"model": model})
    newest.refresh_from_db()
    assert newest.zeros == ["gi2-create", "gi2-edit"]
    assert "Yes, it is free" not in page_of(staff)


def test_a_problem_with_the_price_list_is_told(staff: Client) -> None:
    PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"?", problem="price_malformed")
    assert "The price list makes no sense" in page_of(staff)


def test_without_a_key_it_says_how_to_get_one(staff: Client, settings: LazySettings) -> None:
    settings.HIAPI_KEY = ""
    assert "ask your operator to set HIAPI_API_KEY" in page_of(staff)


def test_staff_are_led_there_and_the_key_is_never_shown(
    staff: Client, sign_in: SignIn, admin: User, settings: LazySettings
) -> None:
    page = page_of(staff)
    assert 'href="/engine/"' in page_of(staff, "/b/northfold/spend/")
    assert 'href="/engine/"' not in page_of(sign_in(admin), "/b/northfold/spend/")
    assert settings.HIAPI_KEY not in page


def test_the_page_asks_few_things(staff: Client, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    page_of(staff)
    with django_assert_max_num_queries(10):
        page_of(staff)
