"""Lists that go out: a sample to begin with, and rows that were left out, to be mended and imported again."""

import csv
from collections.abc import Iterator
from typing import Final

from studio.flow.spreadsheet import Line, safe
from studio.messages import say
from studio.models import Import, ImportRow
from studio.web.imports import troubled

HEAD: Final = ("SKU", "name", "description", "file")
SAMPLE: Final = (
    ("MUG-0114", "Speckled mug", "Speckled stoneware mug, cream glaze", "MUG-0114.jpg"),
    ("MUG-0114", "", "", "MUG-0114_2.jpg"),
    ("VASE-07", "Ribbed vase", "Tall ribbed vase of clear glass", "vases/VASE-07.png"),
    ("LAMP-3", "Reading lamp", "", "https://www.example.com/pictures/lamp-3.jpg"),
)
MARK: Final = "\ufeff"  # by which Excel knows that it is UTF-8


def sample() -> Iterator[str]:
    writer = csv.writer(Line())
    yield MARK
    yield from map(writer.writerow, (HEAD, *SAMPLE))


def problems(imported: Import) -> Iterator[str]:
    """A line for each picture of a row that was left out, with the reason behind it."""
    writer = csv.writer(Line())
    yield MARK
    yield writer.writerow((*HEAD, "problem"))
    for row in troubled(imported).prefetch_related("files").order_by("number").iterator(chunk_size=500):
        for number, source in enumerate(row.sources or [""]):
            said = _said(row) if number == 0 else (_said(row)[0], "", "")
            cells = *said, source, _reason(row) if number == 0 else ""
            yield writer.writerow(map(safe, cells))


def _said(row: ImportRow) -> tuple[str, str, str]:
    """SKU, name and description as they were typed, however long."""
    kept = {"sku": row.sku, "name": row.name, "description": row.description} | row.whole
    return kept["sku"], kept["name"], kept["description"]


def _reason(row: ImportRow) -> str:
    if row.reason:
        return say(row.reason, **row.values).sentence
    return " ".join(
        f"{file.name}: {say(file.reason, **file.values).sentence}" for file in row.files.all() if file.reason
    )
