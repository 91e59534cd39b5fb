"""Each picture of an import finds its row: those that the list names, then what the archive holds beside."""

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings

from studio.flow.bundle import Entry, shown
from studio.flow.import_plan import Wanted
from studio.flow.intake import sku_of
from studio.models import ImportFile, ImportRow
from studio.providers.fetch import may_be_fetched

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|data:|//", re.IGNORECASE)


def files(rows: list[Wanted], entries: list[Entry], archive: bool, listed: bool) -> list[ImportFile]:
    """Every picture that the list names, then what the archive holds beside those, matched by SKU."""
    shelf = _Shelf(entries)
    good = [wanted for wanted in rows if not wanted.row.reason]
    named = [file for wanted in good for file in _named(wanted, shelf, archive)]
    rest = [entry for entry in entries if entry.number not in shelf.taken]
    return named + _by_sku(good, rest, listed)


class _Shelf:
    """The archive's files by what a list may call them."""

    def __init__(self, entries: list[Entry]) -> None:
        self.taken: dict[int, int] = {}  # an entry's number, and the row that has it
        self._names: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            path = PurePosixPath(entry.path.casefold())
            for name in {str(path), path.name, path.stem}:
                self._names[name].append(entry)

    def find(self, source: str) -> list[Entry]:
        """By path or name, whatever the case; by the name alone when the list has another folder."""
        path = shown(source.replace("\\", "/")).casefold().removeprefix("./").lstrip("/")
        found = self._names.get(path) or self._names.get(path.rpartition("/")[2], [])
        whole = [entry for entry in found if entry.path.casefold() == path]
        usable = [entry for entry in found if entry.reason != "entry_twice"]
        return whole[:1] or usable or found


def _named(wanted: Wanted, shelf: _Shelf, archive: bool) -> list[ImportFile]:
    found = [_file_of(source, wanted.row, shelf, archive) for source in wanted.sources]
    for number, file in enumerate(found, 1):
        file.row, file.number = wanted.row, number
    return found


def _file_of(source: str, row: ImportRow, shelf: _Shelf, archive: bool) -> ImportFile:
    if _ADDRESS.match(source):
        odd = len(source) > 2000 or not may_be_fetched(source, settings.FETCH_ALLOW)
        return ImportFile(name=shown(source), address=source[:2000], reason="address_odd" if odd else "")
    if not archive:
        return ImportFile(name=shown(source))
    found = shelf.find(source)
    if len(found) != 1:
        code = "source_unclear" if found else "source_missing"
        return ImportFile(name=shown(source), reason=code, values={"file": source[:255], "count": len(found)})
    entry = found[0]
    if (line := shelf.taken.setdefault(entry.number, row.number)) != row.number:
        values = {"file": entry.path, "line": line}
        return ImportFile(name=entry.path, reason="source_taken", values=values)
    return _of_entry(entry)


def _of_entry(entry: Entry) -> ImportFile:
    return ImportFile(entry=entry.number, name=entry.path, reason=entry.reason, values=entry.values)


def _by_sku(rows: list[Wanted], rest: list[Entry], listed: bool) -> list[ImportFile]:
    by_sku = {wanted.row.sku.casefold(): wanted.row for wanted in reversed(rows)}
    found: list[ImportFile] = []
    for entry in sorted(rest, key=lambda entry: (sku_of(entry.path)[1], entry.number)):
        file = _of_entry(entry)
        file.row = next((by_sku[sku] for sku in _skus(entry) if sku in by_sku), None)
        file.number = 1000 + len(found)
        if file.row is None and listed and not file.reason:
            file.reason = "file_unmatched"
        found.append(file)
    return found


def _skus(entry: Entry) -> list[str]:
    """What a file may show: `MUG/front.jpg` and `MUG_2.jpg` are both MUG; whole names go first."""
    path = PurePosixPath(entry.path)
    folders = [part.casefold() for part in reversed(path.parts[:-1])]
    return [path.stem.casefold(), sku_of(entry.path)[0].casefold(), *folders]
