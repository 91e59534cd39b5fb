"""A bought picture's page: what it was made from and for how much, and what can be made of it."""

import html
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from studio.flow.prompt import write_prompt
from studio.models import Attempt, Basis, Brand, Cause, Membership, Render, Shoot, State, User
from studio.providers.base import Order, Quote
from studio.providers.errors import Declined
from tests import cast
from tests.engines import ScriptedRemote

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def render(brand: Brand, hiapi: ScriptedRemote) -> Render:
    product = cast.product(brand, "MUG-0114", name="Speckled mug")
    cast.packshot(product, file_name="front.jpg")
    cast.packshot(product, file_name="back.jpg")
    made = cast.render(
        cast.shoot(brand, launched=True, engine="hiapi"), product=product, state="done", engine="hiapi",
        model="gi2-edit",
    )  # fmt: skip
    made.prompt = write_prompt(product, made.scene_version, brand)
    made.save(update_fields=["prompt"])
    attempt(made, outcome="done", price_charged=30_000)
    return made


def attempt(render: Render, **fields: Any) -> Attempt:
    number = render.attempts.count() + 1
    return Attempt.objects.create(
        render=render, brand=render.brand, number=number, engine="hiapi", key=uuid4(), request=b"{}", **fields
    )


def page_of(browser: Client, render: Render) -> str:
    return html.unescape(browser.get(f"/renders/{render.pk}/").content.decode())


def test_prompt_engine_model_price_and_references_are_told(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    page = page_of(sign_in(viewer), render)
    assert render.prompt in page
    assert "HiAPI, GPT Image 2" in page
    assert "<dt>Price</dt><dd>$0.03</dd>" in page
    assert "front.jpg" in page
    assert "back.jpg" in page
    assert "Rerun" not in page  # a viewer spends nothing


def test_what_is_held_is_told_apart_from_what_was_charged(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    coming = cast.render(render.shoot, engine="hiapi", state=State.RUNNING, reserved=40_000)
    assert "<dt>Price</dt><dd>$0.04 held</dd>" in page_of(sign_in(viewer), coming)
    attempt(render, outcome="task_failed", price_charged=30_000)
    assert "$0.06 for 2 calls" in page_of(sign_in(viewer), render)


def test_an_edit_in_plain_words_is_a_new_take_of_the_same_picture(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    browser = sign_in(marketer)
    page = page_of(browser, render)
    assert "Edit · $0.03" in page
    assert 'data-focus-key="e"' in page
    answer = browser.post(f"/renders/{render.pk}/edit/", {"wish": "warmer light", "basis": "parent"})
    edit = Render.objects.get(parent=render)
    assert answer["Location"] == f"/renders/{edit.pk}/"
    assert (edit.cause, edit.basis, edit.wish, edit.reserved) == ("edit", "parent", "warmer light", 30_000)
    assert edit.asked_by == marketer
    page = page_of(browser, edit)
    assert "made from <a" in page
    assert "warmer light" in page
    page = page_of(browser, render)
    assert "<dt>Led to</dt>" in page
    assert "Take 2, edit" in page


def test_an_edit_can_start_from_the_packshots(sign_in: SignIn, marketer: User, render: Render) -> None:
    sign_in(marketer).post(f"/renders/{render.pk}/edit/", {"wish": "warmer light", "basis": "packshot"})
    assert Render.objects.get(parent=render).basis == Basis.PACKSHOT


@pytest.mark.parametrize("wish", ["", "   ", "x" * 1001])
def test_a_wish_that_is_refused_comes_back_as_it_was_typed(
    sign_in: SignIn, marketer: User, render: Render, wish: str
) -> None:
    browser, address = sign_in(marketer), f"/renders/{render.pk}/"
    answer = browser.post(f"{address}edit/", {"wish": wish, "basis": "packshot"})
    assert answer["Location"] == address  # a reload there sends nothing
    other = cast.render(render.shoot, engine="hiapi", state="done")
    assert 'aria-invalid="true"' not in page_of(browser, other)
    page = page_of(browser, render)
    assert 'aria-invalid="true"' in page
    assert 'role="alert"' in page
    assert 'value="packshot" checked' in page
    assert wish.strip() in page
    assert not Render.objects.filter(parent=render).exists()
    assert 'aria-invalid="true"' not in page_of(browser, render), "it is told once"


def test_an_edit_over_the_limit_says_who_can_raise_it_and_loses_nothing(
    sign_in: SignIn, marketer: User, admin: User, render: Render
) -> None:
    Membership.objects.filter(user=marketer).update(daily_limit=10_000)
    address = f"/renders/{render.pk}/edit/"
    answer = sign_in(marketer).post(address, {"wish": "warmer light"}, follow=True)
    page = html.unescape(answer.content.decode())
    assert "It costs $0.03; $0.01 of your $0.01 a day is left." in page
    assert "ask Ada Admin" in page
    assert "warmer light</textarea>" in page


def test_only_an_approved_picture_is_offered_with_more_pixels(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    browser = sign_in(marketer)
    page = page_of(browser, render)
    assert "Final 2K" not in page
    assert "Once approved it can be made with more pixels: 2K or 4K." in page
    answer = browser.post(f"/renders/{render.pk}/approve/", headers=HTMX).content.decode()
    assert 'id="finals" aria-label="Final" hx-swap-oob="true"' in answer
    assert "Final 2K · $0.03" in answer
    assert "Final 4K · $0.03" in page_of(browser, render)
    answer = browser.post(f"/renders/{render.pk}/final/", {"resolution": "4K"})
    final = Render.objects.get(parent=render)
    assert answer["Location"] == f"/renders/{final.pk}/"
    assert (final.cause, final.resolution) == (Cause.FINAL, "4K")


def test_a_size_that_the_model_cannot_make_is_explained_in_place_of_its_button(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, render: Render
) -> None:
    def refusing(order: Order) -> Declined | None:
        return Declined("cannot_edit") if order.resolution == "4K" else None

    hiapi.refusing = refusing
    Render.objects.update(review="approved")
    page = page_of(sign_in(marketer), render)
    assert "Final 2K · $0.03" in page
    assert "Final 4K" not in page
    assert "<b>4K:</b> This picture cannot be edited." in page


def test_a_final_that_the_model_cannot_make_names_who_could_in_a_shoot(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, render: Render
) -> None:
    values = {
        "ratio": "1:1",
        "resolution": "4K",
        "model": "GPT Image 2",
        "makes": "16:9",
        "nearest": "1:1 at 2K",
    }

    def refusing(order: Order) -> Declined | None:
        unable = order.resolution == "4K" and order.model == "gi2-edit"
        return Declined("model_choice", **values) if unable else None

    hiapi.refusing = refusing
    Render.objects.update(review="approved")
    page = page_of(sign_in(marketer), render)
    assert "At 4K it makes 16:9. For more pixels launch a shoot with another model: GPT Image 2.5." in page


def test_rerun_and_retry_tell_their_price_and_what_was_refused(
    sign_in: SignIn, marketer: User, hiapi: ScriptedRemote, render: Render
) -> None:
    browser = sign_in(marketer)
    assert "Rerun · $0.03" in page_of(browser, render)
    failed = cast.render(render.shoot, engine="hiapi", state=State.FAILED, failure="result_lost")
    assert "Try again · $0.03" in page_of(browser, failed)
    hiapi.price = Quote(None, "price_unknown")
    for pk, verb in ((render.pk, "rerun"), (failed.pk, "retry")):
        answer = browser.post(f"/renders/{pk}/{verb}/", follow=True)
        assert "The price is not known" in answer.content.decode()
    assert Render.objects.count() == 2
    assert "price unknown" in page_of(browser, render)


def test_a_failed_picture_says_once_what_happened_and_offers_one_way_on(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    failed = cast.render(render.shoot, engine="hiapi", state=State.FAILED, failure="written_off")
    page = page_of(sign_in(marketer), failed)
    assert page.count("Written off, nothing was bought") == 1
    assert page.count("Try again ·") == 1
    assert "Rerun" not in page
    assert "<dt>Price</dt><dd>nothing charged</dd>" in page


def test_trying_again_says_what_is_gone_already(sign_in: SignIn, marketer: User, render: Render) -> None:
    for charged in (30_000, 30_000, 0):
        failed = cast.render(render.shoot, engine="hiapi", state=State.FAILED, failure="task_failed")
        attempt(failed, outcome="task_failed", price_charged=charged)
    cast.render(render.shoot, engine="hiapi", state=State.FAILED, failure="content_refused")
    page = html.unescape(sign_in(marketer).get(f"/shoots/{render.shoot_id}/").content.decode())
    assert "Try all 3 again · $0.09" in page
    assert "$0.06 was charged for them already." in page
    assert page.count("charged for") == 1


def test_a_shoot_says_who_makes_it_and_what_it_has_cost(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    browser, shoot = sign_in(viewer), render.shoot
    Shoot.objects.update(model="gi2-edit")
    assert "HiAPI, GPT Image 2: $0.03 spent<" in browser.get(f"/shoots/{shoot.pk}/").content.decode()
    cast.render(shoot, engine="hiapi", state=State.RUNNING, reserved=40_000)
    news = browser.get(f"/shoots/{shoot.pk}/news/?v=", headers=HTMX).content.decode()
    assert 'id="bill" hx-swap-oob="true">HiAPI, GPT Image 2: $0.03 spent, $0.04 held<' in news


def test_a_picture_drawn_from_words_has_no_before_and_says_so(
    sign_in: SignIn, marketer: User, brand: Brand, render: Render
) -> None:
    product = cast.product(brand, "VAS-0088")
    drawn = cast.render(
        render.shoot, product=product, packshot=cast.packshot(product), state="done", engine="hiapi",
        model="gi2-create", basis=Basis.WORDS,
    )  # fmt: skip
    Render.objects.filter(pk=drawn.pk).update(packshot=None)
    page = page_of(sign_in(marketer), drawn)
    assert 'data-mode="alone"' in page
    assert 'class="before"' not in page
    assert "none: drawn from words alone" in page
    assert "HiAPI, GPT Image 2, from words" in page
    assert 'name="basis"' not in page  # there are no packshots to start from
    assert "Edit · $0.03" in page


def test_what_is_odd_about_a_picture_is_remarked(sign_in: SignIn, viewer: User, render: Render) -> None:
    Render.objects.update(remarks=[{"code": "other_shape", "ratio": "1:1", "width": 1024, "height": 1536}])
    assert "It is 1024 × 1536, which is not 1:1." in page_of(sign_in(viewer), render)


def test_the_page_asks_few_things_however_long_the_family(
    sign_in: SignIn, marketer: User, render: Render, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    fields = {"product": render.product, "scene_version": render.scene_version, "parent": render}
    for take in range(2, 40):
        cast.render(render.shoot, take=take, packshot=render.packshot, state="done", engine="hiapi", **fields)
    Render.objects.filter(pk=render.pk).update(review="approved")
    browser = sign_in(marketer)
    page_of(browser, render)
    with django_assert_max_num_queries(11):
        page_of(browser, render)
