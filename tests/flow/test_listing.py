"""An archive is read from its listing: any part at any time, and every tool takes it out whole."""

import hashlib
import io
import random
import shutil
import subprocess
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest

from studio import storage
from studio.flow import zip_layout
from studio.flow.listing import Archive, Gone, Piece, Writer, crc32_of
from studio.flow.zip_layout import Member

AT = datetime(2026, 11, 25, 6, 37, 12)
TOOLS = {"unzip": ("unzip",), "7z": ("7z", "7zz", "7za")}
NAMES = ["MUG/meta/MUG_café_1080x1080.jpg", "कप/空.png", "a.jpg", "empty.txt", "manifest.csv"]


def member(name: str, data: bytes) -> Member:
    return Member(name, AT, len(data), zlib.crc32(data))


@pytest.fixture
def contents() -> dict[str, bytes]:
    dice = random.Random(6)
    sizes = (200_000, 1, 70_001, 0, 900)
    return {name: dice.randbytes(size) for name, size in zip(NAMES, sizes, strict=True)}


@pytest.fixture
def archive(contents: dict[str, bytes]) -> Archive:
    """The first file is in one piece, the second kept in the listing, the third spliced, the last a file."""
    first, second, third, empty, last = contents.values()
    kept, spliced = storage.save(first, "cuts", "jpg"), storage.save(third[:100] + third[150:], "cuts", "jpg")
    out = io.BytesIO()
    writer = Writer(out)
    writer.add(member(NAMES[0], first), [Piece(kept, 0, len(first))])
    writer.add(member(NAMES[1], second), [second])
    parts = [Piece(spliced, 0, 100), third[100:150], Piece(spliced, 100, len(third) - 150)]
    writer.add(member(NAMES[2], third), parts)
    writer.add(member(NAMES[3], empty), [Piece(kept, 0, 0)])
    writer.add_file(member(NAMES[4], last), io.BytesIO(last))
    size = writer.finish()
    made = Archive(storage.save(out.getvalue(), "exports", "listing"))
    assert made.size == size
    return made


def test_python_takes_out_what_was_put_in(archive: Archive, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == contents
        info = opened.infolist()[0]
        assert (info.date_time, info.external_attr >> 16) == ((2026, 11, 25, 6, 37, 12), 0o100644)


@pytest.mark.parametrize("tool", TOOLS)
def test_other_tools_take_it_out_too(
    tool: str, archive: Archive, contents: dict[str, bytes], tmp_path: Path
) -> None:
    program = next(filter(None, map(shutil.which, TOOLS[tool])), None)
    if program is None:
        pytest.skip(f"{tool} is not installed here")
    (tmp_path / "a.zip").write_bytes(archive.read())
    how = {"unzip": ["-q", "a.zip", "-d", "out"], "7z": ["x", "-bd", "-oout", "a.zip"]}[tool]
    run = {"cwd": tmp_path, "check": True, "capture_output": True, "env": {"LC_ALL": "C.UTF-8"}}
    subprocess.run([program, *how], **run)
    found = {path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in found.items()} == contents


def test_every_part_is_what_the_whole_has_there(archive: Archive) -> None:
    whole = archive.read(archive.size)
    assert len(whole) == archive.size
    dice = random.Random(7)
    for _ in range(300):
        start, length = dice.randrange(archive.size), dice.choice([1, 3, 50, 5_000, 400_000])
        archive.seek(start)
        assert archive.read(length) == whole[start : start + length]
    archive.seek(0, io.SEEK_END)
    assert archive.read(5) == b""


def test_small_blocks_and_large_ones_give_the_same_bytes(archive: Archive) -> None:
    digests = set()
    for block in (97, 4096, 1 << 20):
        archive.seek(0)
        digests.add(hashlib.sha256(b"".join(iter(lambda size=block: archive.read(size), b""))).digest())
    assert len(digests) == 1


def test_a_picture_that_went_is_known_before_reading_and_stops_a_reader(archive: Archive) -> None:
    assert archive.lost() == []
    key = next(archive.pieces()).key
    storage.delete([key])
    assert archive.lost() == [key]
    with pytest.raises(Gone):
        archive.read()


def test_a_picture_that_became_shorter_counts_as_gone(archive: Archive, contents: dict[str, bytes]) -> None:
    key = next(archive.pieces()).key
    with storage.open_file(key) as file, open(file.name, "r+b") as writable:
        writable.truncate(100)
    assert archive.lost() == [key]
    with pytest.raises(Gone):
        archive.read()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 200])
def test_a_file_that_is_no_listing_is_refused(length: int) -> None:
    with pytest.raises(FileNotFoundError):
        Archive(storage.save(b"x" * length, "exports", "listing"))


def test_sizes_and_places_of_four_gigabytes_get_their_zip64_fields() -> None:
    large = Member("large.bin", AT, 5 << 30, 7)
    assert len(zip_layout.local_header(large)) == 30 + len("large.bin") + 4 + 16
    assert len(zip_layout.directory_entry(large, 6 << 30)) == 46 + len("large.bin") + 4 + 24
    small = Member("small.bin", AT, 5, 7)
    assert len(zip_layout.directory_entry(small, 6 << 30)) == 46 + len("small.bin") + 4 + 8
    assert len(zip_layout.directory_entry(small, 5)) == 46 + len("small.bin")
    assert len(zip_layout.end(10, 100, 100)) == 22
    assert len(zip_layout.end(70_000, 100, 100)) == len(zip_layout.end(10, 5 << 30, 100)) == 22 + 56 + 20


def test_a_time_before_dos_is_its_first_day() -> None:
    data = io.BytesIO()
    Writer(data).finish()
    with zipfile.ZipFile(io.BytesIO(data.getvalue()[:22])) as empty:
        assert empty.namelist() == []
    header = zip_layout.local_header(Member("a", datetime(1975, 1, 1), 0, 0))
    assert header[10:14] == b"\0\0\x21\0"


def test_the_sum_of_a_file_is_read_in_blocks() -> None:
    assert crc32_of(io.BytesIO(b"studio" * 200_000)) == (1_200_000, zlib.crc32(b"studio" * 200_000))
