"""Each picture of an import finds its row: those that the list names, then what the archive holds beside."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings

from studio.flow.bundle import Entry, shown
from studio.flow.import_plan import Wanted, skus
from studio.flow.intake import sku_of
from studio.models import ImportFile, ImportRow
from studio.providers.fetch import may_be_fetched

NAMED: Final = 3  # files that may be meant, in a sentence
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|data:|//", re.IGNORECASE)


def files(rows: list[Wanted], entries: list[Entry], archive: bool, listed: bool) -> list[ImportFile]:
    """Every picture that the list names, then what the archive holds beside those, matched by SKU."""
    good = [wanted for wanted in rows if not wanted.row.reason]
    shelf = _Shelf(entries, (source for wanted in good for source in wanted.sources))
    named = [file for wanted in good for file in _named(wanted, shelf, archive)]
    rest = [entry for entry in entries if entry.number not in shelf.taken]
    return named + _by_sku(good, rest, listed)


class _Shelf:
    """The archive's files by what a list may call them.

    Two paths may be of one file when one ends like the other, `shoot/red/1.jpg` and `red/1.jpg`; in another
    folder lies another picture. So paths are kept from their ends, `1.jpg/red/shoot/`, in order.
    """

    def __init__(self, entries: list[Entry], sources: Iterable[str]) -> None:
        """`sources` is everything that the list names."""
        self.taken: dict[int, int] = {}  # an entry's number, and the row that has it
        self._asked = Counter(_end(path).partition("/")[0] for path in set(map(_path, sources)))
        usable = [entry for entry in entries if entry.reason != "entry_twice"]
        ends = [(end, entry) for entry in usable for end in _ends(entry)]
        self._ends = sorted(ends, key=lambda pair: pair[0])

    def find(self, source: str) -> list[Entry]:
        """The file of this very path, else those that the name may mean, whatever the case."""
        end = _end(_path(source))
        return self._at(end) or self._below(end) or self._above(end)

    def elsewhere(self, source: str) -> list[Entry]:
        """Files of the same name in other folders."""
        return self._below(_end(_path(source)).partition("/")[0] + "/")

    def _at(self, end: str) -> list[Entry]:
        """With its ending or without; the whole name goes first."""
        found = [entry for _, entry in self._span(end, end + "\0")]
        return [entry for entry in found if _end(entry.path.casefold()) == end] or found

    def _below(self, end: str) -> list[Entry]:
        """Where the archive has more folders than the list."""
        return [entry for _, entry in self._span(end, end[:-1] + "0")]  # the sign that follows the slash

    def _above(self, end: str) -> list[Entry]:
        """Where the list has more folders than the archive, and asks for one file of this name only."""
        name, *folders = end.removesuffix("/").split("/")
        if self._asked[name] > 1:
            return []
        shorter = [*accumulate([f"{name}/", *(f"{folder}/" for folder in folders)])][:-1]
        return next(filter(None, map(self._at, reversed(shorter))), [])

    def _span(self, first: str, stop: str) -> list[tuple[str, Entry]]:
        """The first few of those from `first` to before `stop`: enough to tell that there are several."""
        start = bisect_left(self._ends, first, key=lambda pair: pair[0])
        few = self._ends[start : start + NAMED + 1]
        return [pair for pair in few if pair[0] < stop]


def _path(source: str) -> str:
    return shown(source.replace("\\", "/")).casefold().removeprefix("./").lstrip("/")


def _end(path: str) -> str:
    """`red/1.jpg` -> `1.jpg/red/`."""
    return "".join(f"{part}/" for part in reversed(path.split("/")))


def _ends(entry: Entry) -> set[str]:
    path = entry.path.casefold()
    folder, slash, name = path.rpartition("/")
    return {_end(path), _end(f"{folder}{slash}{PurePosixPath(name).stem}")}


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
        code, values = _lost(found, shelf.elsewhere(source))
        return ImportFile(name=shown(source), reason=code, values={"file": source[:255]} | values)
    entry = found[0]
    if (line := shelf.taken.setdefault(entry.number, row.number)) != row.number:
        values = {"file": entry.path, "line": line}
        return ImportFile(name=entry.path, reason="source_taken", values=values)
    return _of_entry(entry)


def _lost(found: list[Entry], elsewhere: list[Entry]) -> tuple[str, dict[str, object]]:
    """Why a name leads to no file, with the files that may be meant."""
    if found:
        return "source_unclear", {"files": _some(found)}
    if elsewhere:
        return "source_elsewhere", {"files": _some(elsewhere)}
    return "source_missing", {}


def _some(entries: list[Entry]) -> str:
    names = ", ".join(entry.path for entry in entries[:NAMED])
    return f"{names} or others" if len(entries) > NAMED else names


def _of_entry(entry: Entry) -> ImportFile:
    return ImportFile(entry=entry.number, name=entry.path, reason=entry.reason, values=entry.values)


def _by_sku(rows: list[Wanted], rest: list[Entry], listed: bool) -> list[ImportFile]:
    by_sku = {wanted.row.sku.casefold(): wanted.row for wanted in reversed(rows)}
    given = {} if listed else skus(rest)
    found: list[ImportFile] = []
    for entry in sorted(rest, key=lambda entry: (sku_of(entry.path)[1], entry.number)):
        if entry.stray:
            found.append(ImportFile(entry=entry.number, name=entry.path, number=0, reason="entry_stray"))
            continue
        file = _of_entry(entry)
        may_be = _skus(entry) if listed else [given.get(entry.number, "").casefold()]
        file.row = next((by_sku[sku] for sku in may_be if sku in by_sku), None)
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
