"""Five hundred products by list and archive, in the browser, on a fresh install, in one sitting."""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests import pictures
from tests.archives import packed
from tests.browser.conftest import QUIET, chromium
from tests.living import Studio

pytestmark = pytest.mark.faults
COUNT = 500
MINUTES = 12  # on two cores that others use as well


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    started = Studio(tmp_path / "data").start()
    yield started
    started.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser of its own, which leaves no event loop behind for the other tests."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *sandbox])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """A list and an archive of 500 packshots of about a megabyte, and five files that nobody names."""
    table, archive = tmp_path / "products.csv", tmp_path / "packshots.zip"
    rows = [f"SKU-{n:03},Product {n},Speckled stoneware,SKU-{n:03}.jpg" for n in range(COUNT)]
    table.write_text("\n".join(["SKU,name,description,file", *rows]))
    one = pictures.packshot("#b5482f", 1500, 1500)
    fill = random.Random(1)
    shots = {f"shots/SKU-{n:03}.jpg": one + fill.randbytes(1_000_000 - len(one)) for n in range(COUNT)}
    hostile = dict.fromkeys(("../../escaped.jpg", "/etc/escaped.jpg", "x\0y.jpg"), one) | {"a.zip": b"PK"}
    archive.write_bytes(packed(shots | hostile))
    return table, archive


def test_five_hundred_products_come_in_at_one_sitting(
    page: Page, studio: Studio, given: tuple[Path, Path], tmp_path: Path
) -> None:
    began = time.monotonic()
    create_account(page, studio)
    page.get_by_role("link", name="Import a list").click()
    for label, file in zip(("A list", "An archive of packshots"), given, strict=True):
        page.get_by_label(label, exact=True).set_input_files(file)
        form = page.locator("form", has=page.get_by_role("heading", name=label, exact=True))
        form.get_by_role("button", name="Upload").click()
        expect(page.locator(".given", has_text=file.name)).to_be_visible(timeout=120_000)
    page.get_by_role("link", name="Go on to the columns").click()
    page.get_by_role("button", name="Check every row").click()
    page.get_by_role("button", name=f"Import {COUNT} products").click(timeout=180_000)
    asked = time.monotonic()
    slowest = 0.0
    while page.get_by_role("heading", name="Imported").count() == 0:
        assert time.monotonic() - asked < MINUTES * 60
        slowest = max(slowest, seconds(studio, "/accounts/login/"))
        time.sleep(1)
    done = time.monotonic()
    print(f"checked {asked - began:.0f} s, in {done - asked:.0f} s more, slowest page {slowest:.2f} s")
    assert rows(studio, "SELECT count(*) FROM studio_product WHERE sku LIKE 'SKU-%'") == COUNT
    assert rows(studio, "SELECT count(*) FROM studio_packshot WHERE file_name LIKE 'SKU-%'") == COUNT
    expect(page.get_by_role("heading", name="Files that belong to no row")).to_be_visible()
    assert list(tmp_path.rglob("*escaped*")) == []
    assert not Path("/etc/escaped.jpg").exists()
    assert slowest < 3


def create_account(page: Page, studio: Studio) -> None:
    page.goto(studio.welcome)
    page.get_by_label("User name").fill("ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Password again").fill("correct horse battery")
    page.get_by_role("button", name="Create account").click()


def seconds(studio: Studio, path: str) -> float:
    began = time.monotonic()
    assert studio.status(path) == 200
    return time.monotonic() - began


def rows(studio: Studio, question: str) -> int:
    with sqlite3.connect(studio.data / "studio.sqlite3") as database:
        return int(database.execute(question).fetchone()[0])
