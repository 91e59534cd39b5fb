"""Hundreds of products come in: planned, checked without changing anything, done, done again to no effect."""

import io
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from studio.flow import imports, intake, janitor
from studio.imaging.errors import Refused
from studio.models import Brand, Import, ImportFile, ImportRow, Packshot, Product, User
from tests import cast
from tests.archives import packed
from tests.flow.importing import TEXT, archive, checked, done, given, left_out, shot, verdicts
from tests.stores import age, files

# --- A list and an archive ------------------------------------------------------------------------


def test_the_dry_run_gives_every_row_a_verdict_and_changes_nothing(brand: Brand) -> None:
    cast.product(brand, "CUP-2", name="Cup", description="As it was")
    imported = checked(brand, text=TEXT, archive=archive())
    assert imported.state == "checked"
    assert verdicts(imported) == {"MUG-1": "new", "CUP-2": "changed", "JAR-3": "new"}
    assert imported.rows.get(sku="CUP-2").changes == ["packshots"]
    assert (Product.objects.count(), Packshot.objects.count()) == (1, 0)


def test_products_and_packshots_come_in(brand: Brand, marketer: User) -> None:
    imported = done(brand, text=TEXT, archive=archive(), person=marketer)
    assert imported.state == "done"
    mug, jar = Product.objects.get(sku="MUG-1"), Product.objects.get(sku="JAR-3")
    assert (mug.name, mug.description, mug.created_by) == ("Mug", "Stoneware", marketer)
    assert [shot.file_name for shot in mug.packshots.all()] == ["mug.jpg"]
    assert [shot.file_name for shot in jar.packshots.all()] == ["JAR-3.jpg", "jar-3_2.jpg"]
    assert imports.counts(imported)["open"] == 0


def test_the_same_import_again_is_unchanged_and_makes_nothing(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    before = list(Packshot.objects.values_list("pk", flat=True))
    again = done(brand, text=TEXT, archive=archive())
    assert set(verdicts(again).values()) == {"unchanged"}
    assert list(Packshot.objects.values_list("pk", flat=True)) == before
    assert Product.objects.count() == 3


def test_without_the_archive_the_same_list_is_unchanged_too(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    assert set(verdicts(checked(brand, text=TEXT)).values()) == {"unchanged"}


def test_only_what_a_row_says_is_changed(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    done(brand, text="SKU,name,description\nMUG-1,,Porcelain\nCUP-2,Big cup,\n")
    mug, cup = Product.objects.get(sku="MUG-1"), Product.objects.get(sku="CUP-2")
    assert (mug.name, mug.description) == ("Mug", "Porcelain")
    assert cup.name == "Big cup"


def test_an_archive_alone_makes_products_by_file_name(brand: Brand) -> None:
    data = packed({"x/MUG-1.jpg": shot(0), "MUG-1_2.jpg": shot(1), "CUP-2.jpg": b"hello"})
    imported = done(brand, archive=data)
    assert verdicts(imported) == {"MUG-1": "new", "CUP-2": "not_an_image"}
    assert Product.objects.get().packshots.count() == 2


STRAYS = {
    "notes.txt": b"To be mended",
    "MUG-1.txt": b"",
    "MUG-1/prices.xlsx": packed({"[Content_Types].xml": b"x"}),
    "README": b"Shot in May",
    "sheet.pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("text", ["", "SKU\nMUG-1\nREADME\n"])
def test_what_is_no_picture_is_ignored_and_said_so(brand: Brand, text: str) -> None:
    imported = checked(brand, text=text, archive=packed(STRAYS | {"MUG-1": shot(0)}))
    assert imported.rows.get(sku="MUG-1").files.get().name == "MUG-1", "a picture without an ending is one"
    assert left_out(imported) == dict.fromkeys(STRAYS, "entry_stray")
    assert not imported.rows.exclude(reason="").exists()


def test_what_the_list_names_is_no_stray(brand: Brand) -> None:
    text = "SKU,file\nA,notes.txt\nB,sheet.pdf\nC,MUG-1.txt\n"
    found = verdicts(checked(brand, text=text, archive=packed(STRAYS)))
    assert found == {"A": "not_an_image", "B": "format_refused", "C": "empty"}


def test_a_picture_that_is_not_taken_is_no_stray(brand: Brand) -> None:
    imported = checked(brand, archive=packed({"MUG.gif": b"GIF89a", "CUP.svg": b"<svg/>"}))
    assert verdicts(imported) == {"MUG": "format_refused", "CUP": "format_refused"}


def test_a_folder_named_by_the_sku_holds_its_packshots(brand: Brand) -> None:
    data = packed({"all/MUG-1/front.jpg": shot(0), "all/MUG-1/back.jpg": shot(1), "all/other.jpg": shot(2)})
    imported = done(brand, text="SKU\nMUG-1\n", archive=data)
    assert Product.objects.get().packshots.count() == 2
    assert left_out(imported) == {"all/other.jpg": "file_unmatched"}


def test_several_lines_of_a_sku_are_several_packshots(brand: Brand) -> None:
    text = (
        "Handle,Title,Body (HTML),Variant SKU,Image Src\n"
        "mug,Mug,<p>Red &amp; round</p><p>Heavy</p>,MUG-1,a.jpg\n"
        "mug,,,,b.jpg\n"
        "mug,,,MUG-1,c.jpg\n"
    ).replace("Handle", "Group")
    imported = done(brand, text=text, archive=packed({f"{n}.jpg": shot(i) for i, n in enumerate("abc")}))
    product = Product.objects.get()
    assert product.description == "Red & round\nHeavy"
    assert [one.file_name for one in product.packshots.all()] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [(row.number, row.lines) for row in imported.rows.all()] == [(2, 3)]


def test_lines_that_contradict_are_named_with_both_values(brand: Brand) -> None:
    imported = checked(brand, text="SKU,name\nMUG-1,Mug\nMUG-1,Cup\nMUG-1,Mug\n")
    problem = imported.rows.get(number=3)
    assert problem.reason == "row_contradicts"
    assert problem.values == {"line": 2, "sku": "MUG-1", "field": "name", "other": "Mug", "value": "Cup"}
    assert imported.rows.get(number=2).verdict == "new"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Mug,,", "row_no_sku"),
        ("S" * 81 + ",Mug,,", "row_sku_long"),
        ("MUG," + "n" * 121 + ",,", "row_name_long"),
        ("MUG,Mug," + "d" * 2001 + ",", "row_description_long"),
        ("MUG,Mug,,missing.jpg", "source_missing"),
        ("MUG,Mug,,twice.jpg", "source_unclear"),
        ("MUG,Mug,,text.jpg", "not_an_image"),
        ("MUG,Mug,,http://example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,ftp://example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,https://user:secret@example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,data:image/png;base64", "address_odd"),
        ("MUG,Mug,,../good.jpg", "source_missing"),
    ],
)
def test_a_row_that_cannot_be_has_a_reason_and_stays_out(brand: Brand, line: str, code: str) -> None:
    data = packed({"a/twice.jpg": shot(0), "b/twice.jpg": shot(1), "text.jpg": b"text", "Fine.jpg": shot(2)})
    imported = done(brand, text=f"SKU,name,description,file\n{line}\nFINE,Fine,,fine.jpg\n", archive=data)
    assert imported.rows.get(number=2).reason == code
    assert [product.sku for product in Product.objects.all()] == ["FINE"]


def test_rows_without_an_archive_are_told_what_is_missing(brand: Brand) -> None:
    assert verdicts(checked(brand, text=TEXT)) == {
        "MUG-1": "source_not_here", "CUP-2": "source_not_here", "JAR-3": "new",
    }  # fmt: skip


def test_one_picture_cannot_belong_to_two_products(brand: Brand) -> None:
    text = "SKU,file\nA,a.jpg\nB,b.jpg\nC,a.jpg\n"
    imported = checked(brand, text=text, archive=packed({"a.jpg": shot(0), "b.jpg": shot(0)}))
    assert verdicts(imported) == {"A": "new", "B": "file_same_here", "C": "source_taken"}
    assert imported.rows.get(sku="B").values == {"file": "a.jpg", "sku": "A"}


def test_a_picture_that_a_check_alone_refused_was_not_tried_before(brand: Brand) -> None:
    for sku in ("A", "B"):
        cast.product(brand, sku)
    checked(brand, archive=packed({"A.jpg": shot(0), "B.jpg": shot(0)}))
    mended = checked(brand, archive=packed({"B.jpg": shot(0)}))
    assert verdicts(mended) == {"B": "changed"}
    assert imports.packshots(mended)["again"] == 0


def test_a_row_that_is_left_out_keeps_no_picture_from_another(brand: Brand) -> None:
    for sku in ("Abc-1", "aBc-1"):
        cast.product(brand, sku)
    data = packed({"one.jpg": shot(0), "two.jpg": shot(0)})
    imported = checked(brand, text="SKU,file\nABC-1,one.jpg\nZ-9,two.jpg\n", archive=data)
    assert verdicts(imported) == {"ABC-1": "row_sku_unclear", "Z-9": "new"}


def test_a_packshot_that_is_somebody_elses_is_counted_although_its_row_comes_in(brand: Brand) -> None:
    text = "SKU,file\nA,a.jpg\nB,b.jpg|c.jpg\n"
    data = packed({"a.jpg": shot(0), "b.jpg": shot(1), "c.jpg": shot(0)})
    imported = checked(brand, text=text, archive=data)
    assert verdicts(imported) == {"A": "new", "B": "new"}
    assert imports.packshots(imported) == {"came": 0, "open": 2, "again": 0, "here": 0, "failed": 1}
    assert [row.sku for row in imports.troubled(imported)] == ["B"]


def test_a_picture_that_a_row_names_twice_comes_and_counts_once(brand: Brand) -> None:
    data = packed({"a.jpg": shot(0), "copy.jpg": shot(0)})
    imported = checked(brand, text="SKU,file\nA,a.jpg|copy.jpg\n", archive=data)
    expected = {"came": 0, "open": 1, "again": 0, "here": 0, "failed": 0}
    assert imports.packshots(imported) == expected
    imports.apply(imported)
    imports.finish(imported)
    assert imports.packshots(imported) == expected | {"came": 1, "open": 0}
    again = checked(brand, text="SKU,file\nA,a.jpg|copy.jpg\n", archive=data)
    assert imports.packshots(again) == expected | {"open": 0, "here": 1}


def test_a_picture_of_another_product_is_said_to_be_there(brand: Brand) -> None:
    intake.receive(brand, None, "OLD.jpg", shot(0))
    imported = checked(brand, text="SKU,file\nNEW,a.jpg\n", archive=packed({"a.jpg": shot(0)}))
    assert imported.rows.get().values == {"sku": "OLD"}


def test_nothing_of_another_brand_is_seen(brand: Brand) -> None:
    other = cast.brand("Halden")
    intake.receive(other, None, "MUG-1.jpg", shot(0))
    imported = done(brand, text=TEXT, archive=archive())
    assert set(verdicts(imported).values()) == {"new"}
    assert other.products.get().name == "MUG-1"


# --- What is kept ---------------------------------------------------------------------------------


def test_its_files_go_when_all_is_in(brand: Brand) -> None:
    imported = done(brand, text=TEXT, archive=archive())
    assert (imported.table, imported.archive) == ("", "")
    assert not [key for key in files() if key.startswith("imports/")]


def test_with_problems_the_files_stay_for_a_while(brand: Brand) -> None:
    imported = done(brand, text=TEXT + ",nameless,,\n", archive=archive())
    age(*files())
    janitor.sweep()
    imports.forget_expired()
    assert len([key for key in files() if key.startswith("imports/")]) == 2
    Import.objects.update(expires_at=timezone.now())
    imports.forget_expired()
    assert not [key for key in files() if key.startswith("imports/")]
    assert imported.rows.count() == 4


def test_archives_that_are_kept_count_towards_the_room_of_their_brand(
    brand: Brand, settings: LazySettings
) -> None:
    settings.BRAND_BYTES = len(archive()) * 3 // 2
    first, before = given(brand, archive=archive()), files()
    with pytest.raises(Refused, match="brand_archives"):
        given(brand, archive=archive())
    assert files() == before
    imports.give(first, ContentFile(archive(), "again.zip"))
    assert len(files()) == len(before), "it gives way to itself"
    imports.delete(first)
    assert given(brand, archive=archive()).archive


def test_an_archive_finds_no_room_in_a_brand_full_of_packshots(brand: Brand, settings: LazySettings) -> None:
    intake.receive(brand, None, "MUG.jpg", shot(0))
    settings.BRAND_BYTES = len(shot(0)) + len(archive()) - 1
    with pytest.raises(Refused, match="brand_archives"):
        given(brand, archive=archive())
    assert given(cast.brand("Halden"), archive=archive()).archive, "each has its own room"
    settings.BRAND_BYTES += 1
    assert given(brand, archive=archive()).archive


def test_a_mended_list_finds_the_archive_still_there(brand: Brand) -> None:
    imported = done(brand, text="SKU,file\n,mug.jpg\n", archive=archive())
    imports.give(imported, ContentFile(b"SKU,file\nMUG-1,mug.jpg\n", "mended.csv"))
    imports.check(imported)
    imports.finish(imported)
    assert verdicts(imported) == {"MUG-1": "new"}


def test_an_archive_that_is_gone_is_said_so(brand: Brand) -> None:
    imported = given(brand, text=TEXT, archive=archive())
    default_storage.delete(imported.archive)
    imports.check(imported)
    imports.finish(imported)
    imported.refresh_from_db()
    assert (imported.state, imported.failure) == ("draft", "archive_gone")


def test_a_deleted_import_leaves_its_products(brand: Brand) -> None:
    imported = done(brand, text=TEXT + ",nameless,,\n", archive=archive())
    imports.delete(imported)
    assert Product.objects.count() == 3
    assert not ImportRow.objects.exists()
    assert not [key for key in files() if key.startswith("imports/")]


# --- Many -----------------------------------------------------------------------------------------


def test_a_long_list_is_checked_in_few_questions(
    brand: Brand, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    lines = "".join(f"SKU-{number},Product {number},,\n" for number in range(3000))
    imported = given(brand, text=f"SKU,name,description,file\n{lines}")
    imports.check(imported)
    with django_assert_max_num_queries(130):  # type: ignore[attr-defined]
        imports.finish(imported)
    assert imports.counts(imported)["new"] == 3000


def test_an_import_of_the_largest_size_is_checked(brand: Brand) -> None:
    lines = "".join(f"S{number}\n" for number in range(20_000))
    assert imports.counts(checked(brand, text=f"SKU\n{lines}"))["all"] == 20_000


def test_a_file_of_the_archive_is_named_whether_or_not_rows_want_it(brand: Brand) -> None:
    imported = checked(brand, text="SKU\nA\n", archive=packed({"b.jpg": shot(0), "A.gif": b"GIF89a"}))
    assert left_out(imported) == {"b.jpg": "file_unmatched", "A.gif": "format_refused"}
    assert ImportFile.objects.filter(row=None).count() == 1


def test_io_of_a_large_archive_is_by_pieces(brand: Brand) -> None:
    """The archive is moved into storage, not copied through memory."""
    imported = imports.begin(brand, None)

    class Pieces(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            assert len(data) <= 1_000_000
            return data

    imports.give(imported, File(Pieces(packed({"a.jpg": bytes(3_000_000)})), "a.zip"))
    assert imported.archive_files == 1


def test_a_cell_of_blanks_or_of_brackets_is_a_cell_like_any_other(brand: Brand) -> None:
    blanks, brackets = "a" + " " * 90_000 + "b", "<" * 200 + "a>" * 200
    imported = checked(brand, text=f'SKU,description,file\nA,"{brackets}",x.jpg\nB,,"{blanks}"\n')
    assert verdicts(imported) == {"A": "source_not_here", "B": "source_not_here"}


def test_a_product_has_fifty_pictures_at_most(brand: Brand) -> None:
    many = "".join(f"A,{number}.jpg\n" for number in range(51))
    told = checked(brand, text="SKU,file\n" + many + "B," + "|".join(map(str, range(60))) + "\n")
    assert verdicts(told) == {"A": "row_sources_many", "B": "row_sources_many"}


def test_what_was_typed_after_the_check_stays(brand: Brand) -> None:
    product = cast.product(brand, "MUG-1", name="Mug")
    imported = checked(brand, text="SKU,name,file\nMUG-1,Mug,mug.jpg\n", archive=packed({"mug.jpg": shot(0)}))
    Product.objects.update(name="Speckled mug")
    imports.apply(imported)
    imports.finish(imported)
    product.refresh_from_db()
    assert (product.name, product.packshots.count()) == ("Speckled mug", 1)


@pytest.mark.parametrize(
    ("name", "description", "verdict", "then"),
    [
        ("", "", "changed", ("Mug", "Blue stoneware")),
        ("Beaker", "", "changed", ("Beaker", "Blue stoneware")),
        ("Beaker", "Red", "unchanged", ("Beaker", "Red")),
    ],
)
def test_a_product_that_came_since_the_check_is_told_what_nobody_said_of_it(
    brand: Brand, name: str, description: str, verdict: str, then: tuple[str, str]
) -> None:
    imported = checked(brand, text="SKU,name,description\nA-1,Mug,Blue stoneware\n")
    intake.receive(brand, None, "A-1.jpg", shot(0))
    if name:
        Product.objects.filter(sku="A-1").update(name=name, description=description)
    imports.apply(imported)
    imports.finish(imported)
    assert verdicts(imported) == {"A-1": verdict}
    assert Product.objects.values_list("name", "description").get() == then
