"""A list as spreadsheets and shops write it: bytes become a header and rows of text."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from studio.imaging.errors import Refused

BYTES: Final = 5_000_000
ROWS: Final = 20_000
COLUMNS: Final = 200
CELL: Final = 100_000  # characters: a shop's description may be long; what is mapped has limits of its own
DELIMITERS: Final = (",", ";", "\t", "|")
LOOK: Final = 20  # records that are read to find the delimiter
MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OTHERS: Final = ((b"PK\x03\x04", "Excel"), (b"\xd0\xcf\x11\xe0", "Excel"), (b"%PDF", "PDF"))


@dataclass(frozen=True)
class Line:
    """One record: where it begins in the file, counted from 1, and as many cells as the table has columns."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    lines: tuple[Line, ...]

    def samples(self, column: int, count: int = 3) -> list[str]:
        """The first different values of a column, cut to what fits beside its name."""
        values = (line.cells[column] for line in self.lines)
        return [value[:80] for value in islice(dict.fromkeys(filter(None, values)), count)]


def read(data: bytes, headless: bool = False) -> Table:
    """The table; a headless one has empty names. Raises Refused with the value, the limit and the way out."""
    if len(data) > BYTES:
        raise Refused("table_bytes", bytes=len(data), limit=BYTES)
    text = _decoded(data)
    text, delimiter = _announced(text)
    records = _records(text, delimiter or _delimiter(text))
    filled = ((number, cells) for number, cells in records if any(cells))
    number, header = next(filled, (0, []))
    if not header:
        raise Refused("table_empty")
    if len(header) > COLUMNS:
        raise Refused("table_columns", count=len(header), limit=COLUMNS)
    width, first = len(header), [(number, header)] if headless else []
    rows = islice(chain(first, filled), ROWS + 1)
    lines = tuple(Line(number, _fitted(cells, width)) for number, cells in rows)
    if not lines:
        raise Refused("table_no_rows")
    if len(lines) > ROWS:
        raise Refused("table_rows", count=ROWS + 1 + sum(1 for _ in filled), limit=ROWS)
    return Table(tuple("" if headless else name[:80] for name in header), lines)


def _decoded(data: bytes) -> str:
    """By its mark, else UTF-8, else as Windows writes western languages."""
    for beginning, kind in _OTHERS:
        if data.startswith(beginning):
            raise Refused("table_other", format=kind)
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise Refused("table_binary") from None
        text = _western(data)
    if "\0" in text:
        raise Refused("table_binary")
    return text


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused("table_binary") from None


def _announced(text: str) -> tuple[str, str]:
    """Excel writes `sep=;` as a first line, and reads it. Lines keep their numbers."""
    first, end, rest = text.partition("\n")
    first = first.strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return end + rest, first[-1]
    return text, ""


def _delimiter(text: str) -> str:
    """The one that cuts the first records into the most columns, the same number each time."""
    return max(DELIMITERS, key=lambda one: _regularity(text, one))


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first records are as wide as the header, if that has two columns or more; its width."""
    try:
        widths = [len(cells) for _, cells in islice(_records(text, delimiter), LOOK) if any(cells)]
    except Refused:
        return 0, 0
    wide = widths[0] if widths else 0
    return (widths.count(wide), wide) if wide > 1 else (0, 0)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins in. A quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(number, error) from error
        if (longest := max(map(len, cells), default=0)) > CELL:
            raise Refused("table_cell", line=number, count=longest, limit=CELL)
        yield number, [cell.strip() for cell in cells]


def _refusal(number: int, error: csv.Error) -> Refused:
    if "field limit" in str(error):
        return Refused("table_cell", line=number, count=f"more than {CELL:,}", limit=CELL)
    return Refused("table_quotes", line=number)


def _fitted(cells: list[str], width: int) -> tuple[str, ...]:
    """Missing cells are empty; those beyond the header belong to nothing."""
    return (*cells[:width], *[""] * (width - len(cells)))
