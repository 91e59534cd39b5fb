"""Lists that go out: a sample to begin with, and rows that were left out, to be mended and imported again."""

import csv
from collections.abc import Iterator
from typing import Final

from studio.flow.imports import troubled
from studio.flow.spreadsheet import Line, safe
from studio.messages import say
from studio.models import Import, ImportRow, RowVerdict

HEAD: Final = ("SKU", "name", "description", "file")
SAMPLE: Final = (  # which comes in as it is: it names no file, for there is none to go with it
    ("MUG-0114", "Speckled mug", "Speckled stoneware mug, cream glaze", ""),
    ("VASE-07", "Ribbed vase", "Tall ribbed vase of clear glass", ""),
    ("LAMP-3", "Reading lamp", "", ""),
)
MARK: Final = "\ufeff"  # by which Excel knows that it is UTF-8


def sample() -> Iterator[str]:
    writer = csv.writer(Line())
    yield MARK
    yield from map(writer.writerow, (HEAD, *SAMPLE))


def problems(imported: Import) -> Iterator[str]:
    """A line for each picture that failed, and for each row that was left out, with the reason behind it."""
    writer = csv.writer(Line())
    yield MARK
    yield writer.writerow((*HEAD, "problem"))
    for row in troubled(imported).prefetch_related("files").order_by("number").iterator(chunk_size=500):
        sku, *said = _said(row)
        for source, reason in _to_mend(row):
            yield writer.writerow(map(safe, (sku, *said, source, reason)))
            said = ["", ""]


def _said(row: ImportRow) -> tuple[str, str, str]:
    """SKU, name and description as they were typed, however long."""
    kept = {"sku": row.sku, "name": row.name, "description": row.description} | row.whole
    return kept["sku"], kept["name"], kept["description"]


def _to_mend(row: ImportRow) -> list[tuple[str, str]]:
    """Pictures as the list names them, each with its reason; of a row that came in, those that failed."""
    bad = {file.number: file for file in row.files.all() if file.reason}
    beside = [file for number, file in bad.items() if number > len(row.sources)]
    left_out = row.verdict == RowVerdict.PROBLEM
    listed = [(source, bad.get(number, row)) for number, source in enumerate(row.sources, 1)
              if left_out or number in bad]  # fmt: skip
    found = listed + [(file.name, file) for file in beside] or [("", row)]
    return [(source, say(one.reason, **one.values).sentence) for source, one in found]
