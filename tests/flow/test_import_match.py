"""Which picture is whose: by the list's words, by names and folders, whatever the case of a SKU."""

from studio.flow import import_match, imports
from studio.flow.bundle import Entry
from studio.flow.import_plan import Wanted
from studio.messages import say
from studio.models import Brand, ImportRow
from tests import cast
from tests.archives import packed
from tests.flow.importing import checked, done, shot, verdicts

# --- Which file is meant ----------------------------------------------------------------------------


def matched(brand: Brand, sources: dict[str, str], *paths: str) -> dict[str, str]:
    """For each SKU the file that it got, or why it got none."""
    data = packed({path: shot(number) for number, path in enumerate(paths)})
    lines = "".join(f"{sku},{source}\n" for sku, source in sources.items())
    files = checked(brand, text=f"SKU,file\n{lines}", archive=data).files.exclude(row=None)
    return {file.row.sku: file.reason or file.name for file in files if file.row}


def test_the_very_path_goes_before_a_file_of_the_same_name(brand: Brand) -> None:
    assert matched(brand, {"A": "1.jpg"}, "shoot/red/1.jpg", "1.jpg") == {"A": "1.jpg"}
    assert matched(brand, {"A": "1.png"}, "1.png.jpg", "1.png") == {"A": "1.png"}


def test_folders_around_the_lists_own_do_not_matter(brand: Brand) -> None:
    found = matched(brand, {"RED": "red/1.jpg", "BLUE": "blue/1"}, "shoot/red/1.jpg", "shoot/blue/1.jpg")
    assert found == {"RED": "shoot/red/1.jpg", "BLUE": "shoot/blue/1.jpg"}
    assert matched(brand, {"A": "C:\\shots\\red\\1.jpg"}, "red/1.jpg") == {"A": "red/1.jpg"}


def test_a_file_of_another_folder_is_another_picture(brand: Brand) -> None:
    found = matched(brand, {"RED": "red/1.jpg", "BLUE": "blue/1.jpg"}, "blue/1.jpg")
    assert found == {"RED": "source_elsewhere", "BLUE": "blue/1.jpg"}
    flat = matched(brand, {"RED": "red/1.jpg", "BLUE": "blue/1.jpg"}, "1.jpg")
    assert flat == {"RED": "source_elsewhere", "BLUE": "source_elsewhere"}
    assert matched(brand, {"A": "d/1.jpg"}, "red/1.jpg") == {"A": "source_elsewhere"}, "not by its letters"


def test_a_name_that_may_mean_several_files_is_told_with_them(brand: Brand) -> None:
    data = packed({f"{folder}/1.jpg": shot(number) for number, folder in enumerate("abcde")})
    row = checked(brand, text="SKU,file\nMUG,1.jpg\n", archive=data).rows.get()
    assert say(row.reason, **row.values).sentence == (
        "The archive has several 1.jpg. It may be a/1.jpg, b/1.jpg, c/1.jpg or others. "
        "Write the whole path, with its folders and its ending."
    )


def test_many_files_of_one_name_are_told_apart_quickly(brand: Brand) -> None:
    """As many as an archive may hold, each named by its folder."""
    entries = [Entry(number, f"shoot/{number}/1.jpg", 9) for number in range(20_000)]
    rows = [Wanted(ImportRow(number=number), [f"{number}/1.jpg"]) for number in range(20_000)]
    found = import_match.files(rows, entries, archive=True, listed=True)
    assert [file.entry for file in found] == list(range(20_000))
    unclear = [Wanted(ImportRow(number=number), ["1.jpg"]) for number in range(20_000)]
    found = import_match.files(unclear, entries, archive=True, listed=True)
    assert {file.reason for file in found} == {"source_unclear", "file_unmatched"}


# --- Without a list ---------------------------------------------------------------------------------


def products(brand: Brand, *paths: str) -> dict[str, int]:
    """The SKUs that come of files of these names, and how many packshots each has."""
    imported = done(brand, archive=packed({path: shot(number) for number, path in enumerate(paths)}))
    assert imported.state == "done"
    return {product.sku: product.packshots.count() for product in brand.products.order_by("pk")}


def test_where_names_come_again_in_every_folder_the_folder_is_the_product(brand: Brand) -> None:
    paths = (
        "shoot/MUG/front.jpg",
        "shoot/MUG/back.jpg",
        "shoot/VASE/front.jpg",
        "shoot/JAR/x.jpg",
        "shoot/LAMP.jpg",
    )
    assert products(brand, *paths) == {"MUG": 2, "VASE": 1, "JAR": 1, "LAMP": 1}


def test_folders_of_products_may_lie_in_folders_and_hold_some(brand: Brand) -> None:
    paths = ("cups/C-1/front.jpg", "cups/C-2/front.jpg", "vases/V-1/front.jpg", "vases/V-1/near/rim.jpg")
    assert products(brand, *paths) == {"C-1": 1, "C-2": 1, "V-1": 2}


def test_a_folder_around_all_files_is_no_product(brand: Brand) -> None:
    assert products(brand, "shoot/MUG-1.jpg", "shoot/MUG-1_2.jpg", "more/CUP-2.jpg") == {
        "MUG-1": 2,
        "CUP-2": 1,
    }


def test_the_same_folders_again_are_unchanged(brand: Brand) -> None:
    data = packed({"MUG/front.jpg": shot(0), "VASE/front.jpg": shot(1)})
    done(brand, archive=data)
    assert verdicts(checked(brand, archive=data)) == {"MUG": "unchanged", "VASE": "unchanged"}


# --- The case of SKUs -------------------------------------------------------------------------------


def test_a_sku_in_another_case_is_the_product_that_is_here(brand: Brand) -> None:
    cast.product(brand, "ABC-1", name="Mug")
    cast.product(brand, "ÖL-2", name="Oil")
    imported = done(brand, text="SKU,name\nabc-1,Cup\nöl-2,Oil\n")
    assert verdicts(imported) == {"abc-1": "changed", "öl-2": "unchanged"}
    assert sorted(brand.products.values_list("sku", "name")) == [("ABC-1", "Cup"), ("ÖL-2", "Oil")]


def test_lines_and_files_in_another_case_are_of_one_product(brand: Brand) -> None:
    done(
        brand,
        text="SKU,name,file\nMUG-1,Mug,a.jpg\nmug-1,,b.jpg\n",
        archive=packed({"a.jpg": shot(0), "b.jpg": shot(1)}),
    )
    assert [product.packshots.count() for product in brand.products.all()] == [2]
    assert products(cast.brand("Halden"), "CUP-1.jpg", "cup-1_2.JPG") == {"CUP-1": 2}


def test_twins_of_old_are_told_apart_by_their_very_spelling(brand: Brand) -> None:
    for sku in ("ABC-1", "abc-1"):
        cast.product(brand, sku, name="Mug")
    imported = checked(brand, text="SKU,name\nABC-1,Mug\nAbc-1,Mug\n")
    assert verdicts(imported) == {"ABC-1": "unchanged"}
    assert verdicts(checked(brand, text="SKU,name\nAbc-1,Mug\n")) == {"Abc-1": "row_sku_unclear"}


def test_a_product_that_came_since_the_check_gets_no_twin(brand: Brand) -> None:
    imported = checked(brand, text="SKU,name\nabc-1,Cup\nöl-2,Olive oil\n")
    cast.product(brand, "ABC-1", name="Mug")
    cast.product(brand, "ÖL-2", name="Oil")
    imports.apply(imported)
    imports.finish(imported)
    assert set(brand.products.values_list("sku", "name")) == {("ABC-1", "Mug"), ("ÖL-2", "Oil")}
