"""What goes wrong with a file is said in its own row with the way out, and harms no other file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.urls import reverse
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Packshot, Product, User
from tests import cast, pictures

SignIn = Callable[[User], None]


@pytest.fixture
def products(
    page: Page,
    live_server: LiveServer,
    signed_in: SignIn,
    brand: Brand,
    marketer: User,
    settings: LazySettings,
) -> Page:
    """The products page of a marketer whose studio takes 2 MB and four files at once."""
    settings.UPLOAD_BYTES, settings.UPLOAD_FILES = 2_000_000, 4
    signed_in(marketer)
    page.goto(live_server.url + reverse("products", args=[brand.slug]))
    return page


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def choose(page: Page, *files: Path) -> None:
    page.locator("input[type=file][multiple]").set_input_files(list(files))


def row(page: Page, name: str) -> Locator:
    return page.locator("li.file", has_text=name)


def test_each_file_has_its_own_verdict_and_way_out(
    products: Page, file: Callable[[str, bytes], Path]
) -> None:
    good = pictures.packshot()
    choose(
        products,
        file("GOOD-1.jpg", good),
        file("cut.jpg", pictures.truncated(good)),
        file("page.jpg", b"<!doctype html><html><body>Not found</body></html>"),
        file("heavy.jpg", good + bytes(2_000_000)),
    )
    expect(row(products, "GOOD-1.jpg")).to_contain_text("New product")
    expect(row(products, "cut.jpg")).to_contain_text("stops halfway")
    expect(row(products, "page.jpg")).to_contain_text("Save the picture itself")
    expect(row(products, "heavy.jpg")).to_contain_text("the limit is 2 MB")
    expect(products.locator(".packs .frame")).to_have_count(1)
    assert Product.objects.get().sku == "GOOD-1"


def test_a_refused_file_is_replaced_in_its_place(products: Page, file: Callable[[str, bytes], Path]) -> None:
    choose(products, file("CUP.jpg", pictures.truncated(pictures.packshot())))
    expect(row(products, "CUP.jpg")).to_contain_text("stops halfway")
    with products.expect_file_chooser() as chooser:
        row(products, "CUP.jpg").get_by_role("button", name="Replace").click()
    chooser.value.set_files(file("CUP.jpg", pictures.packshot()))
    expect(row(products, "CUP.jpg")).to_contain_text("New product")
    expect(products.locator("li.file")).to_have_count(1)


def test_a_double_leads_to_the_product_it_doubles(
    products: Page, file: Callable[[str, bytes], Path], brand: Brand
) -> None:
    choose(products, file("MUG.jpg", pictures.packshot()))
    expect(row(products, "MUG.jpg")).to_contain_text("New product")
    choose(products, file("IMG_2231.jpg", pictures.packshot()))
    expect(row(products, "IMG_2231.jpg")).to_contain_text("Same picture as MUG")
    row(products, "IMG_2231.jpg").get_by_role("link", name="MUG").click()
    expect(products.get_by_role("heading", name="MUG").first).to_be_visible()
    assert Packshot.objects.count() == 1


def test_too_many_files_at_once_are_refused_with_both_figures(
    products: Page, file: Callable[[str, bytes], Path]
) -> None:
    choose(products, *(file(f"{number}.jpg", b"x") for number in range(5)))
    expect(products.get_by_role("alert")).to_contain_text("You chose 5; the limit is 4")
    expect(products.locator("li.file")).to_have_count(0)


def test_a_broken_connection_loses_nothing(products: Page, file: Callable[[str, bytes], Path]) -> None:
    broken = True

    def break_once(route: Route) -> None:
        nonlocal broken
        route.abort() if broken else route.continue_()
        broken = False

    products.route("**/upload/", break_once)
    choose(products, file("MUG.jpg", pictures.packshot()))
    expect(row(products, "MUG.jpg")).to_contain_text("The connection broke")
    expect(row(products, "MUG.jpg")).to_contain_text("New product")


def test_a_product_form_keeps_what_was_typed(
    page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, marketer: User
) -> None:
    cast.product(brand, "TAKEN")
    product = cast.product(brand, "CUP")
    signed_in(marketer)
    page.goto(live_server.url + reverse("product", args=[product.pk]))
    page.get_by_role("textbox", name="Name").fill("A far better name")
    page.get_by_label("SKU").fill("TAKEN")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("SKU TAKEN is taken")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("A far better name")
