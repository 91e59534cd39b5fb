"""What an uncompressed zip consists of beside its files (PKWARE APPNOTE 4.3): as bytes, computed ahead.

Names are UTF-8. Zip64 is used where a size, an offset or the number of files asks for it, and nowhere else.
"""

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_END_64: Final = struct.Struct("<IQHHIIQQQQ")
_LOCATOR: Final = struct.Struct("<IIQI")
_EXTRA: Final = struct.Struct("<HH")
_FULL: Final = 0xFFFFFFFF  # stands for "look into the Zip64 field"
_MANY: Final = 0xFFFF
_UTF_8: Final = 0x0800
_PLAIN, _ZIP_64 = 20, 45  # versions needed to take it out
_UNIX: Final = 3 << 8
_MODE: Final = 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """One file of a zip. `at` is its date and time, as a clock on the wall shows them."""

    name: str
    at: datetime
    size: int
    crc32: int


def local_header(member: Member) -> bytes:
    """What stands before the file's bytes."""
    name, sizes = member.name.encode(), [member.size, member.size]
    large = member.size >= _FULL
    extra = _zip_64(sizes) if large else b""
    shown = [_FULL, _FULL] if large else sizes
    head = _LOCAL.pack(
        0x04034B50, _needed(large), _UTF_8, 0, *_clock(member.at), member.crc32, *shown, len(name), len(extra)
    )
    return head + name + extra


def directory_entry(member: Member, offset: int) -> bytes:
    """The file's line in the directory at the end; `offset` is where its local header begins."""
    name, values = member.name.encode(), [member.size, member.size, offset]
    extra = _zip_64([value for value in values if value >= _FULL])
    size, _, where = (min(value, _FULL) for value in values)
    head = _CENTRAL.pack(
        0x02014B50, _UNIX | _ZIP_64, _needed(bool(extra)), _UTF_8, 0, *_clock(member.at), member.crc32, size,
        size, len(name), len(extra), 0, 0, 0, _MODE, where,
    )  # fmt: skip
    return head + name + extra


def end(count: int, offset: int, size: int) -> bytes:
    """The last bytes: so many files, their directory of `size` bytes at `offset`."""
    shown = min(count, _MANY), min(count, _MANY), min(size, _FULL), min(offset, _FULL)
    last = _END.pack(0x06054B50, 0, 0, *shown, 0)
    if count < _MANY and size < _FULL and offset < _FULL:
        return last
    large = _END_64.pack(
        0x06064B50, _END_64.size - 12, _UNIX | _ZIP_64, _ZIP_64, 0, 0, count, count, size, offset
    )
    return large + _LOCATOR.pack(0x07064B50, 0, offset + size, 1) + last


def _needed(large: bool) -> int:
    return _ZIP_64 if large else _PLAIN


def _zip_64(values: list[int]) -> bytes:
    return _EXTRA.pack(1, 8 * len(values)) + struct.pack(f"<{len(values)}Q", *values) if values else b""


def _clock(at: datetime) -> tuple[int, int]:
    """Time and date as DOS kept them: two seconds are one, and time begins in 1980."""
    if at.year < 1980:
        return 0, 1 << 5 | 1
    day = (min(at.year, 2107) - 1980) << 9 | at.month << 5 | at.day
    return at.hour << 11 | at.minute << 5 | at.second // 2, day
