"""An archive of packshots, read entry by entry: nothing is ever unpacked to a place that its names choose.

Before a zip library sees it, its directory is measured: a small file may claim millions of entries. Only
methods whose unpacking can be stopped halfway are read.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath
from typing import IO, Final

from studio.imaging.errors import Refused
from studio.imaging.signature import identify

ENTRIES: Final = 20_000
DIRECTORY: Final = 16_000_000  # bytes
RATIO: Final = 100  # pictures are packed already: more is a bomb, or nothing that we take
SMALL: Final = 1_000_000  # bytes; what unpacks to less than this may be as hollow as it likes
TAIL: Final = 65_535 + 22  # bytes; the longest comment, and the record in front of it
PIECE: Final = 1 << 18
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # bzip2 and LZMA unpack as much as they please
PICTURES: Final = re.compile(r"\.(jpe?g|png|webp|hei[cf]|avif)", re.IGNORECASE)
NO_PICTURES: Final = {
    None, "PDF", "HTML", "XML", "ZIP", "RAR", "7-Zip", "gzip", "Office document", "program", "video",
}  # fmt: skip
HEAD: Final = 4096  # bytes that tell what a file is
ARCHIVES: Final = re.compile(r"\.(zip|7z|rar|tar|gz|tgz|bz2|xz|zst|jar)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)")
_TURNING: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # show a name backwards
_OTHERS: Final = (
    (b"7z\xbc\xaf", "7-Zip"), (b"Rar!", "RAR"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"), (b"(\xb5/\xfd", "Zstandard"),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One file of an archive. `number` is its place in the directory, `path` is for people and for matching.

    `reason` says, with `values`, why it is not taken; empty when it may be read. A `stray` is no picture,
    neither by its name nor by its first bytes: a price list, a note.
    """

    number: int
    path: str
    size: int
    reason: str = ""
    limit: int = 0
    stray: bool = False

    @property
    def values(self) -> dict[str, object]:
        return {"bytes": self.size, "limit": self.limit} if self.limit else {}


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is meant to be an archive, of whatever kind."""
    return head.startswith((b"PK", *(mark for mark, _ in _OTHERS)))


def entries(file: IO[bytes], most: int, most_each: int) -> list[Entry]:
    """The files in the archive, the hidden ones of operating systems left out.

    Raises Refused when the archive as a whole is not taken: `most` bytes unpacked, `most_each` of one file.
    """
    with _opened(file) as archive:
        infos = archive.infolist()
        _refuse_workbook(archive)
        _refuse_overlap(infos, archive.start_dir)
        listed = list(_listed(infos, most_each))
    total = sum(entry.size for entry in listed if not entry.reason)
    if total > most:
        raise Refused("archive_unpacked", bytes=total, limit=most)
    if not listed:
        raise Refused("archive_empty")
    return listed


def sorted_out(file: IO[bytes], listed: list[Entry]) -> list[Entry]:
    """The entries again, with strays told. Only those are opened whose names are not of pictures."""
    file.seek(0)
    with _opened(file) as archive:
        infos = archive.infolist()
        return [replace(entry, stray=_is_stray(archive, infos[entry.number], entry)) for entry in listed]


class Bundle:
    """An archive whose entries are read, each within bounds."""

    def __init__(self, archive: zipfile.ZipFile, most_each: int) -> None:
        self._archive, self._infos, self._most = archive, archive.infolist(), most_each

    def read(self, number: int) -> bytes:
        """Raises Refused when it is damaged or not what the directory said."""
        try:
            info = self._infos[number]
            with self._archive.open(info) as entry:
                data = bytearray()
                while piece := entry.read(PIECE):
                    data += piece
                    if len(data) > min(self._most, info.file_size):
                        raise Refused("too_many_bytes", bytes=len(data), limit=self._most)
        except (*_DAMAGE, IndexError) as error:
            raise Refused("entry_damaged") from error
        if len(data) != info.file_size:
            raise Refused("entry_damaged")
        return bytes(data)


@contextmanager
def opened(file: IO[bytes], most_each: int) -> Iterator[Bundle]:
    """Raises Refused like `entries`."""
    with _opened(file) as archive:
        yield Bundle(archive, most_each)


_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    struct.error, UnicodeError,
)  # fmt: skip


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    _measure(file)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise Refused("archive_damaged") from error
    with archive:
        yield archive


def _is_stray(archive: zipfile.ZipFile, info: zipfile.ZipInfo, entry: Entry) -> bool:
    named = PICTURES.fullmatch(PurePosixPath(entry.path).suffix)
    if named or entry.reason not in ("", "empty", "too_many_bytes"):
        return False
    try:
        with archive.open(info) as file:
            return identify(file.read(HEAD)) in NO_PICTURES
    except _DAMAGE:
        return False


def _measure(file: IO[bytes]) -> None:
    """Counts the directory's entries by their marks. Raises Refused."""
    head = file.read(8)
    for mark, name in _OTHERS:
        if head.startswith(mark):
            raise Refused("archive_other", format=name)
    end = file.seek(0, 2)
    file.seek(max(0, end - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        raise Refused("archive_damaged" if head.startswith(b"PK") else "archive_unknown")
    size = struct.unpack("<L", tail[at + 12 : at + 16])[0]
    ends = max(0, end - TAIL) + at
    if tail[max(0, at - 20) : at].startswith(b"PK\6\7"):
        size, ends = _large(file, ends)
    if size > DIRECTORY:
        raise Refused("archive_entries", count="too many", limit=ENTRIES)
    file.seek(max(0, ends - size))
    count = file.read(size).count(b"PK\1\2")
    if count > ENTRIES:
        raise Refused("archive_entries", count=count, limit=ENTRIES)


def _large(file: IO[bytes], ends: int) -> tuple[int, int]:
    """Size and end of the directory, where numbers have 64 bits: their record stands before its locator."""
    file.seek(max(0, ends - 20 - 56))
    record = file.read(56)
    if not record.startswith(b"PK\6\6") or len(record) < 56:
        raise Refused("archive_damaged")
    return int.from_bytes(record[40:48], "little"), ends - 20 - 56


def _refuse_workbook(archive: zipfile.ZipFile) -> None:
    if "[Content_Types].xml" in archive.namelist():
        raise Refused("archive_office")


def _refuse_overlap(infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Entries that share bytes make a small file unpack to a huge one, without any of them being large."""
    spans = sorted((info.header_offset, info.compress_size) for info in infos)
    for (offset, size), (following, _) in pairwise([*spans, (directory, 0)]):
        if offset + 30 + size > following:
            raise Refused("archive_overlap")


def _listed(infos: list[zipfile.ZipInfo], most_each: int) -> Iterator[Entry]:
    seen: set[str] = set()
    for number, info in enumerate(infos):
        name = _spelt(info)
        if name.endswith("/") or _HIDDEN.search(name) and not _UNSAFE.search(name):
            continue
        reason, limit = _reason(info, name, most_each)
        path = shown(name)
        if not reason and path.casefold() in seen:
            reason = "entry_twice"
        seen.add(path.casefold())
        yield Entry(number, path, info.file_size, reason, limit)


def _spelt(info: zipfile.ZipInfo) -> str:
    """Archives of macOS write UTF-8 without saying so. Windows' own folders are cut by backslashes."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/").removeprefix("./")


def shown(name: str) -> str:
    """The path without what is not meant to be seen, in the one way to write accents, at most 255 long."""
    letters = (letter for letter in unicodedata.normalize("NFC", name) if letter.isprintable())
    path = "".join(letters).strip() or "Unnamed"
    return path if len(path) <= 255 else f"…{path[-254:]}"


def _reason(info: zipfile.ZipInfo, name: str, most_each: int) -> tuple[str, int]:
    """Why an entry is not taken, as far as its directory tells, and the limit that it is over."""
    if _UNSAFE.search(name) or not name.replace("/", "").strip(" ."):
        return "entry_leads_out", 0
    if any(unicodedata.category(letter) in ("Cc", "Cs") or letter in _TURNING for letter in name):
        return "entry_name", 0
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "entry_link", 0
    if info.flag_bits & 0x41:
        return "entry_encrypted", 0
    if info.compress_type not in METHODS:
        return "entry_method", 0
    if ARCHIVES.fullmatch(PurePosixPath(name).suffix):
        return "entry_nested", 0
    if info.file_size > most_each:
        return "too_many_bytes", most_each
    if info.file_size > max(SMALL, RATIO * info.compress_size):
        return "entry_bomb", 0
    return ("empty", 0) if not info.file_size else ("", 0)
