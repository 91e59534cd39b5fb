"""Without a mouse a shoot is planned, and pictures are compared and judged; and all of it without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Render, Shoot, User
from tests import cast, pictures

SignIn = Callable[[User], None]


@pytest.fixture
def shoot(brand: Brand) -> Shoot:
    """Three finished pictures of one product."""
    key = cast.stored(pictures.photo(320, 320, "PNG"), "renders/picture.png")
    files = {"picture": key, "screen": key, "thumb": key, "width": 320, "height": 320}
    made = cast.shoot(brand, launched=True, name="Autumn café")
    product, version = cast.product(brand, "MUG-0114"), cast.scene().current
    shot = cast.packshot(product, data=pictures.packshot(), box=[0.3, 0.2, 0.4, 0.6])
    for take in (1, 2, 3):
        cast.render(
            made, product=product, packshot=shot, scene_version=version, take=take, state="done",
            box=[0.3, 0.2, 0.4, 0.6], **files,
        )  # fmt: skip
    return made


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_shoot_is_planned_and_launched(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, brand: Brand
) -> None:
    signed_in(marketer)
    cast.packshot(cast.product(brand, "MUG-0114"), data=pictures.packshot())
    scene, draft = cast.scene(), cast.shoot(brand)
    for channel, name in (("Meta", "Feed"), ("Meta", "Story"), ("X", "Post")):
        cast.placement(channel=channel, name=name)
    page.goto(f"{live_server.url}/shoots/{draft.pk}/plan/")
    expect(page.get_by_role("button", name="Launch")).to_be_disabled()
    for label in ("MUG-0114", scene.name, "Feed"):
        page.get_by_label(label).focus()
        press(page, "Space")
    whole = page.get_by_label("All of Meta")
    assert whole.evaluate("box => box.indeterminate")
    whole.focus()
    press(page, "Space")
    expect(page.locator("#sum dd").first).to_have_text("2")
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()
    press(page, "Control+Enter")
    expect(page).to_have_url(re.compile(r"/shoots/\d+/$"))
    expect(page.get_by_text("Queued")).to_be_visible()


def test_a_picture_is_compared_and_judged(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    signed_in(marketer)
    first = shoot.renders.earliest("pk")
    page.goto(f"{live_server.url}/renders/{first.pk}/")
    stage = page.locator(".compare")
    for key, mode in (("2", "side"), ("3", "difference"), ("1", "slider")):
        press(page, key)
        expect(stage).to_have_attribute("data-mode", mode)
    press(page, "z")
    expect(stage).to_have_class(re.compile("zoomed"))
    press(page, "a")
    expect(page.get_by_text("Approved by Ines Marrow")).to_be_visible()
    press(page, "j")
    expect(page).to_have_url(re.compile(rf"/renders/{first.pk + 1}/$"))


def test_pictures_are_chosen_judged_and_given_back(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    signed_in(marketer)
    page.goto(f"{live_server.url}/b/{shoot.brand.slug}/gallery/")
    press(page, "ArrowRight", "x", "Shift+ArrowRight")
    bar = page.get_by_role("toolbar", name="Chosen pictures")
    expect(bar).to_contain_text("2 chosen")
    press(page, "r")
    expect(page.locator(".rejected")).to_have_count(2)
    expect(bar).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".rejected")).to_have_count(0)
    press(page, "x")
    expect(bar).to_be_visible()
    press(page, "Escape")
    expect(bar).to_be_hidden()


def test_single_keys_that_are_switched_off_do_nothing(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    marketer.shortcuts = False
    marketer.save()
    signed_in(marketer)
    page.goto(f"{live_server.url}/renders/{shoot.renders.earliest('pk').pk}/")
    press(page, "2", "a", "j")
    expect(page.locator(".compare")).to_have_attribute("data-mode", "slider")
    assert not Render.objects.exclude(review="").exists()


def test_without_script_a_shoot_is_planned_and_pictures_are_judged(
    browser: Browser, live_server: LiveServer, signed_in: SignIn, page: Page, marketer: User, shoot: Shoot
) -> None:
    signed_in(marketer)
    plain = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    ).new_page()
    plain.goto(f"{live_server.url}/b/{shoot.brand.slug}/gallery/")
    plain.locator(".pick").first.check()
    plain.get_by_role("button", name="Approve").click()
    expect(plain.locator(".pencil")).to_have_count(1)
    plain.goto(f"{live_server.url}/shoots/{cast.shoot(shoot.brand).pk}/plan/")
    plain.locator("[name=product]").first.check()
    plain.locator("[name=scene]").first.check()
    plain.locator("[name=ratio][value='16:9']").check(force=True)
    plain.get_by_role("button", name="Save draft").click()
    plain.get_by_role("button", name="Launch").click()
    expect(plain.get_by_text("Queued")).to_be_visible()
    plain.context.close()
