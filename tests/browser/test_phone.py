"""The main walk on a phone: 390 × 844, by touch. Nothing scrolls sideways, everything can be hit."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, User
from tests import cast, pictures

pytestmark = pytest.mark.browser_context_args(
    viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
)
SignIn = Callable[[User], None]
LEAST = 24  # pixels each way; links inside a sentence are as high as their line
TOO_SMALL = """(least) => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.type !== "hidden")
    .filter((one) => !one.closest(".off, .skip, .drop-input"))
    .filter((one) => !(one.matches("a") && getComputedStyle(one).display === "inline"))
    .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < least || box.height < least))
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width}×${box.height}`)"""
WIDER = "() => Math.max(document.documentElement.scrollWidth, visualViewport.width) - 390"


def assert_fits(page: Page) -> None:
    assert page.evaluate(WIDER) <= 0, f"{page.url} scrolls sideways"
    small = page.evaluate(TOO_SMALL, LEAST)
    assert not small, "\n".join([page.url, *small])


def test_the_main_walk_by_touch(
    page: Page, live_server: LiveServer, workers: None, marketer: User, brand: Brand
) -> None:
    """From the door to the archive."""
    cast.packshot(cast.product(brand, "MUG-0114"), data=pictures.packshot(width=500, height=500))
    cast.scene(slug="dark-slate", engine={"ground": {"material": "slate"}})
    cast.placement(name="Feed", width=300, height=300)
    page.goto(live_server.url)
    assert_fits(page)
    page.get_by_label("User name").fill("ines")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_role("heading", name="Products", exact=True)).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="New shoot").tap()
    for label in ("MUG-0114", "Dark slate", "Feed"):
        page.get_by_label(label).tap(force=True)
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()
    assert_fits(page)
    page.get_by_role("button", name="Launch").tap()
    expect(page.locator("figure.frame img")).to_have_count(1, timeout=60_000)
    assert_fits(page)
    page.locator("figure.frame a.view").first.tap()
    page.get_by_role("button", name="Approve").tap()
    expect(page.get_by_role("button", name="Approved")).to_be_visible()
    assert_fits(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Gallery").tap()
    expect(page.locator(".pencil")).to_have_count(1)
    assert_fits(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Shoots").tap()
    expect(page.get_by_role("heading", name="Shoots", exact=True)).to_be_visible()
    assert_fits(page)
    page.get_by_role("link", name="Dark slate").first.tap()
    page.get_by_role("button", name="Download everything").tap()
    link = page.get_by_role("link", name=re.compile("Download 1 file"))
    expect(link).to_be_visible(timeout=30_000)
    assert_fits(page)
    with page.expect_download() as coming:
        link.tap()
    name, *manifests = zipfile.ZipFile(Path(coming.value.path())).namelist()
    assert "/MUG-0114_dark-slate_" in name
    assert manifests == ["manifest.csv", "manifest.json"]


def test_the_tab_bar_leads_to_every_room(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, brand: Brand
) -> None:
    signed_in(marketer)
    page.goto(live_server.url)
    bar = page.get_by_role("navigation", name="Main")
    for room in ("Shoots", "Gallery", "Presets", "People", "Products"):
        bar.get_by_role("link", name=room).tap()
        expect(bar.get_by_role("link", name=room)).to_have_attribute("aria-current", "page")
        box = bar.bounding_box()
        assert box
        assert box["y"] + box["height"] == 844, "it stands at the bottom of the screen"
        assert_fits(page)


def test_pages_of_admins_fit_too(
    page: Page, live_server: LiveServer, signed_in: SignIn, admin: User, brand: Brand
) -> None:
    signed_in(admin)
    own, shared = cast.placement(brand=brand, width=728, height=90, ratio="3:1"), cast.placement()
    scene, product = cast.scene(brand), cast.product(brand)
    cast.packshot(product, data=pictures.packshot())
    addresses = [
        reverse("placements", args=[brand.slug]),
        reverse("placement_edit", args=[own.pk]),
        f"{reverse('placement_new', args=[brand.slug])}?like={shared.pk}",
        reverse("scene", args=[scene.pk]),
        reverse("product", args=[product.pk]),
        reverse("account"),
    ]
    for address in addresses:
        page.goto(live_server.url + address)
        assert_fits(page)


def test_files_on_their_way_are_told_in_the_narrow_bar(
    page: Page, live_server: LiveServer, signed_in: SignIn, marketer: User, brand: Brand
) -> None:
    signed_in(marketer)
    page.route("**/upload/", lambda route: None)
    page.goto(live_server.url)
    file = {"name": "CUP.jpg", "mimeType": "image/jpeg", "buffer": pictures.packshot()}
    page.locator("input[type=file][multiple]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text("You may leave")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Gallery").tap()
    way = page.get_by_role("link", name=re.compile("1 file on its way"))
    expect(way).to_be_visible()
    assert_fits(page)
    way.tap()
    expect(page.locator("li.file")).to_have_count(1)
