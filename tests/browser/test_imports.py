"""Products by list and archive, in a real browser: from the first file to the last row."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.urls import reverse
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Import, Packshot, Product, User
from tests import pictures
from tests.archives import packed

SignIn = Callable[[User], None]
SKUS = [f"MUG-{number:02}" for number in range(12)]


@pytest.fixture
def start(page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, marketer: User) -> Page:
    signed_in(marketer)
    page.goto(live_server.url + reverse("products", args=[brand.slug]))
    page.get_by_role("link", name="Import a list").click()
    return page


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    rows = [f"{sku};Mug {sku};{sku}.png" for sku in SKUS]
    path.write_text("\n".join(["Artikelnummer;Titel;Bild", *rows, ";Nameless;"]))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve packshots that need no cutting out, and what a computer leaves beside them."""
    path = tmp_path / "shots"
    path.mkdir()
    for number, sku in enumerate(SKUS):
        (path / f"{sku}.png").write_bytes(pictures.cutout(f"#{number * 20:02x}5080", 200, 200))
    (path / ".DS_Store").write_bytes(b"x")
    return path


def archive_of(folder: Path) -> Path:
    path = folder.parent / "shots.zip"
    path.write_bytes(packed({one.name: one.read_bytes() for one in folder.iterdir()}))
    return path


def give(page: Page, label: str, file: Path) -> None:
    page.get_by_label(label, exact=True).set_input_files(file)
    page.locator("form", has=page.get_by_role("heading", name=label, exact=True)).get_by_role(
        "button", name="Upload"
    ).click()
    expect(page.locator(".given", has_text=file.name)).to_be_visible()


def walk(page: Page, table: Path, archive: Path) -> None:
    """From the files to the rows."""
    give(page, "A list", table)
    give(page, "An archive of packshots", archive)
    page.get_by_role("link", name="Go on to the columns").click()
    expect(page.get_by_label("SKU")).to_contain_text("Artikelnummer: MUG-00, MUG-01, MUG-02")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("heading", name="What would come in")).to_be_visible(timeout=30_000)


@pytest.mark.django_db(transaction=True)
def test_twelve_products_come_in_and_again_to_no_effect(
    start: Page, workers: None, table: Path, folder: Path
) -> None:
    archive = archive_of(folder)
    walk(start, table, archive)
    start.locator("nav a", has_text="Left out").click()
    expect(start.get_by_role("row")).to_have_count(2)
    expect(start.get_by_role("row").last).to_contain_text("There is no SKU.")
    assert not Product.objects.exists()
    start.get_by_role("button", name="Import 12 products").click()
    expect(start.get_by_role("heading", name="Imported")).to_be_visible(timeout=60_000)
    with start.expect_download() as download:
        start.get_by_role("link", name="What to mend, CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [row[1] for row in rows] == ["name", "Nameless"]
    assert (Product.objects.count(), Packshot.objects.count()) == (12, 12)
    start.get_by_role("link", name="Imports").click()
    walk(start, table, archive)
    expect(start.get_by_text("Nothing to import")).to_be_visible()
    assert Packshot.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_folder_is_packed_in_the_browser(start: Page, workers: None, folder: Path) -> None:
    start.locator("[data-folder]").set_input_files(folder)
    expect(start.locator(".given", has_text="shots.zip")).to_contain_text("12 files", timeout=30_000)
    start.get_by_role("button", name="Check the archive").click()
    start.get_by_role("button", name="Import 12 products").click(timeout=30_000)
    expect(start.get_by_role("heading", name="Imported")).to_be_visible(timeout=60_000)
    assert Packshot.objects.count() == 12


def test_a_folder_that_was_chosen_before_the_script_came_is_sent(start: Page, folder: Path) -> None:
    held: list[Route] = []
    start.route("**/give*.js", lambda route: held.append(route))
    start.goto(start.url, wait_until="commit")
    start.locator("[data-folder]").set_input_files(folder)
    expect(start.get_by_text("Packing")).to_be_hidden()
    for script in held:
        script.continue_()
    expect(start.locator(".given", has_text="shots.zip")).to_contain_text("12 files", timeout=30_000)


def test_nothing_is_uploaded_before_it_is_chosen(start: Page, table: Path) -> None:
    upload = start.get_by_role("button", name="Upload")
    expect(upload.first).to_be_disabled()
    expect(upload.last).to_be_disabled()
    start.get_by_label("A list", exact=True).set_input_files(table)
    expect(upload.first).to_be_enabled()
    expect(upload.last).to_be_disabled()
    start.get_by_label("A list", exact=True).set_input_files([])
    expect(upload.first).to_be_disabled()


def test_an_archive_that_is_too_big_is_not_even_sent(
    start: Page, settings: LazySettings, folder: Path
) -> None:
    settings.ARCHIVE_BYTES = 1000
    start.reload()
    start.get_by_label("An archive of packshots", exact=True).set_input_files(archive_of(folder))
    start.get_by_role("button", name="Upload").last.click()
    expect(start.get_by_text("The archive is too big")).to_be_visible()
    assert not Import.objects.exists()


def test_a_refusal_and_a_broken_connection_leave_the_file_chosen(start: Page, tmp_path: Path) -> None:
    broken = tmp_path / "list.csv"
    broken.write_text("SKU\n")
    start.get_by_label("A list", exact=True).set_input_files(broken)
    start.get_by_role("button", name="Upload").first.click()
    expect(start.get_by_role("alert")).to_contain_text("The list has no rows")

    def cut(route: Route) -> None:
        route.abort()

    start.route("**/imports/new/", cut)
    start.get_by_role("button", name="Upload").first.click()
    expect(start.get_by_text("It did not arrive")).to_be_visible()
    start.unroute("**/imports/new/")
    broken.write_text("SKU\nMUG\n")
    start.get_by_label("A list", exact=True).set_input_files(broken)
    start.get_by_role("button", name="Upload").first.click()
    expect(start.locator(".given")).to_contain_text("1 line")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(start: Page, workers: None, table: Path, folder: Path, scheme: str) -> None:
    start.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert_spotless(start)
    give(start, "A list", table)
    assert_spotless(start)
    start.get_by_role("link", name="Go on to the columns").click()
    assert_spotless(start)
    start.get_by_role("button", name="Check every row").click()
    expect(start.get_by_role("heading", name="What would come in")).to_be_visible(timeout=30_000)
    assert_spotless(start)
    start.set_viewport_size({"width": 390, "height": 844})
    assert_spotless(start)
    assert start.evaluate("document.documentElement.scrollWidth") <= 390
    for choice in start.locator(".seg > *:visible").all():
        assert choice.evaluate("one => one.getBoundingClientRect().right <= innerWidth"), "none is cut off"


def assert_spotless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
