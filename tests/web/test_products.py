"""Packshots come in one by one; products are found, described and deleted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from studio.models import Brand, Packshot, Product, Render, State, User
from tests import cast, pictures

SignIn = Callable[[User], Client]
BY_SCRIPT = {"HX-Request": "true"}


def send(
    browser: Client, brand: Brand, data: bytes, name: str = "MUG-0114.jpg", **more: object
) -> HttpResponse:
    """One file, as the page's script sends it."""
    body = {"file": SimpleUploadedFile(name, data), **more}
    return browser.post(f"/b/{brand.slug}/products/upload/", body, headers=BY_SCRIPT)


# --- Uploads -------------------------------------------------------------------------------------


def test_a_packshot_becomes_a_product_named_by_its_file(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    page = send(sign_in(marketer), brand, pictures.packshot())
    product = brand.products.get()
    assert page.status_code == 200
    assert (product.sku, product.created_by) == ("MUG-0114", marketer)
    text = page.content.decode()
    assert "New product" in text
    assert f'id="pack-{product.pk}"' in text  # and its place on the table comes along
    assert "1 product, 1 packshot" in text


def test_a_second_packshot_joins_its_product(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    browser = sign_in(marketer)
    send(browser, brand, pictures.packshot())
    page = send(browser, brand, pictures.packshot("#2f6fb5"), "MUG-0114_2.jpg")
    assert b"Added to" in page.content
    assert brand.products.get().packshots.count() == 2


def test_a_duplicate_points_to_the_product_that_has_it(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    browser = sign_in(marketer)
    send(browser, brand, pictures.packshot())
    page = send(browser, brand, pictures.packshot(), "IMG_2231.jpg").content.decode()
    assert "Same picture as" in page
    assert f'href="/products/{brand.products.get().pk}/"' in page
    assert "Dismiss IMG_2231.jpg" in page
    assert Packshot.objects.count() == 1


def test_a_packshot_may_be_added_to_a_product_whatever_its_name(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    product = cast.product(brand, "MUG-0114")
    page = send(sign_in(marketer), brand, pictures.packshot(), "DSC_0042.jpg", product=product.pk)
    shot = product.packshots.get()
    assert f'id="shot-{shot.pk}"'.encode() in page.content


def test_a_packshot_is_never_added_to_a_foreign_product(
    sign_in: SignIn, marketer: User, brand: Brand, stranger: User
) -> None:
    foreign = cast.product(stranger.brands.get(), "SECRET")
    send(sign_in(marketer), brand, pictures.packshot(), product=foreign.pk)
    assert foreign.packshots.count() == 0


def test_a_broken_file_is_a_row_with_a_reason_and_a_way_out(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    page = send(sign_in(marketer), brand, pictures.packshot()[:2000], "CHR-0410.jpg")
    text = page.content.decode()
    assert page.status_code == 422
    assert "The file stops halfway" in text or "The file is damaged" in text
    assert "CHR-0410.jpg" in text
    assert "data-replace" in text
    assert "data-dismiss" in text
    assert not brand.products.exists()


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", b"The file is empty"), (b"hello", b"This is not a picture")]
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    sign_in: SignIn, marketer: User, brand: Brand, data: bytes, sentence: bytes
) -> None:
    page = send(sign_in(marketer), brand, data)
    assert page.status_code == 422
    assert sentence in page.content


def test_a_file_over_the_limit_is_refused_with_both_figures(
    sign_in: SignIn, marketer: User, brand: Brand, settings: LazySettings
) -> None:
    settings.UPLOAD_BYTES = 1_000_000
    page = send(sign_in(marketer), brand, b"x" * 1_400_000)
    assert page.status_code == 422
    assert b"It has 1.4 MB; the limit is 1 MB" in page.content


def test_a_file_far_over_the_limit_is_read_past_and_never_stored(
    sign_in: SignIn, marketer: User, brand: Brand, settings: LazySettings
) -> None:
    settings.UPLOAD_BYTES = 1_000_000
    page = send(sign_in(marketer), brand, b"x" * 3_000_000)
    assert page.status_code == 422
    assert b"the limit is 1 MB" in page.content


def test_an_upload_without_a_file_says_so(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    page = sign_in(marketer).post(f"/b/{brand.slug}/products/upload/", headers=BY_SCRIPT)
    assert page.status_code == 422
    assert b"No file came with this" in page.content


def test_a_file_name_is_shown_and_never_obeyed(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    page = send(sign_in(marketer), brand, pictures.packshot(), name).content
    assert b"<img src=x" not in page
    assert b"onerror=alert(1)" not in page or b"&lt;img" in page


def test_without_a_script_the_form_leads_back_with_a_note(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    browser = sign_in(marketer)
    for data, words in [(pictures.packshot(), b"New product"), (b"", b"The file is empty")]:
        body = {"file": SimpleUploadedFile("MUG-0114.jpg", data)}
        page = browser.post(f"/b/{brand.slug}/products/upload/", body, follow=True)
        assert page.redirect_chain == [(f"/b/{brand.slug}/products/", 302)]
        assert words in page.content


def test_an_upload_is_a_post(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    assert sign_in(marketer).get(f"/b/{brand.slug}/products/upload/").status_code == 405


def test_a_viewer_uploads_nothing(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    browser = sign_in(viewer)
    assert send(browser, brand, pictures.packshot()).status_code == 403
    assert b"data-upload" not in browser.get(f"/b/{brand.slug}/products/").content


def test_a_stranger_uploads_nothing(sign_in: SignIn, stranger: User, brand: Brand) -> None:
    assert send(sign_in(stranger), brand, pictures.packshot()).status_code == 404
    assert not brand.products.exists()


# --- The list ------------------------------------------------------------------------------------


def test_products_are_found_by_name_and_sku(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    cast.packshot(cast.product(brand, "MUG-0114", name="Speckled mug"))
    cast.packshot(cast.product(brand, "WAT-0038", name="Field watch"))
    browser = sign_in(viewer)
    for wish in ("speck", "mug-01"):
        page = browser.get(f"/b/{brand.slug}/products/", {"q": wish}).content
        assert b"Speckled mug" in page
        assert b"Field watch" not in page
    page = browser.get(f"/b/{brand.slug}/products/", {"q": "teapot"})
    assert b"Nothing matches" in page.content


def test_a_search_by_script_brings_only_the_products(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    cast.packshot(cast.product(brand, "MUG-0114"))
    page = sign_in(viewer).get(f"/b/{brand.slug}/products/", {"q": "mug"}, headers=BY_SCRIPT)
    assert b"MUG-0114" in page.content
    assert b"<html" not in page.content


def test_many_products_come_in_pages(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    Product.objects.bulk_create(Product(brand=brand, sku=f"S-{n}", name=f"Thing {n}") for n in range(70))
    browser = sign_in(viewer)
    first = browser.get(f"/b/{brand.slug}/products/").content.decode()
    last = brand.products.order_by("-pk")[59].pk
    assert first.count('id="pack-') == 60
    assert f"?before={last}" in first
    rest = browser.get(f"/b/{brand.slug}/products/", {"before": last}).content.decode()
    assert rest.count('id="pack-') == 10
    assert "?before=" not in rest


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_a_page_that_cannot_be_is_the_first_one(
    sign_in: SignIn, viewer: User, brand: Brand, before: str
) -> None:
    assert sign_in(viewer).get(f"/b/{brand.slug}/products/", {"before": before}).status_code == 200


@pytest.mark.parametrize("count", [3, 50])
def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    sign_in: SignIn,
    marketer: User,
    brand: Brand,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        cast.packshot(cast.product(brand))
    browser = sign_in(marketer)
    browser.get(f"/b/{brand.slug}/products/")  # the first visit notes the brand in the session
    with django_assert_max_num_queries(8):
        page = browser.get(f"/b/{brand.slug}/products/")
    assert len(page.content) < 150_000


def test_a_first_day_without_products_offers_a_place_to_drop(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    page = sign_in(marketer).get(f"/b/{brand.slug}/products/").content
    assert b"drop-tall" in page
    assert b"0 products, 0 packshots" in page


# --- One product ---------------------------------------------------------------------------------


def test_a_product_shows_its_packshots_and_pictures(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    product = cast.product(brand, name="Speckled mug")
    shot = cast.packshot(product)
    done = cast.render(cast.shoot(brand, launched=True), product=product, packshot=shot, state=State.DONE)
    page = sign_in(viewer).get(f"/products/{product.pk}/").content.decode()
    assert f'id="shot-{shot.pk}"' in page
    assert f'href="/renders/{done.pk}/"' in page
    assert f"/gallery/?product={product.pk}" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]  # a viewer looks


@pytest.mark.parametrize("count", [2, 12])
def test_a_product_page_asks_as_often_for_many_pictures_as_for_few(
    sign_in: SignIn,
    marketer: User,
    brand: Brand,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    product, shoot = cast.product(brand), cast.shoot(brand, launched=True)
    for _ in range(count):
        cast.render(shoot, product=product, packshot=cast.packshot(product), state=State.DONE)
    browser = sign_in(marketer)
    browser.get(f"/products/{product.pk}/")
    with django_assert_max_num_queries(9):
        browser.get(f"/products/{product.pk}/")


def test_a_product_gets_a_better_name(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    product = cast.product(brand, "DSC 0042")
    told = {"name": "Speckled mug", "sku": "MUG-0114", "description": "Speckled stoneware mug"}
    page = sign_in(marketer).post(f"/products/{product.pk}/edit/", told)
    assert page["Location"] == f"/products/{product.pk}/"
    product.refresh_from_db()
    assert (product.name, product.sku, product.description) == tuple(told.values())


def test_a_taken_sku_is_a_sentence_and_nothing_typed_is_lost(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    cast.product(brand, "MUG-0114")
    product = cast.product(brand, "MUG-0115", name="Speckled mug")
    told = {"name": "Plain mug", "sku": "MUG-0114", "description": "Typed with care"}
    page = sign_in(marketer).post(f"/products/{product.pk}/edit/", told)
    text = page.content.decode()
    assert page.status_code == 422
    assert "SKU MUG-0114 is taken" in text
    field = text[text.index('name="sku"') :]
    assert "SKU MUG-0114 is taken" in field[: field.index("</div>")]
    assert "autofocus" in field[: field.index(">")]
    assert "Typed with care" in text
    assert 'value="Plain mug"' in text
    assert "<h1>Speckled mug</h1><p>MUG-0115" in text, "the page is still that of what is saved"
    product.refresh_from_db()
    assert product.name == "Speckled mug"


def test_a_product_needs_a_name(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    product = cast.product(brand, "MUG-0114")
    page = sign_in(marketer).post(f"/products/{product.pk}/edit/", {"name": " ", "sku": "MUG-0114"})
    assert page.status_code == 422


@pytest.mark.parametrize("path", ["edit", "delete"])
def test_a_viewer_changes_no_product(sign_in: SignIn, viewer: User, brand: Brand, path: str) -> None:
    product = cast.product(brand)
    assert sign_in(viewer).post(f"/products/{product.pk}/{path}/", {"name": "x"}).status_code == 403
    assert Product.objects.filter(pk=product.pk, name=product.name).exists()


@pytest.mark.parametrize("path", ["edit", "delete"])
def test_a_stranger_changes_no_product(sign_in: SignIn, stranger: User, brand: Brand, path: str) -> None:
    product = cast.product(brand)
    assert sign_in(stranger).post(f"/products/{product.pk}/{path}/", {"name": "x"}).status_code == 404
    assert Product.objects.filter(pk=product.pk).exists()


def test_an_edit_is_a_post(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    assert sign_in(marketer).get(f"/products/{cast.product(brand).pk}/edit/").status_code == 405


# --- Going for good ------------------------------------------------------------------------------


def test_deleting_a_product_asks_first_and_says_what_goes(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    product = cast.product(brand, "MUG-0114", name="Speckled mug")
    cast.render(cast.shoot(brand, launched=True), product=product, state=State.DONE)
    browser = sign_in(marketer)
    asks = browser.get(f"/products/{product.pk}/delete/").content.decode()
    assert "1 packshot and 1 finished picture" in asks
    assert Product.objects.filter(pk=product.pk).exists()
    page = browser.post(f"/products/{product.pk}/delete/", follow=True)
    assert page.redirect_chain == [(f"/b/{brand.slug}/products/", 302)]
    assert b"Speckled mug is deleted" in page.content
    assert not Render.objects.exists()


def test_a_product_whose_pictures_are_under_way_stays(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    product = cast.product(brand)
    cast.render(cast.shoot(brand, launched=True), product=product)
    page = sign_in(marketer).post(f"/products/{product.pk}/delete/", follow=True)
    assert b"Pictures are still being made" in page.content
    assert Product.objects.filter(pk=product.pk).exists()


def test_a_packshot_goes_and_the_product_stays(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    product = cast.product(brand)
    keep, gone = cast.packshot(product, b"one"), cast.packshot(product, b"two")
    page = sign_in(marketer).post(f"/packshots/{gone.pk}/delete/")
    assert page["Location"] == f"/products/{product.pk}/"
    assert list(product.packshots.all()) == [keep]


def test_a_packshot_whose_pictures_are_under_way_stays(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    render = cast.render(cast.shoot(brand, launched=True))
    page = sign_in(marketer).post(f"/packshots/{render.packshot_id}/delete/", follow=True)
    assert b"Pictures are still being made" in page.content
    assert Packshot.objects.filter(pk=render.packshot_id).exists()


def test_only_marketers_of_the_brand_delete_packshots(
    sign_in: SignIn, viewer: User, stranger: User, marketer: User, brand: Brand
) -> None:
    path = f"/packshots/{cast.packshot(cast.product(brand)).pk}/delete/"
    assert sign_in(viewer).post(path).status_code == 403
    assert sign_in(stranger).post(path).status_code == 404
    assert sign_in(marketer).get(path).status_code == 405
    assert Packshot.objects.exists()


def test_a_file_sent_again_brings_its_product_to_a_page_that_missed_it(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    browser = sign_in(marketer)
    first = send(browser, brand, pictures.packshot()).content.decode()
    again = send(browser, brand, pictures.packshot()).content.decode()
    pack = f'id="pack-{Product.objects.get().pk}"'
    assert pack in first
    assert pack in again
    Packshot.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert pack not in send(browser, brand, pictures.packshot()).content.decode()
