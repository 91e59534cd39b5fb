"""Planning a shoot that is bought: engine, model, price, what is left, and a price that changes meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Brand, Gate, Membership, PriceList, Render, Shoot, User
from studio.providers.base import Order, Quote
from studio.providers.errors import Declined
from tests import cast
from tests.engines import ScriptedRemote

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(brand: Brand, hiapi: ScriptedRemote) -> Shoot:
    """Two pictures: one product, one scene, two shapes."""
    mug, scene = cast.product(brand, "MUG-0114"), cast.scene()
    cast.packshot(mug)
    shoot = cast.shoot(brand, engine="hiapi", model="gi2-edit", ratios=["1:1", "4:5"])
    shoot.products.set([mug])
    shoot.scenes.set([scene])
    PriceList.objects.create(engine="hiapi", sha256="0" * 64, document=b"{}")
    return shoot


def choice(draft: Shoot, **changed: Any) -> dict[str, Any]:
    products = [product.pk for product in draft.products.all()]
    return {
        "product": products, "shown": products, "scene": [scene.pk for scene in draft.scenes.all()],
        "ratio": draft.ratios, "resolution": "1K", "takes": "1", "name": "", "engine": draft.engine,
        "model": draft.model,
    } | changed  # fmt: skip


def page_of(browser: Client, draft: Shoot) -> str:
    return browser.get(f"/shoots/{draft.pk}/plan/").content.decode()


def test_engine_model_price_and_its_date_are_on_the_page(
    sign_in: SignIn, marketer: User, draft: Shoot
) -> None:
    page = page_of(sign_in(marketer), draft)
    assert 'name="engine" value="hiapi" checked' in page
    assert 'name="engine" value="local"' in page
    assert '<option value="gi2-edit" selected>GPT Image 2</option>' in page
    assert "<dt>One picture</dt><dd>$0.03</dd>" in page
    assert "<dt>price</dt><dd>$0.06</dd>" in page
    assert "just now</time>" in page
    assert "Launch · $0.06" in page
    assert 'name="seen" value="60000"' in page


def test_without_a_key_there_is_no_choice_and_no_money(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    page = page_of(sign_in(marketer), cast.shoot(brand))
    assert '<input type="hidden" name="engine" value="local">' in page
    assert "Prices read" not in page


def test_another_engine_brings_its_own_models(sign_in: SignIn, marketer: User, draft: Shoot) -> None:
    browser, address = sign_in(marketer), f"/shoots/{draft.pk}/plan/"
    answer = browser.post(address, choice(draft, engine="local"), headers=HTMX).content.decode()
    draft.refresh_from_db()
    assert (draft.engine, draft.model) == ("local", "")
    assert '<div class="field" id="models" hx-swap-oob="true"></div>' in answer
    assert "free" in answer
    answer = browser.post(address, choice(draft, engine="hiapi"), headers=HTMX).content.decode()
    draft.refresh_from_db()
    assert (draft.engine, draft.model) == ("hiapi", "gi2-edit")
    assert "GPT Image 2.5" in answer
    answer = browser.post(address, choice(draft, model="gi25-flare-edit"), headers=HTMX).content.decode()
    draft.refresh_from_db()
    assert draft.model == "gi25-flare-edit"
    assert 'id="models"' not in answer  # the field that is being used stays as it is


@pytest.mark.parametrize("wrong", [{"engine": "vendor"}, {"model": "gi9"}])
def test_an_engine_or_model_that_is_not_there_is_never_kept(
    sign_in: SignIn, marketer: User, draft: Shoot, wrong: dict[str, str]
) -> None:
    sign_in(marketer).post(f"/shoots/{draft.pk}/plan/", choice(draft, **wrong))
    draft.refresh_from_db()
    assert (draft.engine, draft.model) == ("hiapi", "gi2-edit")


def test_what_is_left_this_month_and_today_is_told(
    sign_in: SignIn, marketer: User, brand: Brand, draft: Shoot
) -> None:
    Brand.objects.update(monthly_budget=60_000_000)
    Membership.objects.filter(user=marketer).update(daily_limit=5_000_000)
    Shoot.objects.update(created_by=marketer)
    page = page_of(sign_in(marketer), draft)
    assert f"<dt>Left in {timezone.now():%B}</dt><dd>$60.00 of $60.00</dd>" in page
    assert "<dt>Left for you today</dt><dd>$5.00 of $5.00</dd>" in page


def test_over_the_budget_is_said_with_who_can_raise_it_before_launching(
    sign_in: SignIn, marketer: User, admin: User, draft: Shoot
) -> None:
    Brand.objects.update(monthly_budget=50_000)
    page = page_of(sign_in(marketer), draft)
    assert "It costs $0.06; $0.05 of $0.05 is left." in page
    assert "ask Ada Admin for a higher budget" in page
    assert "data-launch disabled" in page
    assert "/spend/limits/" not in page
    page = page_of(sign_in(admin), draft)
    assert "/spend/limits/" in page
    assert "Choose less, or set a higher budget." in page


def test_an_empty_plan_of_what_takes_money_is_not_free(sign_in: SignIn, marketer: User, draft: Shoot) -> None:
    draft.products.clear()
    page = page_of(sign_in(marketer), draft)
    assert "<dt>price</dt><dd>–</dd>" in page


def test_a_choice_that_the_model_cannot_make_is_explained_before_launching(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, draft: Shoot
) -> None:
    def refusing(order: Order) -> Declined | None:
        return Declined("final_unapproved") if order.ratio == "4:5" else None

    hiapi.refusing = refusing
    page = page_of(sign_in(marketer), draft)
    assert "Only approved pictures get more pixels." in page
    assert "data-launch disabled" in page


def test_models_that_can_make_what_is_chosen_are_named(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, draft: Shoot
) -> None:
    values = {
        "ratio": "4:5",
        "resolution": "2K",
        "model": "GPT Image 2",
        "makes": "1:1",
        "nearest": "1:1 at 2K",
    }

    def refusing(order: Order) -> Declined | None:
        no = Declined("model_choice", **values)
        return no if order.ratio == "4:5" and order.model in unable else None

    hiapi.refusing, unable = refusing, ["gi2-edit"]
    page = page_of(sign_in(marketer), draft)
    assert "Choose what is nearest, or another model: GPT Image 2.5." in page
    unable.append("gi25-flare-edit")
    assert "Choose what is nearest, or another model." in page_of(sign_in(marketer), draft)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closed_by": "no_key"}, "HiAPI is not set up."),
        ({"draining": True, "paused_at": timezone.now()}, "HiAPI takes no new shoots now"),
    ],
)
def test_a_closed_engine_is_said_before_launching(
    sign_in: SignIn, marketer: User, draft: Shoot, fields: dict[str, Any], words: str
) -> None:
    Gate.of("hiapi")
    Gate.change("hiapi", **fields)
    page = page_of(sign_in(marketer), draft)
    assert words in page
    assert "data-launch disabled" in page


def test_a_price_that_nobody_knows_bars_the_launch(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, draft: Shoot
) -> None:
    hiapi.price = Quote(None, "price_unknown")
    page = page_of(sign_in(marketer), draft)
    assert "price unknown" in page
    assert 'name="seen" value=""' in page
    assert "data-launch disabled" in page


def test_a_price_that_changed_is_asked_about_again_and_nothing_chosen_is_lost(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, draft: Shoot
) -> None:
    browser, address = sign_in(marketer), f"/shoots/{draft.pk}/launch/"
    page_of(browser, draft)
    hiapi.price = 40_000
    sent = choice(draft, seen="60000", name="Autumn", model="gi25-flare-edit")
    answer = browser.post(address, sent)
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "It was $0.06 when you last saw it and is $0.08 now. Nothing was bought." in words
    assert 'name="seen" value="80000"' in words
    assert "data-launch disabled" not in words
    assert not Render.objects.exists()
    draft.refresh_from_db()
    assert (draft.name, draft.model) == ("Autumn", "gi25-flare-edit")
    answer = browser.post(address, choice(draft, seen="80000", name="Autumn", model="gi25-flare-edit"))
    assert answer["Location"] == f"/shoots/{draft.pk}/"
    assert {render.reserved for render in Render.objects.all()} == {40_000}
    assert {render.asked_by for render in Render.objects.all()} == {marketer}


def test_pictures_from_words_alone_are_counted_and_priced_apart(
    sign_in: SignIn, marketer: User, brand: Brand, draft: Shoot
) -> None:
    bare = cast.product(brand, "VAS-0088", description="A tall blue vase")
    draft.products.add(bare)
    page = page_of(sign_in(marketer), draft)
    assert "<b>2 pictures</b> are drawn from words alone" in page
    assert "<dt>One from words</dt><dd>$0.03</dd>" in page
    assert "data-launch disabled" not in page
    bare.description = ""
    bare.save()
    page = page_of(sign_in(marketer), draft)
    assert "VAS-0088 has no packshot and no description" in page
    assert "data-launch disabled" in page


@pytest.mark.parametrize("rows", [5, 200])
def test_a_bought_plan_asks_the_database_the_same_few_things(
    sign_in: SignIn, marketer: User, brand: Brand, draft: Shoot, rows: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    draft.products.set([cast.product(brand) for _ in range(rows)])
    browser = sign_in(marketer)
    page_of(browser, draft)
    with django_assert_max_num_queries(19):
        page_of(browser, draft)
