"""The pages of an import: files are given, columns told, rows checked, and imported."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from studio.flow import disk, imports
from studio.models import Brand, Import, Packshot, Product, User
from tests import cast
from tests.archives import packed
from tests.stores import files
from tests.web.importing import TEXT, archive, begun, page, send, shot, walked
from tests.web.weight import LIMIT, weight

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def test_the_whole_walk(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    rows = page(desk, imported)
    assert "Import 2 products" in rows
    assert "There is no SKU." in rows
    assert "&lt;b&gt;odd&lt;/b&gt;.jpg" in rows
    assert not Product.objects.exists()
    desk.post(f"/imports/{imported.pk}/apply/")
    assert "0 of 2" in page(desk, imported)
    imports.finish(imported)
    rows = page(desk, imported)
    assert "Made" in rows
    assert f'<a href="/products/{Product.objects.get(sku="MUG-1").pk}/">MUG-1</a>' in rows
    assert Packshot.objects.count() == 2


def test_columns_are_guessed_and_show_what_they_hold(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand)
    shown = desk.get(f"/imports/{imported.pk}/mapping/").content.decode()
    assert '<option value="0" selected>Artikelnummer: MUG-1, CUP-2</option>' in shown
    assert '<option value="1" selected>Titel: Mug, Cup, Nameless</option>' in shown


def test_a_wrong_choice_comes_back_as_it_was_made(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand)
    answer = desk.post(f"/imports/{imported.pk}/mapping/", {"sku": "", "name": "2"})
    assert answer.status_code == 422
    assert '<option value="2" selected>' in answer.content.decode()
    twice = desk.post(f"/imports/{imported.pk}/mapping/", {"sku": "1", "name": "1"})
    assert twice.status_code == 422
    assert "is chosen twice" in twice.content.decode()
    assert '<option value="1" selected>' in twice.content.decode()
    assert desk.post(f"/imports/{imported.pk}/mapping/", {"sku": "99"}).status_code == 422


def test_an_archive_alone_needs_no_columns(desk: Client, brand: Brand) -> None:
    send(desk, f"/b/{brand.slug}/imports/new/", "shots.zip", archive())
    imported = Import.objects.get()
    assert "Check the archive" in page(desk, imported)
    assert desk.get(f"/imports/{imported.pk}/mapping/").status_code == 302
    desk.post(f"/imports/{imported.pk}/check/")
    imports.finish(imported)
    assert "Import 3 products" in page(desk, imported)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("list.xlsx", packed({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}), "CSV UTF-8"),
        ("list.csv", b"", "The list is empty"),
        ("list.csv", b"SKU,name\n", "no rows"),
        ("shots.7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "7-Zip archives are not taken"),
        ("shots.zip", b"PK\x03\x04 and no more", "is damaged"),
    ],
)  # fmt: skip
def test_what_is_not_taken_leaves_nothing_behind(
    desk: Client, brand: Brand, name: str, data: bytes, sentence: str
) -> None:
    address = f"/b/{brand.slug}/imports/new/"
    plain = send(desk, address, name, data)
    assert (plain.status_code, sentence in plain.content.decode()) == (422, True)
    script = send(desk, address, name, data, headers=HTMX)
    assert (script.status_code, "<html" in script.content.decode()) == (422, False)
    assert sentence in script.content.decode()
    assert not Import.objects.exists()
    assert files() == []


def test_a_refused_file_leaves_the_one_before(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand)
    before = files()
    assert send(desk, f"/imports/{imported.pk}/file/", "worse.csv", b"SKU\n").status_code == 422
    assert "list.csv" in page(desk, imported)
    assert files() == before
    assert desk.post(f"/imports/{imported.pk}/file/").status_code == 422


def test_a_script_is_led_on(desk: Client, brand: Brand) -> None:
    answer = send(desk, f"/b/{brand.slug}/imports/new/", "list.csv", TEXT.encode(), headers=HTMX)
    assert answer["HX-Redirect"] == f"/imports/{Import.objects.get().pk}/"


def test_an_archive_may_be_far_larger_than_a_picture(
    desk: Client, brand: Brand, settings: LazySettings
) -> None:
    settings.UPLOAD_BYTES, settings.ARCHIVE_BYTES = 200_000, 20_000_000
    data = packed({"a.jpg": shot(), "filling.bin": bytes(3_000_000)})
    assert send(desk, f"/b/{brand.slug}/imports/new/", "shots.zip", data).status_code == 302
    upload = desk.post(f"/b/{brand.slug}/products/upload/", {"file": SimpleUploadedFile("a.jpg", data)})
    assert upload.status_code == 302
    assert Import.objects.get().archive_files == 2
    assert not Packshot.objects.exists()


@pytest.mark.parametrize("size", [3_000_000, 9_000_000])
def test_an_archive_over_its_limit_is_told_both_figures(
    desk: Client, brand: Brand, settings: LazySettings, size: int
) -> None:
    settings.UPLOAD_BYTES, settings.ARCHIVE_BYTES = 200_000, 1_000_000
    answer = send(
        desk, f"/b/{brand.slug}/imports/new/", "shots.zip", packed({"a": bytes(size)}), headers=HTMX
    )
    assert "the limit is 1 MB" in answer.content.decode()
    assert files() == []


def test_who_is_not_signed_in_sends_no_archive(client: Client, brand: Brand, settings: LazySettings) -> None:
    settings.UPLOAD_BYTES, settings.ARCHIVE_BYTES = 200_000, 20_000_000
    answer = send(client, f"/b/{brand.slug}/imports/new/", "shots.zip", packed({"a": bytes(5_000_000)}))
    assert answer["Location"].startswith("/accounts/login/")
    assert answer.wsgi_request.FILES == {}


def test_who_may_not_upload_sends_none_either(
    sign_in: SignIn, viewer: User, brand: Brand, settings: LazySettings
) -> None:
    settings.UPLOAD_BYTES, settings.ARCHIVE_BYTES = 200_000, 20_000_000
    data = packed({"a": bytes(5_000_000)})
    answer = send(sign_in(viewer), f"/b/{brand.slug}/imports/new/", "shots.zip", data)
    assert answer.status_code == 403
    assert answer.wsgi_request.FILES == {}


def test_an_archive_that_would_fill_the_disk_is_not_written(
    desk: Client, brand: Brand, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_BYTES, settings.DISK_FLOOR = 200_000, 500_000_000
    monkeypatch.setattr(disk, "free", lambda: 503_000_000)
    data = packed({"a": bytes(4_000_000)})
    answer = send(desk, f"/b/{brand.slug}/imports/new/", "shots.zip", data)
    assert "disk is full" in answer.content.decode()
    assert files() == []


def test_an_archive_without_a_picture_has_nothing_to_import(desk: Client, brand: Brand) -> None:
    send(desk, f"/b/{brand.slug}/imports/new/", "shots.zip", packed({"notes.txt": b"to be mended"}))
    imported = Import.objects.get()
    desk.post(f"/imports/{imported.pk}/check/")
    imports.finish(imported)
    shown = page(desk, imported)
    assert "the archive holds no picture" in shown
    assert "Such files are ignored." in shown


def test_rows_are_narrowed_by_their_verdict(desk: Client, brand: Brand) -> None:
    cast.product(brand, "CUP-2", name="Cup")
    imported = walked(desk, brand, "SKU,name\nMUG-1,Mug\nCUP-2,Cup\nJAR-3,Jar\n,x\n")
    assert "MUG-1" not in page(desk, imported, "?verdict=problem")
    assert "JAR-3" in page(desk, imported, "?verdict=bare")
    assert "None." not in page(desk, imported, "?verdict=new&page=99")
    assert "JAR-3" in page(desk, imported, "?verdict=odd&page=x")


def test_a_sku_in_another_case_is_shown_as_it_is_here(desk: Client, brand: Brand) -> None:
    cast.product(brand, "MUG-1", name="Mug")
    assert "here MUG-1" in page(desk, walked(desk, brand, "SKU,name\nmug-1,Mug\n"))


def test_a_page_holds_a_hundred_rows_and_asks_few_questions(
    desk: Client, brand: Brand, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    lines = "".join(f"S-{number:03},Product,S-{number:03}.jpg\n" for number in range(250))
    imported = begun(desk, brand, f"SKU,name,file\n{lines}")
    imports.check(imported)
    imports.finish(imported)
    page(desk, imported)
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        shown = page(desk, imported, "?page=2")
    assert shown.count("<tr>") == 101
    assert "101 to 200 of 250" in shown


def test_polling_is_answered_when_something_has_moved(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    desk.post(f"/imports/{imported.pk}/apply/")
    address = f"/imports/{imported.pk}/"
    first = desk.get(f"{address}?v=", headers=HTMX).content.decode()
    assert "<html" not in first
    assert desk.get(f"{address}?v=running-2", headers=HTMX).status_code == 204
    imports.finish(imported)
    assert desk.get(f"{address}?v=running-2", headers=HTMX)["HX-Redirect"] == address


def test_it_is_stopped_and_goes_on(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    for verb in ("apply", "stop"):
        desk.post(f"/imports/{imported.pk}/{verb}/")
    assert "Import 2 products" in page(desk, imported)


def test_after_a_stop_what_is_in_counts_no_more(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    desk.post(f"/imports/{imported.pk}/apply/")
    imported.rows.filter(sku="MUG-1").update(done=True)
    desk.post(f"/imports/{imported.pk}/stop/")
    rows = page(desk, imported)
    assert "Import 1 product<" in rows
    assert rows.count("<td>Made</td>") == 1


def test_a_check_whose_files_are_gone_asks_for_them_again(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    Import.objects.update(expires_at=timezone.now())
    imports.forget_expired()
    shown = page(desk, imported)
    assert "The files of this import are gone" in shown
    assert "Import 2 products" not in shown
    desk.post(f"/imports/{imported.pk}/apply/")
    assert Import.objects.get().state == "draft"


def test_an_import_that_found_no_room_says_so_beside_its_button(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    Import.objects.update(failure="disk_full")
    shown = page(desk, imported)
    assert "disk is full" in shown
    assert "Import 2 products" in shown


def test_a_list_without_a_header_keeps_its_first_line(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand, "MUG-1,Mug,mug.jpg\nCUP-2,Cup,cup.jpg\n")
    address = f"/imports/{imported.pk}/mapping/"
    shown = desk.get(address).content.decode()
    assert "The first line is data" in shown
    assert "Column 1: MUG-1, CUP-2" in shown
    desk.post(address, {"sku": "0", "name": "1", "headless": "on"})
    imports.finish(imported)
    assert [(row.number, row.sku, row.name) for row in imported.rows.all()] == [
        (1, "MUG-1", "Mug"),
        (2, "CUP-2", "Cup"),
    ]
    desk.post(address, {"sku": "0", "name": "1"})
    imports.finish(imported)
    assert [row.sku for row in imported.rows.all()] == ["CUP-2"]
    assert "The first line is data" in desk.get(address).content.decode(), "and back again"


def test_a_list_of_one_line_that_is_data_comes_in(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand, "Mug,MUG-1,mug.jpg\n")
    address = f"/imports/{imported.pk}/mapping/"
    shown = desk.get(address).content.decode()
    assert "1 line, and no line with names above them" not in shown
    assert '<option value="1" selected>Column 2: MUG-1</option>' in shown
    desk.post(address, {"sku": "1", "name": "0", "headless": "on"})
    imports.finish(imported)
    assert [(row.sku, row.name) for row in imported.rows.all()] == [("MUG-1", "Mug")]
    assert "The list has no rows" in desk.post(address, {"sku": "1"}, follow=True).content.decode()


def test_a_list_with_a_header_is_not_asked_about_it(desk: Client, brand: Brand) -> None:
    imported = begun(desk, brand)
    assert "The first line is data" not in desk.get(f"/imports/{imported.pk}/mapping/").content.decode()


def test_the_same_again_has_nothing_to_import(desk: Client, brand: Brand) -> None:
    text = "SKU,name,file\nMUG-1,Mug,mug.jpg\n"
    first = walked(desk, brand, text)
    imports.apply(first)
    imports.finish(first)
    assert "everything is here already" in page(desk, walked(desk, brand, text))


def test_a_deleted_import_is_gone(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    assert desk.post(f"/imports/{imported.pk}/delete/")["Location"] == f"/b/{brand.slug}/imports/"
    assert desk.get(f"/imports/{imported.pk}/").status_code == 404
    assert files() == []


def test_the_products_page_leads_there_whoever_may(
    desk: Client, brand: Brand, sign_in: SignIn, viewer: User
) -> None:
    link = f'href="/b/{brand.slug}/imports/"'
    assert link in desk.get(f"/b/{brand.slug}/products/").content.decode()
    assert link not in sign_in(viewer).get(f"/b/{brand.slug}/products/").content.decode()
    assert 'aria-current="true"' in desk.get(f"/b/{brand.slug}/imports/").content.decode()


def test_the_pages_stay_light(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand)
    assert weight(desk, f"/b/{brand.slug}/imports/") < LIMIT
    assert weight(desk, f"/imports/{imported.pk}/") < LIMIT
