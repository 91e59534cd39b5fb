"""Which column holds what: guessed by the names that shops, marketplaces and spreadsheets give them."""

import re
import unicodedata
from typing import Final

from studio.flow.table import Table
from studio.imaging.errors import Refused

Mapping = dict[str, int]  # a field of ours, and the index of its column

# The likeliest name first. As `_plain` writes them: no accents, no signs, one blank between words.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "sku": (
        "sku", "variant sku", "item sku", "seller sku", "product sku", "artikelnummer", "artikelnr",
        "artikel nr", "article number", "item number", "item no", "product number", "product code",
        "bestellnummer", "reference", "reference produit", "code article", "ref", "mpn", "id", "handle",
    ),
    "name": (
        "name", "product name", "item name", "title", "product title", "produktname", "artikelname",
        "bezeichnung", "artikelbezeichnung", "titel", "nom", "nom du produit", "titre", "designation",
    ),
    "description": (
        "description", "product description", "body html", "body", "long description", "short description",
        "beschreibung", "artikelbeschreibung", "produktbeschreibung", "langtext", "descriptif",
        "description du produit",
    ),
    "source": (
        "file name", "filename", "file", "image", "picture", "packshot", "photo", "image src", "image url",
        "image link", "main image url", "main image", "picture url", "photo url", "images", "url", "bild",
        "bilddatei", "dateiname", "datei", "bild url", "foto", "fichier", "nom du fichier", "image 1",
    ),
}  # fmt: skip
FIELDS: Final = tuple(NAMES)
_PICTURE: Final = re.compile(r"https?://\S+|.*\.(jpe?g|png|webp|heic|heif|avif)", re.IGNORECASE)
_NO_SKU: Final = r"\d+\.\d+[a-z]{0,3}|\d{1,4}([-./])\d{1,2}\1\d{1,4}"  # 12.50, 0.35kg; 24.12.2026, 2026-12-24
_SKU: Final = re.compile(
    rf"(?!(?:{_NO_SKU})\Z)(?:(?=.*\d)[a-z0-9]+([-_./][a-z0-9]+)+|[A-Z]+\d{{2,}}|\d{{3,}})", re.IGNORECASE
)
_LETTERED_SKU: Final = re.compile(rf"(?=.*[a-z]){_SKU.pattern}", re.IGNORECASE)


def guess(table: Table) -> Mapping:
    """The columns whose names are known; for pictures also one whose values look like files or addresses.

    Without a header that goes for SKUs as well; those with letters go before figures, which are amounts, too.
    """
    names = [_plain(name) for name in table.header]
    found = {field: _named(field, names) for field in FIELDS}
    if found["source"] is None:
        found["source"] = _holding(_PICTURE, table, taken={*found.values()})
    if not any(names):
        taken = {*found.values()}
        likely = (_holding(pattern, table, taken) for pattern in (_LETTERED_SKU, _SKU))
        found["sku"] = next((column for column in likely if column is not None), None)
    return {field: column for field, column in found.items() if column is not None}


def is_data(table: Table) -> bool:
    """Whether the first line plainly is no header: it looks like those below, and no name in it is known."""
    if _names_columns(table.header):
        return False
    return any(_like_below(table, column) for column in range(len(table.header)))


def alone_is_data(table: Table) -> bool:
    """The same of a headless table of one line, which nothing can be compared with."""
    (line,) = table.lines
    likely = any(_PICTURE.fullmatch(cell) or _SKU.fullmatch(cell) for cell in line.cells)
    return likely and not _names_columns(line.cells)


def check(mapping: Mapping, table: Table) -> None:
    """Raises Refused when it cannot be meant."""
    if "sku" not in mapping:
        raise Refused("mapping_no_sku")
    for column in mapping.values():
        if not 0 <= column < len(table.header):
            raise Refused("mapping_gone")
    chosen = list(mapping.values())
    for column in chosen:
        if chosen.count(column) > 1:
            raise Refused("mapping_twice", column=table.header[column])


def _names_columns(cells: tuple[str, ...]) -> bool:
    names = [_plain(name) for name in cells]
    return any(_named(field, names) is not None for field in FIELDS)


def _like_below(table: Table, column: int) -> bool:
    """A picture, or a word with figures of the same shape as most of those below."""
    first = table.header[column]
    if _PICTURE.fullmatch(first):
        return True
    values = [line.cells[column] for line in table.lines[:50] if line.cells[column]]
    alike = sum(_shape(value) == _shape(first) for value in values)
    return "9" in _shape(first) and alike * 2 > len(values)


def _shape(text: str) -> str:
    """`MUG-0114` -> `A-9`."""
    return re.sub("[0-9]+", "9", re.sub("[a-z]+", "a", re.sub("[A-Z]+", "A", text[:80])))


def _plain(name: str) -> str:
    """`Body (HTML)` -> `body html`, `Référence` -> `reference`."""
    bare = unicodedata.normalize("NFKD", name.replace("ß", "ss")).casefold()
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def _named(field: str, names: list[str]) -> int | None:
    return next((names.index(name) for name in NAMES[field] if name in names), None)


def _holding(likely: re.Pattern[str], table: Table, taken: set[int | None]) -> int | None:
    """The first column of which more than half looks like that."""
    for column in range(len(table.header)):
        values = [line.cells[column] for line in table.lines[:50] if line.cells[column]]
        found = sum(bool(likely.fullmatch(value)) for value in values)
        if column not in taken and found and found * 2 > len(values):
            return column
    return None
