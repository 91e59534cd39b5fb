"""A scene is written while previews are drawn, and nothing is lost or complained about on the way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Placement, Scene, User
from tests import cast, pictures

SignIn = Callable[[User], None]


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console calls an error."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


def test_dials_that_are_turned_quickly_end_in_their_last_picture(
    page: Page, live_server: LiveServer, signed_in: SignIn, admin: User, brand: Brand, complaints: list[str]
) -> None:
    signed_in(admin)
    for sku in ("MUG-0114", "VAS-0088"):
        cast.packshot(cast.product(brand, sku, name=sku), data=pictures.packshot(width=400, height=400))
    scene = cast.scene(brand, "dark-slate")
    page.goto(f"{live_server.url}/scenes/{scene.pk}/")
    material = page.locator("#engine select").first
    for choice in material.locator("option").all()[:4]:
        material.select_option(choice.get_attribute("value"))
        page.wait_for_timeout(350)  # longer than the pause after which a preview is asked for
    chosen = material.input_value()
    page.get_by_label("Surface").fill("on wet slate")
    page.get_by_label("Product", exact=True).select_option(index=1)
    expect(page.locator(".previews figure").first.locator("img[alt^='VAS-0088']")).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_role("button", name="Publish v2")).to_be_visible()
    page.get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("Dark slate v2 is published.", exact=True)).to_be_visible()
    expect(page.get_by_label("Product", exact=True).locator("option:checked")).to_have_text(
        re.compile("VAS-0088")
    )
    current = Scene.objects.get(pk=scene.pk).current
    assert current is not None
    assert current.surface == "on wet slate"
    assert chosen in str(current.engine)
    assert complaints == []


def test_a_margin_that_is_too_wide_is_told_at_its_field(
    page: Page, live_server: LiveServer, signed_in: SignIn, admin: User, brand: Brand
) -> None:
    signed_in(admin)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/b/{brand.slug}/presets/placements/new/")
    for label, value in (("Channel", "Website"), ("Name", "Window"), ("Width in pixels", "1200"),
                         ("Height in pixels", "628"), ("Bottom %", "80")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Create placement").click()
    field = page.locator(".field", has=page.get_by_label("Bottom %", exact=True))
    expect(field.locator(".wrong")).to_have_text("0 to 45 %.")
    expect(field.locator(".wrong")).to_be_in_viewport()
    expect(page.get_by_label("Bottom %", exact=True)).to_be_focused()
    expect(page.get_by_label("Bottom %", exact=True)).to_have_value("80")
    assert not Placement.objects.exists()


def test_the_gallery_is_searched_while_one_types(
    page: Page, live_server: LiveServer, signed_in: SignIn, viewer: User, brand: Brand, complaints: list[str]
) -> None:
    signed_in(viewer)
    key = cast.stored(pictures.photo(320, 320, "PNG"), "renders/picture.png")
    shoot = cast.shoot(brand, launched=True)
    for sku in ("MUG-0114", "VAS-0088"):
        cast.render(
            shoot, product=cast.product(brand, sku), state="done", picture=key, screen=key, thumb=key,
            width=320, height=320,
        )  # fmt: skip
    page.goto(f"{live_server.url}/b/{brand.slug}/gallery/")
    expect(page.locator(".film .frame")).to_have_count(2)
    search = page.get_by_role("searchbox", name="Search pictures")
    search.press_sequentially("mug", delay=20)
    expect(page.locator(".film .frame")).to_have_count(1)
    expect(page.locator("#total")).to_contain_text("1 picture, newest first")
    expect(page).to_have_url(f"{live_server.url}/b/{brand.slug}/gallery/?q=mug")
    search.press_sequentially("zzz")
    expect(page.get_by_text("No picture matches")).to_be_visible()
    search.fill("")
    expect(page.locator(".film .frame")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator(".film .pick").first.check(force=True)
    expect(page.get_by_role("toolbar", name="Chosen pictures")).to_contain_text("1 chosen")
    assert complaints == []
