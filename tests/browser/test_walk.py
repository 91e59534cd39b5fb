"""The whole way in one go: from the printed link to the opened archive, in a real Studio at work."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import pictures
from tests.living import Studio

PLACEMENTS = {
    "meta_fb_feed_square": ("Facebook feed image 1:1", (1440, 1440)),
    "amazon_secondary": ("Listing secondary image (PT01-PT08)", (2000, 2000)),
    "pmax_landscape": ("Performance Max landscape image", (1200, 628)),
}
CHANNELS = {"meta_fb_feed_square": "meta", "amazon_secondary": "amazon", "pmax_landscape": "google"}


@pytest.fixture
def packshots(tmp_path: Path) -> list[Path]:
    """Two of one product, one of another; one of the three has to be cut out."""
    files = {
        "CUP-1.jpg": pictures.packshot(colour="teal"),
        "CUP-1_2.png": pictures.cutout("navy"),
        "TIN-7.png": pictures.cutout("olive"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in files]


def test_from_the_first_link_to_the_opened_archive(page: Page, studio: Studio, packshots: list[Path]) -> None:
    create_account(page, studio)
    upload(page, packshots)
    plan(page)
    launch_and_watch(page)
    look_at_a_picture(page)
    find_it_in_the_gallery(page)
    check(download_everything(page))
    sign_out_and_in(page, studio)


def create_account(page: Page, studio: Studio) -> None:
    page.goto(studio.welcome)
    page.get_by_label("User name").fill("ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Password again").fill("correct horse battery")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
    expect(page.get_by_text("3 products, 3 packshots")).to_be_visible()


def upload(page: Page, packshots: list[Path]) -> None:
    page.locator("input[type=file][multiple]").set_input_files(packshots)
    expect(page.locator(".file.done")).to_have_count(3)
    expect(page.get_by_text("5 products, 6 packshots")).to_be_visible()


def plan(page: Page) -> None:
    page.get_by_role("button", name="New shoot").click()
    page.get_by_label("CUP-1").check()
    page.get_by_label("Dark slate").check()
    for name, _ in PLACEMENTS.values():
        page.locator(".place", has_text=name).locator("input").check()
    figures = page.locator("#sum .sum-figures dd")
    expect(figures).to_have_text(["3", "2", "free", "a few seconds"])
    expect(page.locator("#sum")).to_contain_text("Placements of one shape share one picture")


def launch_and_watch(page: Page) -> None:
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile(r"/shoots/\d+/$"))
    expect(page.locator("#going")).to_contain_text("2 pictures in", timeout=60_000)
    expect(page.locator("figure.frame img")).to_have_count(2)


def look_at_a_picture(page: Page) -> None:
    page.locator("figure.frame a.view").first.click()
    slider = page.get_by_label("Before and after")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_value("100")
    page.keyboard.press("Shift+ArrowLeft")
    expect(slider).to_have_value("90")
    expect(page.get_by_text("Dark slate").first).to_be_visible()
    expect(page.get_by_text("Place this exact product").first).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Approved")).to_be_visible()


def find_it_in_the_gallery(page: Page) -> None:
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator(".film figure.frame")).to_have_count(2)
    page.wait_for_load_state()  # the filter's script is there
    page.get_by_label("Review").select_option("approved")
    expect(page.locator(".film figure.frame")).to_have_count(1)
    page.get_by_role("link", name="Shoots").first.click()
    page.get_by_role("link", name="Dark slate").first.click()


def download_everything(page: Page) -> bytes:
    page.get_by_role("button", name="Download everything").click()
    link = page.get_by_role("link", name=re.compile("Download 3 files"))
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def check(archive: bytes) -> None:
    """Every file is there under its name, at exactly the placement's pixels."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        names = [name for name in files.namelist() if not name.startswith("manifest.")]
        sizes = {name: Image.open(io.BytesIO(files.read(name))).size for name in names}
    assert sizes == {
        f"CUP-1/{CHANNELS[slug]}/CUP-1_dark-slate_{slug}_{size[0]}x{size[1]}.jpg": size
        for slug, (_, size) in PLACEMENTS.items()
    }


def sign_out_and_in(page: Page, studio: Studio) -> None:
    page.get_by_label(re.compile("Account")).click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(studio.welcome)
    expect(page.get_by_text("Create your account")).to_have_count(0)
    page.goto(f"{studio.address}/accounts/login/")
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
