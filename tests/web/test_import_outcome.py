"""What an import tells of its outcome, on the page and in the list that comes back to be mended."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from studio.flow import imports
from studio.models import Brand, User
from tests.web.importing import TEXT, begun, walked

SignIn = Callable[[User], Client]


@pytest.fixture
def desk(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def test_the_sample_is_a_list_that_comes_in(desk: Client, brand: Brand) -> None:
    answer = desk.get(f"/b/{brand.slug}/imports/sample.csv")
    data = b"".join(answer)  # type: ignore[arg-type]
    assert data.startswith(b"\xef\xbb\xbfSKU,name,description,file")
    imported = begun(desk, brand, data.decode())
    assert imported.mapping == {"sku": 0, "name": 1, "description": 2, "source": 3}


def test_rows_left_out_go_as_a_list_that_can_be_mended(desk: Client, brand: Brand) -> None:
    imported = walked(desk, brand, TEXT + "VASE;Vase;no.jpg|https://127.0.0.1/x.jpg|ftp://x\n=1+1;;no.jpg\n")
    answer = desk.get(f"/imports/{imported.pk}/problems.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["SKU", "name", "description", "file", "problem"]
    assert rows[1][:2] == ["", "Nameless"]
    assert rows[1][4].startswith("There is no SKU.")
    assert [row[3] for row in rows[2:5]] == ["no.jpg", "https://127.0.0.1/x.jpg", "ftp://x"]
    assert rows[5][0] == "'=1+1"
    again = walked(desk, brand, text)
    assert [row.sku for row in again.rows.all()] == ["", "VASE", "=1+1"]


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
