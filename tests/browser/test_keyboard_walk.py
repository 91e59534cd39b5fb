"""From sign-in to an approved picture and a downloaded archive by keyboard alone, focus always in sight."""

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Review, User
from tests import cast, pictures

FOCUS_IN_SIGHT = """() => {
    const one = document.activeElement;
    if (one === document.body || one.id === "main") return true;
    const label = one.closest("label");
    const near = [one, one.nextElementSibling, one.parentElement, label, ...(one.labels ?? [])];
    return near.filter(Boolean).some((shown) => {
        const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && box.width > 4
            && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    });
}"""
WHO = "() => document.activeElement.outerHTML.slice(0, 200)"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Tab until the thing has the focus; each stop on the way shows that it has it."""
    for _ in range(most):
        press(page, "Tab")
        assert page.evaluate(FOCUS_IN_SIGHT), page.evaluate(WHO)
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached in {most} stops")


def test_from_sign_in_to_the_archive(
    page: Page, live_server: LiveServer, workers: None, marketer: User, brand: Brand
) -> None:
    cast.scene(slug="dark-slate", engine={"ground": {"material": "slate"}})
    for name, height in (("Feed", 300), ("Story", 533)):
        cast.placement(name=name, width=300, height=height, ratio="1:1" if name == "Feed" else "9:16")
    page.on("filechooser", lambda _: None)  # whoever listens only when the key is pressed may be too late
    sign_in(page, live_server)
    upload(page)
    plan(page)
    judge(page)
    judge_in_the_gallery(page)
    names = download(page)
    assert sorted(brand.renders.values_list("review", flat=True)) == [Review.APPROVED, Review.REJECTED]
    assert len([name for name in names if name.endswith(".jpg")]) == 1, "what is rejected stays out"


def sign_in(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    if not page.get_by_label("User name").evaluate("one => one === document.activeElement"):
        tab_to(page, page.get_by_label("User name"))
    page.keyboard.type("ines")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("correct horse battery")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Products", exact=True)).to_be_visible()


def upload(page: Page) -> None:
    tab_to(page, page.locator("input[type=file][multiple]"))
    with page.expect_file_chooser() as asked:
        press(page, "Enter")
    data = pictures.packshot(width=500, height=500)
    asked.value.set_files({"name": "MUG-0114.jpg", "mimeType": "image/jpeg", "buffer": data})
    expect(page.locator("#packs > li")).to_have_count(1)


def plan(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="New shoot"))
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/plan/"))
    for label in ("MUG-0114", "Dark slate", "Feed", "Story"):
        tab_to(page, page.get_by_label(label))
        press(page, "Space")
    expect(page.get_by_role("button", name="Launch")).to_be_enabled()
    press(page, "Control+Enter")
    expect(page).to_have_url(re.compile(r"/shoots/\d+/$"))
    expect(page.locator("figure.frame img")).to_have_count(2, timeout=60_000)


def judge(page: Page) -> None:
    """One picture is approved, its neighbour rejected, with single keys."""
    tab_to(page, page.locator("figure.frame a.view").first)
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/renders/\d+/$"))
    first = page.url
    page.wait_for_load_state()  # its keys are there
    press(page, "a")
    expect(page.get_by_text("Approved by Ines Marrow")).to_be_visible()
    press(page, "j")
    expect(page).not_to_have_url(first)
    page.wait_for_load_state()
    press(page, "r")
    expect(page.get_by_text("Rejected by Ines Marrow")).to_be_visible()
    press(page, "k")
    expect(page).to_have_url(first)
    page.wait_for_load_state()


def judge_in_the_gallery(page: Page) -> None:
    """Arrows move, x chooses, Escape lets go, Enter opens."""
    press(page, "g", "g")
    expect(page.locator(".film figure.frame")).to_have_count(2)
    page.wait_for_load_state()
    press(page, "ArrowRight", "x")
    bar = page.get_by_role("toolbar", name="Chosen pictures")
    expect(bar).to_contain_text("1 chosen")
    press(page, "Escape")
    expect(bar).to_be_hidden()
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/renders/\d+/$"))


def download(page: Page) -> list[str]:
    page.wait_for_load_state()
    press(page, "g", "s")
    expect(page.get_by_role("heading", name="Shoots", exact=True)).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Dark slate").first)
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/shoots/\d+/$"))
    page.wait_for_load_state()
    tab_to(page, page.get_by_role("button", name="Download everything"))
    press(page, "Enter")
    link = page.get_by_role("link", name=re.compile("Download 1 file"))
    expect(link).to_be_visible(timeout=30_000)
    tab_to(page, link)
    with page.expect_download() as coming:
        press(page, "Enter")
    return zipfile.ZipFile(Path(coming.value.path())).namelist()
