"""What an archive says of its files, twice: manifest.csv for people, manifest.json for machines.

Both are written row by row, since a brand may have tens of thousands of files. In the CSV an apostrophe keeps
spreadsheets from taking text for a formula; the JSON has it as it is.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any, Final

from django.conf import settings

from studio.flow import provenance
from studio.flow.outgoing import Missing, Outgoing
from studio.flow.spreadsheet import safe
from studio.imaging.provenance import COMPOSITE, EDITED, GENERATED, VOCABULARY
from studio.messages import dollars, say
from studio.models import Export, Packshot, Review

COLUMNS: Final = (
    "file", "sku", "product", "channel", "placement", "width", "height", "format", "bytes", "sha256", "scene",
    "scene_version", "shoot", "engine", "model", "resolution", "price_usd", "fidelity", "check", "findings",
    "disclosure", "digital_source_type", "packshot", "packshot_sha256", "review", "made_at",
)  # fmt: skip
DISCLOSURE: Final = {
    COMPOSITE: "A photograph of the product in a computed scene; no trained model took part.",
    EDITED: "A photograph of the product, changed by a trained model.",
    GENERATED: "Drawn by a trained model from words alone.",
}


def row_of(name: str, one: Outgoing) -> dict[str, Any]:
    """The facts of one file. `price_usd` is that of its picture, exact, in each of the picture's files."""
    render, cut = one.render, one.cut
    version, source = render.scene_version, provenance.source_of(render)
    shot = render.packshot or Packshot()
    return {
        "file": name,
        "sku": render.product.sku,
        "product": render.product.name,
        "channel": one.placement.channel if one.placement else "",
        "placement": one.placement.slug if one.placement else render.ratio,
        "width": one.width,
        "height": one.height,
        "format": name.rpartition(".")[2],
        "bytes": one.sealed.size,
        "sha256": one.sealed.sha256,
        "scene": version.scene.slug,
        "scene_version": version.number,
        "shoot": str(render.shoot),
        "engine": render.engine,
        "model": render.model,
        "resolution": render.resolution,
        "price_usd": dollars(one.price).removeprefix("$").replace(",", ""),
        "fidelity": None,
        "check": cut.verdict if cut else "",
        "findings": [say(**finding).sentence for finding in cut.findings] if cut else [],
        "disclosure": DISCLOSURE[source],
        "digital_source_type": VOCABULARY + source,
        "packshot": shot.file_name,
        "packshot_sha256": shot.sha256,
        "review": Review(render.review).label.lower(),
        "made_at": one.at.isoformat(timespec="seconds"),
    }


class Manifest:
    """Both files, while they grow. `finish` closes the JSON; then they can be read from their beginning."""

    def __init__(self, export: Export, table: IO[bytes], tree: IO[bytes]) -> None:
        self.table, self.tree = table, tree
        self._text = io.TextIOWrapper(table, "utf-8-sig", newline="", write_through=True)
        self._csv = csv.DictWriter(self._text, COLUMNS)
        self._csv.writeheader()
        self._first = True
        self._tell(f'{{"brand": {json.dumps(export.brand.name)}, "template": {json.dumps(export.template)}')
        self._tell(f', "asked_at": "{export.created_at.isoformat(timespec="seconds")}", "files": [')

    def add(self, name: str, one: Outgoing) -> None:
        row = row_of(name, one)
        cells = row | {"findings": " ".join(row["findings"])}
        self._csv.writerow({key: safe(value) for key, value in cells.items()})
        self._item(row | {"price_microusd": one.price})

    def finish(self, missing: list[Missing]) -> None:
        self._tell('\n], "missing": [')
        self._first = True
        for one in missing:
            told = {"name": one.name, "files": one.files, "reason": one.reason}
            self._item(told | {"sentence": say(one.reason, **one.values).sentence})
        self._tell("\n]}\n")
        self._text.detach()
        self.table.seek(0)
        self.tree.seek(0)

    def _item(self, value: dict[str, Any]) -> None:
        self._tell(("\n" if self._first else ",\n") + json.dumps(value, ensure_ascii=False))
        self._first = False

    def _tell(self, text: str) -> None:
        self.tree.write(text.encode())


@contextmanager
def begun(export: Export) -> Iterator[Manifest]:
    with ExitStack() as stack:
        table, tree = (stack.enter_context(tempfile.TemporaryFile(dir=settings.DATA)) for _ in range(2))
        yield Manifest(export, table, tree)
