"""Buying with script: the plan's price follows each choice, and words are kept while one judges."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Render, Shoot, User
from tests import cast, pictures
from tests.engines import ScriptedRemote

SignIn = Callable[[User], None]


@pytest.fixture
def draft(brand: Brand, hiapi: ScriptedRemote) -> Shoot:
    cast.packshot(cast.product(brand, "MUG-0114"), data=pictures.packshot())
    cast.scene()
    return cast.shoot(brand, engine="hiapi", model="gi2-edit", ratios=["1:1", "4:5"])


@pytest.mark.parametrize("size", [(1440, 900), (820, 1180), (390, 844)])
def test_time_and_price_are_in_sight_and_follow_the_choice(
    page: Page,
    live_server: LiveServer,
    signed_in: SignIn,
    marketer: User,
    draft: Shoot,
    size: tuple[int, int],
) -> None:
    signed_in(marketer)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}/shoots/{draft.pk}/plan/")
    page.locator(".shelf .pick").check()
    page.locator(".wall .pick").check()
    launch = page.get_by_role("button", name="Launch")
    expect(launch).to_have_text("Launch · $0.06")
    expect(launch).to_be_in_viewport()
    time = page.locator(".sum-time dd")
    expect(time).to_be_in_viewport()
    a, b = time.bounding_box(), launch.bounding_box()
    assert a is not None
    assert b is not None
    assert a["x"] + a["width"] <= b["x"] or a["y"] + a["height"] <= b["y"]  # side by side, or one below
    page.locator("label", has_text="Embedded engine").click()
    expect(page.locator("#model")).to_have_count(0)
    expect(launch).to_have_text("Launch")
    page.locator("label", has_text="HiAPI").click()
    page.locator("#model").focus()
    with page.expect_response(lambda answer: "/plan/" in answer.url):
        page.locator("#model").select_option("gi25-flare-edit")
    expect(launch).to_have_text("Launch · $0.06")
    expect(page.locator("#model")).to_be_focused()


def test_a_price_that_changed_is_asked_about_again(
    page: Page,
    live_server: LiveServer,
    signed_in: SignIn,
    marketer: User,
    draft: Shoot,
    hiapi: ScriptedRemote,
) -> None:
    signed_in(marketer)
    page.goto(f"{live_server.url}/shoots/{draft.pk}/plan/")
    page.locator(".shelf .pick").check()
    page.locator(".wall .pick").check()
    launch = page.get_by_role("button", name="Launch")
    expect(launch).to_have_text("Launch · $0.06")
    hiapi.price = 40_000
    launch.click()
    expect(page.get_by_role("alert")).to_contain_text("was $0.06 when you last saw it and is $0.08 now")
    expect(page.locator(".shelf .pick")).to_be_checked()
    page.get_by_role("button", name="Launch · $0.08").click()
    expect(page).to_have_url(f"{live_server.url}/shoots/{draft.pk}/")
    assert Render.objects.count() == 2


def test_a_wish_is_written_by_key_and_kept_while_the_picture_is_judged(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, draft: Shoot
) -> None:
    shot = draft.brand.products.get().packshots.get()
    render = cast.render(
        draft, product=shot.product, packshot=shot, state="done", engine="hiapi", model="gi2-edit",
        picture=shot.picture, screen=shot.picture, thumb=shot.picture, width=300, height=300,
    )  # fmt: skip
    signed_in(marketer)
    page.goto(f"{live_server.url}/renders/{render.pk}/")
    page.keyboard.press("e")
    expect(page.locator("#id_wish")).to_be_focused()
    page.keyboard.type("warmer light")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Final 2K · $0.03")).to_be_visible()
    expect(page.locator("#id_wish")).to_have_value("warmer light")
    page.get_by_role("button", name="Edit · $0.03").click()
    expect(page.locator(".facts")).to_contain_text(["warmer light"])
