"""Archives made in memory: ordinary ones, forty hostile names, and archives that lie."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

# What a name may try. True: the picture is taken all the same, under a name that harms nobody.
HOSTILE_NAMES: Final[dict[str, bool]] = {
    "../../escaped.jpg": False,
    "../escaped.jpg": False,
    "a/../../escaped.jpg": False,
    "a/b/../../../escaped.jpg": False,
    "..\\..\\escaped.jpg": False,
    "a\\..\\..\\escaped.jpg": False,
    "..": False,
    "../": False,
    "/etc/escaped.jpg": False,
    "//server/share/escaped.jpg": False,
    "\\\\server\\share\\escaped.jpg": False,
    "\\\\?\\C:\\escaped.jpg": False,
    "C:\\Windows\\escaped.jpg": False,
    "C:escaped.jpg": False,
    "c:/escaped.jpg": False,
    "/": False,
    " ": False,
    "...": False,
    "...jpg/..": False,
    "nul\0.jpg": False,
    "../nul\0/escaped.jpg": False,
    "line\nbreak.jpg": False,
    "carriage\rreturn.jpg": False,
    "tab\tstop.jpg": False,
    "bell\x07.jpg": False,
    "escape\x1b[31m.jpg": False,
    "\u202egpj.escaped.jpg": False,
    "isolate\u2066.jpg": False,
    "deleted\x7f.jpg": False,
    "zero\u200bwidth.jpg": True,
    "<script>alert(1)</script>.jpg": True,
    '"><img src=x onerror=alert(1)>.jpg': True,
    "{{ 7*7 }}{% csrf_token %}.jpg": True,
    "'; DROP TABLE studio_product; --.jpg": True,
    "=HYPERLINK(1).jpg": True,
    "CON.jpg": True,
    "aux.jpg.": True,
    "%2e%2e%2fescaped.jpg": True,
    "$(touch escaped).jpg": True,
    "`touch escaped`.jpg": True,
    "-rf.jpg": True,
    "~root.jpg": True,
    "x" * 300 + ".jpg": True,
    "folder/" * 60 + "deep.jpg": True,
    "Mu\u0308g \U0001f469\u200d\U0001f3a8.jpg": True,
    "\ufffe.jpg": True,
}


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An ordinary zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(_info(name, method), data)
    return target.getvalue()


def _info(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """The name as it is: the constructor would cut it at a NUL."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.compress_type = method
    return info


def linked(name: str, target: str) -> bytes:
    """A zip with a symbolic link."""
    info = _info(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, target)
    return made.getvalue()


def bomb(name: str = "bomb.jpg", size: int = 40_000_000) -> bytes:
    """A small zip whose one file unpacks to `size` zeros."""
    return packed({name: bytes(size)}, zipfile.ZIP_DEFLATED)


def overlapping(count: int = 200) -> bytes:
    """Many entries of the directory that all point at the same bytes."""
    one = packed({"a.jpg": b"x" * 1000})
    at = one.index(b"PK\1\2")
    record = one[at : one.index(b"PK\5\6")]
    records = b"".join(record.replace(b"a.jpg", f"{number:05}"[:5].encode()) for number in range(count))
    return one[:at] + records + _end(count, len(records), at)


def crowded(count: int) -> bytes:
    """A directory of `count` entries, and no files."""
    record = packed({"a.jpg": b""})
    record = record[record.index(b"PK\1\2") : record.index(b"PK\5\6")]
    return b"PK\3\4" + record * count + _end(count & 0xFFFF, len(record) * count, 4)


def encrypted(files: Mapping[str, bytes]) -> bytes:
    """Says that its files are locked; their bytes are not changed."""
    return _patched(packed(files), 6, 8, struct.pack("<H", 1))


def of_method(method: int, files: Mapping[str, bytes]) -> bytes:
    """Says that its files are packed by another method."""
    return _patched(packed(files), 8, 10, struct.pack("<H", method))


def smaller_than_it_is(data: bytes) -> bytes:
    """Says that its deflated file has ten bytes."""
    return _patched(packed({"a.jpg": data}, zipfile.ZIP_DEFLATED), 22, 24, struct.pack("<L", 10))


def with_wrong_sum(data: bytes) -> bytes:
    return _patched(packed({"a.jpg": data}), 14, 16, struct.pack("<L", zlib.crc32(data) ^ 1))


def with_two_names(data: bytes) -> bytes:
    """The directory calls the file one thing, the file itself another."""
    return packed({"a.jpg": data}).replace(b"a.jpg", b"b.jpg", 1)


def beyond_its_end() -> bytes:
    """64-bit numbers that point far past the file."""
    zip64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 1 << 62, 1 << 61)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    return b"PK\3\4" + zip64 + locator + _end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


HOSTILE_ARCHIVES: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    # Each makes an archive; the code is that of the archive, or of its one file.
    "bomb": (bomb, "entry_bomb"),
    "many bombs": (
        lambda: packed({f"{n}.jpg": bytes(900_000) for n in range(80)}, zipfile.ZIP_DEFLATED),
        "archive_unpacked",
    ),
    "overlapping": (overlapping, "archive_overlap"),
    "crowded": (lambda: crowded(20_001), "archive_entries"),
    "very crowded": (lambda: crowded(400_000), "archive_entries"),
    "symbolic link": (lambda: linked("a.jpg", "/etc/passwd"), "entry_link"),
    "encrypted": (lambda: encrypted({"a.jpg": b"x"}), "entry_encrypted"),
    "lzma": (lambda: of_method(zipfile.ZIP_LZMA, {"a.jpg": b"x"}), "entry_method"),
    "unknown method": (lambda: of_method(99, {"a.jpg": b"x"}), "entry_method"),
    "archive in the archive": (lambda: packed({"a.zip": packed({"b.jpg": b"x"})}), "entry_nested"),
    "wrong sum": (lambda: with_wrong_sum(b"x" * 50), "entry_damaged"),
    "smaller than it is": (lambda: smaller_than_it_is(b"x" * 500), "entry_damaged"),
    "two names": (lambda: with_two_names(b"x" * 50), "entry_damaged"),
    "cut off": (lambda: packed({"a.jpg": b"x" * 500})[:-30], "archive_damaged"),
    "cut off at its start": (lambda: packed({"a.jpg": b"x" * 500})[100:], "entry_damaged"),
    "beyond its end": (beyond_its_end, "archive_entries"),
    "empty": (lambda: packed({}), "archive_empty"),
    "folders only": (lambda: packed({"a/": b"", "a/b/": b""}), "archive_empty"),
    "workbook": (lambda: packed({"[Content_Types].xml": b"<x/>", "xl/a.xml": b""}), "archive_office"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive_other"),
    "tar.gz": (lambda: b"\x1f\x8b\x08" + bytes(50), "archive_other"),
}


def _patched(data: bytes, local: int, central: int, value: bytes) -> bytes:
    """The first entry with other bytes at these offsets of its two records."""
    found = bytearray(data)
    for start, offset in ((data.index(b"PK\3\4"), local), (data.index(b"PK\1\2"), central)):
        found[start + offset : start + offset + len(value)] = value
    return bytes(found)


def _end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, size, offset, 0)
