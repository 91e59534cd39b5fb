"""What an import is about: its list, or the names of its files, become rows, one a product."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from django.core.exceptions import SuspiciousOperation
from django.utils.html import strip_tags

from studio.flow.bundle import Entry
from studio.flow.intake import sku_of
from studio.flow.mapping import FIELDS, Mapping
from studio.flow.table import Line, Table
from studio.models import ImportRow

LIMITS: Final = {"sku": 80, "name": 120, "description": 2000}
TOO_LONG: Final = {"sku": "row_sku_long", "name": "row_name_long", "description": "row_description_long"}
MOST_SOURCES: Final = 50  # pictures of one product
_BETWEEN: Final = re.compile(r"[|;\n]|,(?=\s*https?://)")
_TAGS: Final = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_BREAKS: Final = re.compile(r"<br\s*/?>|</(p|li|div|h\d)>", re.IGNORECASE)
_FORMULA: Final = re.compile(r"'[=+\-@]")  # as our own lists keep spreadsheets from computing a cell

Said = dict[str, str]


@dataclass
class Wanted:
    """A row to be, and where its pictures are, as the list says it."""

    row: ImportRow
    sources: list[str] = field(default_factory=list)


def of_table(table: Table, mapping: Mapping) -> list[Wanted]:
    """A row for each SKU, whatever its case; lines that cannot be are rows with a reason.

    A line with a picture and nothing else belongs to the product above it, as shops write it.
    """
    rows: list[Wanted] = []
    known: dict[str, Wanted] = {}
    above: Wanted | None = None
    for line in table.lines:
        said = _said(line, mapping)
        if above and said["source"] and not (said["sku"] or said["name"] or said["description"]):
            _join(above, said)
        elif any(said.values()):
            above = _placed(line.number, said, known, rows)
    return rows


def of_entries(entries: list[Entry]) -> list[Wanted]:
    """Without a list: a row for each SKU that the files give."""
    spelt: dict[str, str] = {}
    for sku in skus(entries).values():
        spelt.setdefault(sku.casefold(), sku)
    return [Wanted(ImportRow(number=number, sku=sku)) for number, sku in enumerate(spelt.values(), 1)]


def skus(entries: list[Entry]) -> dict[int, str]:
    """An entry's number, and the SKU that it gives: its name's, as single uploads have it, or its folder's.

    Where one name, `front.jpg`, lies in several folders, the folders there are products.
    """
    usable = [entry for entry in entries if not (entry.reason or entry.stray)]
    shelves = _shelves(PurePosixPath(entry.path) for entry in usable)
    return {
        entry.number: _folder(PurePosixPath(entry.path), shelves) or sku_of(entry.path)[0] for entry in usable
    }


def _shelves(paths: Iterable[PurePosixPath]) -> set[PurePosixPath]:
    """What holds a folder of a product for each of several products."""
    folders: dict[str, set[PurePosixPath]] = defaultdict(set)
    for path in paths:
        if path.parent.name:
            folders[path.stem.casefold()].add(path.parent)
    return {folder.parent for same in folders.values() if len(same) > 1 for folder in same}


def _folder(path: PurePosixPath, shelves: set[PurePosixPath]) -> str:
    """The name of the product's folder that a file lies in, if it does."""
    folders = [folder for folder in path.parents if folder.name and folder.parent in shelves]
    return folders[-1].name[:80].strip() if folders else ""


def _said(line: Line, mapping: Mapping) -> Said:
    cells = {name: line.cells[mapping[name]] if name in mapping else "" for name in FIELDS}
    said = {name: text[1:] if _FORMULA.match(text) else text for name, text in cells.items()}
    said["sku"], said["name"] = _one_line(said["sku"]), _one_line(said["name"])
    said["description"] = _words(said["description"])
    return said


def _one_line(text: str) -> str:
    return " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())


def _words(text: str) -> str:
    """A shop's HTML as plain text: it goes word for word into prompts."""
    if _TAGS.search(text):
        text = html.unescape(_without_tags(_BREAKS.sub("\n", text)))
    return "\n".join(filter(None, map(_one_line, text.splitlines())))


def _without_tags(text: str) -> str:
    try:
        return strip_tags(text)
    except SuspiciousOperation:  # nested beyond sense: no shop's HTML
        return text


def _placed(number: int, said: Said, known: dict[str, Wanted], rows: list[Wanted]) -> Wanted | None:
    """The row that a line ends up in; None when it is a problem of its own."""
    first = known.get(said["sku"].casefold())
    code, values = _problem(said) or (first and _contradiction(said, first.row)) or ("", {})
    if code:
        kept = {name: said[name][:limit] for name, limit in LIMITS.items()}
        whole = {name: said[name] for name in kept if said[name] != kept[name]}
        row = ImportRow(number=number, reason=code, values=values, whole=whole, **kept)
        rows.append(Wanted(row, _sources(said)))
        return None
    if first:
        return _join(first, said)
    row = ImportRow(number=number, sku=said["sku"], name=said["name"], description=said["description"])
    wanted = known[said["sku"].casefold()] = Wanted(row, _sources(said))
    rows.append(wanted)
    return wanted


def _problem(said: Said) -> tuple[str, dict[str, object]] | None:
    if not said["sku"]:
        return "row_no_sku", {}
    for name, limit in LIMITS.items():
        if len(said[name]) > limit:
            return TOO_LONG[name], {"count": len(said[name]), "limit": limit}
    if (count := len(_sources(said))) > MOST_SOURCES:
        return "row_sources_many", {"count": count, "limit": MOST_SOURCES}
    return None


def _contradiction(said: Said, row: ImportRow) -> tuple[str, dict[str, object]] | None:
    for name in ("name", "description"):
        other = getattr(row, name)
        if said[name] and other and said[name] != other:
            values = {"field": name, "other": _short(other), "value": _short(said[name])}
            return "row_contradicts", {"line": row.number, "sku": row.sku, **values}
    return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _join(wanted: Wanted, said: Said) -> Wanted:
    """Another line of the same product: what the first left open, and more pictures."""
    row = wanted.row
    row.lines += 1
    row.name, row.description = row.name or said["name"], row.description or said["description"]
    known = [] if row.reason else wanted.sources  # what has too many is not looked through again and again
    wanted.sources += [one for one in _sources(said) if one not in known]
    if len(wanted.sources) > MOST_SOURCES:
        row.reason, row.values = "row_sources_many", {"count": len(wanted.sources), "limit": MOST_SOURCES}
    return wanted


def _sources(said: Said) -> list[str]:
    parts = (part.strip() for part in _BETWEEN.split(said["source"]))
    return list(dict.fromkeys(filter(None, parts)))
