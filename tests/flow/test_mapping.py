"""Which column is what, guessed from the names that others give them."""

import pytest

from studio.flow import mapping, table
from studio.imaging.errors import Refused


def listed(header: str, *rows: str) -> table.Table:
    return table.read("\n".join([header, *(rows or ["x"])]).encode())


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("SKU,name,description,file", ["SKU", "name", "description", "file"]),
        ("Artikelnummer;Bezeichnung;Beschreibung;Bilddatei",
         ["Artikelnummer", "Bezeichnung", "Beschreibung", "Bilddatei"]),
        ("Référence;Désignation;Descriptif;Fichier", ["Référence", "Désignation", "Descriptif", "Fichier"]),
        ("Handle,Title,Body (HTML),Vendor,Variant SKU,Image Src,Image Position",
         ["Variant SKU", "Title", "Body (HTML)", "Image Src"]),
        ("item_sku,item_name,product_description,main_image_url",
         ["item_sku", "item_name", "product_description", "main_image_url"]),
        ("ID,SKU,Name,Short description,Images", ["SKU", "Name", "Short description", "Images"]),
        ("Colour,Size", []),
    ],
)  # fmt: skip
def test_the_names_of_shops_and_languages_are_known(header: str, found: list[str]) -> None:
    read = listed(header)
    assert [read.header[column] for column in mapping.guess(read).values()] == found


def test_a_column_full_of_file_names_is_found_whatever_it_is_called() -> None:
    read = listed("SKU,Zeugs,Ablage", "A,red,a.JPG", "B,blue,b.jpg", "C,,https://example.com/c")
    assert mapping.guess(read) == {"sku": 0, "source": 2}


@pytest.mark.parametrize(
    ("first", "below", "data"),
    [
        ("MUG-1,Mug,red", ["CUP-2,Cup,blue", "JAR-13,Jar,"], True),
        ("Mug,mug.jpg", ["Cup,cup.jpg"], True),
        ("https://example.com/a.jpg,Mug", ["https://example.com/b.jpg,Cup"], True),
        ("4006381333931;1", ["4006381333948;2"], True),
        ("SKU,Mug", ["A,B"], False),
        ("SKU,file1.jpg", ["A,B"], False),
        ("Colour,Size", ["red,S", "blue,M"], False),
        ("Spalte1;Spalte2", ["MUG-1;Mug", "CUP-2;Cup"], False),
        ("Size 38,Size 40", ["yes,no", ",no"], False),
    ],
)
def test_a_first_line_that_looks_like_the_others_is_data(first: str, below: list[str], data: bool) -> None:
    assert mapping.is_data(listed(first, *below)) is data


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("MUG-1,Speckled mug", True),
        ("MUG0114;Mug", True),
        ("4006381333931,Pen", True),
        ("Mug,https://example.com/mug.jpg", True),
        ("SKU,MUG-1", False),
        ("Zeugs,Ablage", False),
        ("Spalte1,Spalte2", False),
        ("Artikel-Bezeichnung,Bild-Datei", False),
    ],
)
def test_a_line_that_stands_alone_is_data_when_it_holds_a_sku_or_a_picture(line: str, data: bool) -> None:
    assert mapping.alone_is_data(table.read(line.encode(), headless=True)) is data


def test_without_a_header_columns_are_guessed_by_what_they_hold() -> None:
    read = table.read(b"Mug,MUG-1,mug.jpg\nCup,CUP-2,cup.jpg\n", headless=True)
    assert mapping.guess(read) == {"source": 2, "sku": 1}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Speckled mug,12.50,MUG-01", 2),
        ("24.12.2026,MUG-01", 1),
        ("2026-12-24,1001", 1),
        ("0.35kg,403.411.01", 1),
        ("250,MUG-01", 1),
        ("4006381333931,Pen", 0),
        ("Pen,12.50", None),
    ],
)
def test_a_price_a_weight_or_a_date_is_not_taken_for_a_sku(line: str, column: int | None) -> None:
    assert mapping.guess(table.read(line.encode(), headless=True)).get("sku") == column


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"name": 1}, "mapping_no_sku"),
        ({"sku": 0, "name": 0}, "mapping_twice"),
        ({"sku": 9}, "mapping_gone"),
        ({"sku": -1}, "mapping_gone"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(chosen: dict[str, int], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        mapping.check(chosen, listed("SKU,name"))
    assert refusal.value.code == code


def test_a_whole_choice_passes() -> None:
    mapping.check({"sku": 1, "name": 0}, listed("name,SKU"))
