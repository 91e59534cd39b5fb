"""Lists as spreadsheets and shops write them: what is read, and the sentence for what is not."""

import pytest

from studio.flow import table
from studio.imaging.errors import Refused
from studio.messages import say

PLAIN = "SKU,name\nMUG-1,Speckled mug\nCUP-2,Grüner Becher\n"


def cells(data: bytes) -> list[tuple[str, ...]]:
    read = table.read(data)
    return [read.header, *(line.cells for line in read.lines)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_list_is_read_however_it_was_saved(encoding: str, delimiter: str, end: str) -> None:
    text = PLAIN.replace(",", delimiter).replace("\n", end)
    assert cells(text.encode(encoding)) == [
        ("SKU", "name"), ("MUG-1", "Speckled mug"), ("CUP-2", "Grüner Becher"),
    ]  # fmt: skip


def test_a_quoted_cell_holds_delimiters_quotes_and_line_breaks() -> None:
    read = table.read(b'SKU;text\r\nA;"one; ""two""\r\nthree"\r\n\r\nB;four\r\n')
    assert [line.cells for line in read.lines] == [("A", 'one; "two"\r\nthree'), ("B", "four")]
    assert [line.number for line in read.lines] == [2, 5]  # as an editor counts them


def test_commas_in_sentences_do_not_hide_the_semicolon() -> None:
    data = b"sku;text\nA;red, round, and heavy\nB;blue, flat, light\n"
    assert cells(data)[1] == ("A", "red, round, and heavy")


def test_a_single_column_is_a_list_too() -> None:
    assert cells(b"SKU\nA\nB\n") == [("SKU",), ("A",), ("B",)]


def test_excels_own_mark_of_the_delimiter_is_no_row() -> None:
    read = table.read(b"sep=;\r\nSKU;name\r\nA;Mug, red\r\n")
    assert read.header == ("SKU", "name")
    assert read.lines[0] == table.Line(3, ("A", "Mug, red"))


def test_without_a_header_every_line_is_a_row() -> None:
    read = table.read(b"A,Mug\nB,Cup\n", headless=True)
    assert read.header == ("", "")
    assert read.lines == (table.Line(1, ("A", "Mug")), table.Line(2, ("B", "Cup")))


def test_short_rows_are_filled_and_long_ones_cut() -> None:
    assert cells(b"SKU,name,text\nA\nB,Mug,red,more,still more\n")[1:] == [
        ("A", "", ""), ("B", "Mug", "red"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table_empty"),
        (b"\n \n,,\n", "table_empty"),
        (b"SKU,name\n", "table_no_rows"),
        (b"SKU,name\nA,\"never closed\nB,b\n", "table_quotes"),
        (b'SKU,name\nA,"closed" and not\n', "table_quotes"),
        (b"PK\x03\x04rest of a workbook", "table_other"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table_other"),
        (b"%PDF-1.7", "table_other"),
        (b"SKU\n\x00\x01\x02", "table_binary"),
        (b"SKU\n\x81\x8d", "table_binary"),
        (b"\xff\xfeS", "table_binary"),
        (b"x" * (table.BYTES + 1), "table_bytes"),
        (b"SKU\n" + b"A\n" * (table.ROWS + 1), "table_rows"),
        (b",".join([b"c"] * (table.COLUMNS + 1)) + b"\nA\n", "table_columns"),
        (b"SKU,name\nA," + b"x" * (table.CELL + 1), "table_cell"),
        (b"SKU,name\nA," + b"x" * 200_000, "table_cell"),
    ],
)  # fmt: skip
def test_what_is_no_list_has_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        table.read(data)
    assert refusal.value.code == code
    assert "…" not in say(code, **refusal.value.values).sentence


def test_the_sentence_says_value_and_limit() -> None:
    with pytest.raises(Refused) as refusal:
        table.read(b"SKU\n" + b"A\n" * 20_007)
    assert say(refusal.value.code, **refusal.value.values).explanation == (
        "It has 20007 rows; the limit is 20000."
    )


def test_samples_are_the_first_different_values() -> None:
    read = table.read(b"SKU,colour\nA,red\nB,red\nC,\nD,blue\nE,green\nF,pink\n")
    assert read.samples(1) == ["red", "blue", "green"]
