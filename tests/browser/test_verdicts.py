"""The row and the tile of a new packshot tell by themselves how well it could be cut out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, User
from tests import pictures


@pytest.mark.usefixtures("workers")
def test_a_doubt_arrives_on_row_and_tile_and_a_clean_one_gets_its_tick(
    page: Page,
    live_server: LiveServer,
    signed_in: Callable[[User], None],
    brand: Brand,
    marketer: User,
    tmp_path: Path,
) -> None:
    signed_in(marketer)
    page.goto(live_server.url + reverse("products", args=[brand.slug]))
    for name, data in (("WALL.jpg", pictures.crowded()), ("CUP.jpg", pictures.packshot())):
        (tmp_path / name).write_bytes(data)
    page.locator("input[type=file]").set_input_files([tmp_path / "WALL.jpg", tmp_path / "CUP.jpg"])
    bad, good = (page.locator("li.file", has_text=name) for name in ("WALL.jpg", "CUP.jpg"))
    expect(bad).to_contain_text("The background is not plain enough.", timeout=30_000)
    expect(bad.locator(".bad[data-at=sign]")).to_contain_text("Needs a look")
    expect(page.locator(".packs .frame", has_text="WALL")).to_contain_text(
        "The background is not plain enough"
    )
    expect(good.locator(".good[data-at=sign]")).to_contain_text("Done", timeout=30_000)
    expect(page.locator(".packs .frame", has_text="CUP").locator(".bad")).to_have_count(0)
    expect(page.locator("[data-waits]")).to_have_count(0)
    expect(page.locator("[data-news]")).to_have_text("1 needs you.")
