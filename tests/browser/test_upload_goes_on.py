"""Uploads go on while the person goes elsewhere, and through a broken connection; no file comes in twice."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import APIResponse, BrowserContext, Error, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Packshot, Product, User
from tests import cast, pictures

SignIn = Callable[[User], None]
COLOURS = ("teal", "navy", "olive", "maroon", "purple", "black")
KEPT = """() => new Promise((done) => {
    const request = indexedDB.open("studio-uploads");
    request.onsuccess = () => {
        const count = request.result.transaction("files").objectStore("files").count();
        count.onsuccess = () => done(count.result);
    };
})"""


@pytest.fixture
def six(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"CUP-{number}.jpg" for number in range(1, 7)]
    for path, colour in zip(paths, COLOURS, strict=True):
        path.write_bytes(pictures.packshot(colour=colour, width=400, height=400))
    return paths


@pytest.fixture
def products(page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, marketer: User) -> Page:
    signed_in(marketer)
    page.goto(live_server.url + reverse("products", args=[brand.slug]))
    return page


class Gate:
    """Holds uploads back until it is opened."""

    def __init__(self) -> None:
        self.held: list[Route] = []
        self.is_open = False

    def __call__(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.is_open = True
        for route in self.held:
            with suppress(Error):  # its page is gone
                route.continue_()


@pytest.fixture
def gate(context: BrowserContext) -> Gate:
    gate = Gate()
    context.route("**/upload/", gate)
    return gate


def choose(page: Page, files: list[Path]) -> None:
    page.locator("input[type=file][multiple]").set_input_files(files)
    page.wait_for_function(
        f"async () => (await ({KEPT})()) === {len(files)} || document.querySelector('.done')"
    )


def goes(page: Page, room: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=room).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def assert_all_are_here(page: Page) -> None:
    expect(page.locator(".packs .frame")).to_have_count(6)
    expect(page.locator("[data-way]")).to_be_hidden()
    assert sorted(Product.objects.values_list("sku", flat=True)) == [
        f"CUP-{number}" for number in range(1, 7)
    ]
    assert Packshot.objects.count() == 6
    assert page.evaluate(KEPT) == 0


def test_files_go_on_while_the_person_looks_at_other_pages(
    products: Page, gate: Gate, six: list[Path]
) -> None:
    choose(products, six)
    goes(products, "Gallery")
    expect(products.locator("[data-way]")).to_have_text("6 files on their way")
    goes(products, "Shoots")
    products.locator("[data-way]").click()
    expect(products.get_by_text("You may leave; they go on")).to_be_visible()
    gate.open()
    assert_all_are_here(products)
    expect(products.locator("li.file.done")).to_have_count(6)


def test_files_wait_for_a_lost_connection(
    products: Page, context: BrowserContext, gate: Gate, six: list[Path]
) -> None:
    choose(products, six)
    context.set_offline(True)
    gate.open()
    expect(products.get_by_text("The connection broke").first).to_be_visible()
    context.set_offline(False)
    assert_all_are_here(products)


def test_a_reload_in_the_middle_loses_nothing(products: Page, gate: Gate, six: list[Path]) -> None:
    choose(products, six)
    products.reload()
    gate.open()
    assert_all_are_here(products)


def test_two_tabs_send_each_file_once(
    products: Page, context: BrowserContext, live_server: LiveServer, six: list[Path]
) -> None:
    sent: list[str] = []
    context.on("request", lambda one: sent.append(one.url) if one.url.endswith("/upload/") else None)
    other = context.new_page()
    other.goto(products.url)
    choose(products, six)
    assert_all_are_here(products)
    expect(other.locator(".packs .frame")).to_have_count(6)
    assert len(sent) == 6


def test_a_refusal_that_nobody_saw_is_told_on_return(products: Page, gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(pictures.truncated(pictures.packshot()))
    choose(products, [tmp_path / "cut.jpg"])
    goes(products, "Gallery")
    gate.open()
    expect(products.locator("[data-way]")).to_have_text("1 file needs you")
    products.locator("[data-way]").click()
    expect(products.locator("li.file.failed")).to_contain_text("stops halfway")
    assert products.evaluate(KEPT) == 0


def test_signing_out_forgets_what_was_on_its_way(products: Page, gate: Gate, six: list[Path]) -> None:
    choose(products, six)
    products.get_by_label("Account: Ines Marrow").click()
    products.get_by_role("button", name="Sign out").click()
    expect(products.get_by_label("User name")).to_be_visible()
    products.wait_for_function(f"async () => (await ({KEPT})()) === 0")
    assert not Product.objects.exists()


def test_files_of_somebody_else_in_this_browser_are_forgotten(
    products: Page, gate: Gate, six: list[Path], signed_in: SignIn, brand: Brand
) -> None:
    choose(products, six)
    signed_in(cast.person("Bo Brief", brand))
    products.reload()
    products.wait_for_function(f"async () => (await ({KEPT})()) === 0")
    assert not Product.objects.exists()


def test_a_browser_without_room_sends_from_the_page(products: Page, gate: Gate, six: list[Path]) -> None:
    products.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') } }"
    )
    products.locator("input[type=file][multiple]").set_input_files(six)
    expect(products.get_by_text("Stay on this page until they are in")).to_be_visible()
    gate.open()
    assert_all_are_here(products)


def test_answers_that_overtake_each_other_do_not_turn_the_count_back(products: Page, six: list[Path]) -> None:
    """Three files are sent at once; the answer to the first comes last."""
    late: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        answer = route.fetch()
        if len(late) < 2:
            late.append((route, answer))
            return
        route.fulfill(response=answer)
        for one, its in reversed(late):
            one.fulfill(response=its)

    products.route("**/products/upload/", hold_the_first)
    products.locator("input[type=file][multiple]").set_input_files(six[:3])
    expect(products.locator(".file.done")).to_have_count(3)
    expect(products.locator("#counts")).to_have_text("3 products, 3 packshots")
