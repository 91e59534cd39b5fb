"""What an import tells of its outcome, on the page and in the list that comes back to be mended."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from studio.flow import imports
from studio.models import Brand, User
from tests.web.importing import TEXT, begun, figures, page, walked

SignIn = Callable[[User], Client]


@pytest.fixture
def desk(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def test_the_sample_is_a_list_that_comes_in(desk: Client, brand: Brand) -> None:
    answer = desk.get(f"/b/{brand.slug}/imports/sample.csv")
    data = b"".join(answer)  # type: ignore[arg-type]
    assert data.startswith(b"\xef\xbb\xbfSKU,name,description,file")
    assert 'filename="studio-sample-products.csv"' in answer["Content-Disposition"], "nobody's own list"
    imported = begun(desk, brand, data.decode())
    assert imported.mapping == {"sku": 0, "name": 1, "description": 2, "source": 3}
    imports.check(imported)
    imports.finish(imported)
    imports.apply(imported)
    imports.finish(imported)
    assert [row.verdict for row in imported.rows.all()] == ["new"] * 3
    assert not imports.troubled(imported).exists()


def test_rows_left_out_go_as_a_list_that_can_be_mended(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand, TEXT + "VASE;Vase;no.jpg|https://127.0.0.1/x.jpg|ftp://x\n=1+1;;no.jpg\n")
    answer = desk.get(f"/imports/{imported.pk}/problems.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["SKU", "name", "description", "file", "problem"]
    assert rows[1][:2] == ["", "Nameless"]
    assert rows[1][4].startswith("There is no SKU.")
    assert [row[:4] for row in rows[2:4]] == [["VASE", "Vase", "", "no.jpg"], ["VASE", "", "", "ftp://x"]]
    assert rows[2][4].startswith("The archive has no no.jpg.")
    assert rows[3][4].startswith("This address cannot be fetched.")
    assert rows[4][0] == "'=1+1"
    again = walked(desk, brand, text)
    assert [row.sku for row in again.rows.all()] == ["", "VASE", "=1+1"]


def test_what_came_in_whole_is_not_to_be_mended(desk: Client, brand: Brand) -> None:
    lines = "MUG-1;Mug;mug.jpg|no.jpg\nCUP-2;Cup;cup.jpg\nJAR-3;Jar;\n"
    imported = walked(desk, brand, f"SKU;name;file\n{lines}")
    for act in (imports.apply, imports.finish):
        act(imported)
    text = b"".join(desk.get(f"/imports/{imported.pk}/problems.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[:4] for row in rows] == [["MUG-1", "Mug", "", "no.jpg"]]
    assert "The archive has no no.jpg" in rows[0][4]


def test_the_page_tells_products_packshots_and_rows_apart(desk: Client, brand: Brand) -> None:
    lines = "MUG-1;Mug;mug.jpg|no.jpg\nCUP-2;Cup;cup.jpg\n;Nameless;\n"
    imported = walked(desk, brand, f"SKU;name;file\n{lines}")
    assert figures(desk, imported) == {
        "new": 2, "changed": 0, "unchanged": 0, "to come": 2, "here already": 0, "failed": 1, "left out": 1,
    }  # fmt: skip
    shown = page(desk, imported)
    assert "1 row is left out. 1 packshot cannot come; its row says why." in shown
    assert "MUG-1" in page(desk, imported, "?verdict=failed")
    assert "CUP-2" not in page(desk, imported, "?verdict=failed")
    imports.apply(imported)
    imports.finish(imported)
    assert figures(desk, imported) == {
        "made": 2, "changed": 0, "unchanged": 0, "came": 2, "here already": 0, "failed": 1, "left out": 1,
    }  # fmt: skip
    assert "1 row was left out. 1 packshot failed; its row says why." in page(desk, imported)
    again = walked(desk, brand, f"SKU;name;file\n{lines}")
    assert figures(desk, again)["unchanged"] == 2
    assert "Nothing to import.</b> The rows say why." in page(desk, again)


def test_what_failed_alone_is_offered_to_be_tried_again(desk: Client, brand: Brand) -> None:
    text = "SKU;name;file\nMUG-1;Mug;https://127.0.0.1/x.jpg\n"
    first = walked(desk, brand, text)
    imports.apply(first)
    imports.finish(first)
    assert "Made, without a packshot" in page(desk, first)
    shown = page(desk, walked(desk, brand, text))
    assert "Try 1 packshot again" in shown
    assert "Unchanged; what failed before is tried again" in shown


def test_a_row_left_out_comes_back_as_long_as_it_was_typed(desk: Client, brand: Brand) -> None:
    many = "".join(f"MANY;;;{number}.jpg\n" for number in range(60))
    long = f"{'S' * 90};Mug;;\nCUP;{'n' * 130};;\nJAR;;{'d' * 2500};x.jpg|y.jpg\n"
    imported = begun(desk, brand, f"SKU;name;description;file\n{long}{many}")
    imports.check(imported)
    imports.finish(imported)
    text = b"".join(desk.get(f"/imports/{imported.pk}/problems.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert rows[0][:2] == ["S" * 90, "Mug"]
    assert rows[1][:2] == ["CUP", "n" * 130]
    assert [row[2:4] for row in rows[2:4]] == [["d" * 2500, "x.jpg"], ["", "y.jpg"]]
    assert [row[3] for row in rows[4:]] == [f"{number}.jpg" for number in range(60)]
