"""An archive as it is kept: all of its bytes that are not pictures, and where the pictures stand in between.

    [bytes between the pictures, one after the other] [a record for each piece of a picture] [tail]

So an archive takes hardly any room, its length is known before the first byte is read, any part of it can be
read at once, and reading it twice gives the same bytes. Nothing is held in memory but the piece at hand.
"""

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Final

from studio import storage
from studio.flow.zip_layout import Member, directory_entry, end, local_header

BLOCK: Final = 512 * 1024
_RECORD: Final = struct.Struct("<QQQQ120s")
_TAIL: Final = struct.Struct("<8sQQQ")
_MAGIC: Final = b"studio 1"


class Gone(RuntimeError):
    """A stored file is not there any more, or not whole, while the archive is being read."""


@dataclass(frozen=True)
class Piece:
    """`length` bytes of a stored file, from `start` on."""

    key: str
    start: int
    length: int


@dataclass(frozen=True)
class _Record:
    """A piece at `at` of the archive; `between` bytes that are no pictures stand before it."""

    at: int
    between: int
    piece: Piece

    @property
    def end(self) -> int:
        return self.at + self.piece.length


class Writer:
    """Writes a listing into a file. Members come in the order of the archive; `finish` comes last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = self._between = self._count = 0
        self._records, self._directory = bytearray(), bytearray()

    def add(self, member: Member, pieces: Iterable[bytes | Piece]) -> None:
        """The pieces make up the member: bytes that stand nowhere else, and parts of stored files."""
        self._begin(member)
        for piece in pieces:
            if isinstance(piece, bytes):
                self._write(piece)
            elif piece.length:
                where = (self._at, self._between, piece.start, piece.length)
                self._records += _RECORD.pack(*where, piece.key.encode())
                self._at += piece.length

    def add_file(self, member: Member, file: IO[bytes]) -> None:
        """A member whose bytes are kept in the listing itself."""
        self._begin(member)
        for block in iter(lambda: file.read(BLOCK), b""):
            self._write(block)

    def finish(self) -> int:
        """Writes the directory and what is needed to read it all. The archive's length in bytes."""
        directory = self._at
        self._write(self._directory)
        self._write(end(self._count, directory, len(self._directory)))
        self._file.write(self._records)
        records = len(self._records) // _RECORD.size
        self._file.write(_TAIL.pack(_MAGIC, self._at, self._between, records))
        return self._at

    def _begin(self, member: Member) -> None:
        self._directory += directory_entry(member, self._at)
        self._count += 1
        self._write(local_header(member))

    def _write(self, data: bytes | bytearray) -> None:
        self._file.write(data)
        self._at += len(data)
        self._between += len(data)


class Archive(io.RawIOBase):
    """The archive that a listing describes, to be read like any file. `size` is its length in bytes.

    Raises FileNotFoundError when the listing is not there, Gone when a picture went while it is read.
    """

    def __init__(self, key: str) -> None:
        self._file, self._index = storage.open_file(key), storage.open_file(key)
        length = max(0, self._file.seek(0, io.SEEK_END) - _TAIL.size)
        self._file.seek(length)
        tail = self._file.read(_TAIL.size).ljust(_TAIL.size)
        magic, self.size, self._records_at, self._count = _TAIL.unpack(tail)
        if magic != _MAGIC or length != self._records_at + self._count * _RECORD.size:
            self._close_listing()
            raise FileNotFoundError(f"{key} is no listing")
        self._place = self._next = 0
        self._room = bytearray()
        self._open: tuple[str, io.FileIO] | None = None
        self._record = self._record_at(0)

    def pieces(self) -> Iterator[Piece]:
        """Every piece of a stored file, in the archive's order."""
        self._file.seek(self._records_at)
        for _ in range(self._count):
            yield _record(self._file.read(_RECORD.size)).piece

    def lost(self) -> list[str]:
        """The keys of stored files that are gone, or are shorter than they were."""
        ends: dict[str, int] = {}
        for piece in self.pieces():
            ends[piece.key] = max(ends.get(piece.key, 0), piece.start + piece.length)
        return [key for key, length in ends.items() if storage.size(key) < length]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        self._next = self._first_ending_behind(self._place)
        self._record = self._record_at(self._next)
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """As ever, but into a room that is kept: fresh room for each block costs more than filling it."""
        if size is None or size < 0:
            return self.readall()
        if len(self._room) < size:
            self._room = bytearray(size)
        view = memoryview(self._room)[:size]
        return bytes(view[: self.readinto(view)])

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        """Fills the buffer, but at the archive's end."""
        view, filled = memoryview(buffer).cast("B"), 0
        while filled < len(view) and self._place < self.size:
            got = self._read_some(view[filled : filled + self.size - self._place])
            filled += got
            self._place += got
        return filled

    def close(self) -> None:
        if not self.closed:
            self._close_picture()
            self._close_listing()
        super().close()

    def _read_some(self, view: "memoryview[int]") -> int:
        """At least one byte: up to the next border between pictures and the rest."""
        while self._record and self._place >= self._record.end:
            self._next += 1
            self._record = self._record_at(self._next)
        record = self._record
        if record and self._place >= record.at:
            return self._read_picture(record, view)
        left = record.at - self._place if record else self.size - self._place
        before = record.between if record else self._records_at
        self._file.seek(before - left)
        return _whole(self._file, view[:left], "the listing")

    def _read_picture(self, record: _Record, view: "memoryview[int]") -> int:
        piece, into = record.piece, self._place - record.at
        file = self._picture(piece.key)
        if file.tell() != piece.start + into:
            file.seek(piece.start + into)
        return _whole(file, view[: piece.length - into], piece.key)

    def _picture(self, key: str) -> io.FileIO:
        if self._open is None or self._open[0] != key:
            self._close_picture()
            try:
                self._open = key, storage.open_raw(key)
            except FileNotFoundError as error:
                raise Gone(f"{key} went while an archive was read") from error
        return self._open[1]

    def _close_picture(self) -> None:
        if self._open:
            self._open[1].close()
        self._open = None

    def _close_listing(self) -> None:
        self._file.close()
        self._index.close()

    def _first_ending_behind(self, place: int) -> int:
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            record = self._record_at(middle)
            if record and record.end <= place:
                low = middle + 1
            else:
                high = middle
        return low

    def _record_at(self, number: int) -> _Record | None:
        if number >= self._count:
            return None
        self._index.seek(self._records_at + number * _RECORD.size)
        return _record(self._index.read(_RECORD.size))


def _record(data: bytes) -> _Record:
    at, between, start, length, key = _RECORD.unpack(data)
    return _Record(at, between, Piece(key.rstrip(b"\0").decode(), start, length))


def _whole(file: "BinaryIO | io.FileIO", view: "memoryview[int]", name: str) -> int:
    got = file.readinto(view)  # type: ignore[union-attr]
    if not got:
        raise Gone(f"{name} is shorter than it was when the archive was made")
    return int(got)


def crc32_of(file: IO[bytes]) -> tuple[int, int]:
    """Length and CRC of what is left of a file."""
    size = crc = 0
    for block in iter(lambda: file.read(BLOCK), b""):
        size, crc = size + len(block), zlib.crc32(block, crc)
    return size, crc
