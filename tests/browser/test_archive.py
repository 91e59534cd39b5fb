"""The page before an archive answers while one types; then a bar fills, and the archive is there."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Cut, Shoot, User
from tests import cast, pictures

SignIn = Callable[[User], None]


@pytest.fixture
def shoot(live_server: LiveServer, brand: Brand) -> Shoot:
    """Two finished pictures, each cut for one placement; the channel would refuse one of the cuts."""
    shoot = cast.shoot(brand, launched=True, name="Autumn")
    place = cast.placement("meta_square", channel="Meta", name="Square")
    shoot.placements.add(place)
    for sku, verdict in (("CUP", "failure"), ("MUG", "pass")):
        data = pictures.packshot()
        found = [{"code": "product_cut", "level": verdict}] if verdict == "failure" else []
        render = cast.render(shoot, product=cast.product(brand, sku), state="done")
        Cut.objects.create(
            render=render, placement=place, file=cast.stored(data, f"cuts/{sku}.jpg"), extension="jpg",
            media_type="image/jpeg", width=1080, height=1080, bytes=len(data), verdict=verdict,
            findings=found,
        )  # fmt: skip
    return shoot


def test_what_comes_out_follows_each_change_and_is_what_comes(
    page: Page, live_server: LiveServer, signed_in: SignIn, workers: None, marketer: User, shoot: Shoot
) -> None:
    signed_in(marketer)
    page.goto(f"{live_server.url}/b/northfold/exports/new/?shoot={shoot.pk}")
    build = page.locator("#build")
    expect(build).to_have_text("Build archive, 2 files")
    expect(page.get_by_text("1 file would fail Meta Square: The product is cut")).to_be_visible()
    names = page.get_by_label("Naming template")
    names.fill("{channel}/{colour}.{ext}")
    expect(page.get_by_role("alert")).to_contain_text("There is no {colour}")
    expect(build).to_be_disabled()
    names.fill("{channel}/{sku}.{ext}")
    expect(page.locator("#examples")).to_contain_text("meta/CUP.jpg")
    expect(names).to_be_focused()
    page.get_by_label("Leave out what would fail").check()
    expect(build).to_have_text("Build archive, 1 file")
    build.click()
    expect(page).to_have_url(re.compile(r"/exports/\d+/$"))
    link = page.get_by_role("link", name="Download 1 file")
    expect(link).to_be_visible()
    expect(page.get_by_text("1 file left out, as asked for")).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert re.fullmatch(r"northfold_autumn_\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        assert archive.namelist() == ["meta/MUG.jpg", "manifest.csv", "manifest.json"]
        assert archive.testzip() is None


def test_without_script_names_are_tried_and_the_archive_is_asked_for(
    browser: Browser, live_server: LiveServer, signed_in: SignIn, page: Page, marketer: User, shoot: Shoot
) -> None:
    signed_in(marketer)
    state = page.context.storage_state()
    plain = browser.new_context(java_script_enabled=False, storage_state=state).new_page()
    plain.goto(f"{live_server.url}/b/northfold/gallery/")
    plain.locator(".pick").first.check()
    plain.get_by_role("button", name="Export").click()
    expect(plain.locator("#build")).to_have_text("Build archive, 1 file")
    plain.get_by_label("Naming template").fill("{sku}-{w}.{ext}")
    plain.get_by_role("button", name="Show what comes out").click()
    expect(plain.locator("#examples")).to_contain_text("MUG-1080.jpg")
    plain.locator("#build").click()
    expect(plain.get_by_text("1 of 1 file.")).to_be_visible()
    plain.context.close()
