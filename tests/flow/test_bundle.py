"""An archive of packshots is read within bounds; whatever it tries, there is a sentence for it."""

import io
import zipfile

import pytest

from studio.flow import bundle
from studio.flow.bundle import Entry
from studio.imaging.errors import Refused
from studio.messages import MESSAGES, say
from tests import archives, pictures
from tests.archives import HOSTILE_ARCHIVES, HOSTILE_NAMES, packed

MOST, EACH = 60_000_000, 50_000_000


def entries(data: bytes) -> list[Entry]:
    return bundle.entries(io.BytesIO(data), MOST, EACH)


def read(data: bytes, number: int = 0) -> bytes:
    with bundle.opened(io.BytesIO(data), EACH) as archive:
        return archive.read(number)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_pictures_come_out_as_they_went_in(method: int) -> None:
    data = packed({"a/MUG-1.jpg": pictures.packshot(), "CUP.png": b"png"}, method)
    assert [(one.path, one.reason) for one in entries(data)] == [("a/MUG-1.jpg", ""), ("CUP.png", "")]
    assert read(data) == pictures.packshot()
    assert read(data, 1) == b"png"


def test_what_operating_systems_leave_behind_is_passed_over() -> None:
    data = packed({
        "a/": b"", "__MACOSX/._MUG.jpg": b"x", "a/.DS_Store": b"x", "Thumbs.db": b"x", "a/desktop.ini": b"x",
        "./MUG.jpg": b"x",
    })  # fmt: skip
    assert [one.path for one in entries(data)] == ["MUG.jpg"]


def test_names_of_macos_and_of_windows_are_read() -> None:
    bare = packed({"GR\u00dcN.jpg": b"x"})
    assert entries(bare.replace(b"\0\x08", b"\0\0"))[0].path == "GRÜN.jpg"  # UTF-8 that does not say so
    assert entries(packed({"a\\b\\MUG.jpg": b"x"}))[0].path == "a/b/MUG.jpg"


def test_there_are_forty_hostile_names() -> None:
    assert len(HOSTILE_NAMES) >= 40


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_has_a_sentence_or_harms_nobody(name: str) -> None:
    data = packed({"good.jpg": b"good", name: b"bad"})
    found = [one for one in entries(data) if one.path != "good.jpg"]
    assert all(len(one.path) <= 255 and one.path.isprintable() for one in found)
    assert all(say(one.reason).sentence for one in found if one.reason in MESSAGES)
    assert bool(found and not found[0].reason) == HOSTILE_NAMES[name]
    assert read(data, 0) == b"good"  # the rest still comes in


def test_there_are_ten_hostile_archives() -> None:
    assert len(HOSTILE_ARCHIVES) >= 10


@pytest.mark.parametrize("kind", HOSTILE_ARCHIVES)
def test_a_hostile_archive_has_a_sentence(kind: str) -> None:
    make, code = HOSTILE_ARCHIVES[kind]
    assert reason_of(make()) == code
    assert code in MESSAGES


def reason_of(data: bytes) -> str:
    """Of the archive, of its first file by the directory, or of that file once it is read."""
    try:
        listed = entries(data)
        if not listed[0].reason:
            read(data, listed[0].number)
    except Refused as refusal:
        return refusal.code
    return listed[0].reason


def test_the_same_name_twice_is_taken_once() -> None:
    data = packed({"MUG.jpg": b"one", "MUH.jpg": b"two", "mug.JPG": b"three"}).replace(b"MUH", b"MUG")
    assert [one.reason for one in entries(data)] == ["", "entry_twice", "entry_twice"]


def test_a_file_over_the_limit_is_named_with_both_figures() -> None:
    one = bundle.entries(io.BytesIO(packed({"a.jpg": bytes(2000)})), MOST, 1000)[0]
    assert say(one.reason, **one.values).sentence.startswith("The file is too big. ")
    assert one.values == {"bytes": 2000, "limit": 1000}


def test_an_archive_behind_other_bytes_is_read_as_unzip_would() -> None:
    data = b"#!/bin/sh\n" + packed({"MUG.jpg": b"picture"})
    assert read(data) == b"picture"


def test_a_file_that_changed_since_it_was_listed_is_damaged() -> None:
    with pytest.raises(Refused, match="entry_damaged"):
        read(packed({"a.jpg": b"x"}), 7)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_no_cut_or_flip_of_a_byte_gets_past_the_sentences(cut: int) -> None:
    whole = packed({"a.jpg": b"x" * 100, "b.jpg": b"y" * 100}, zipfile.ZIP_DEFLATED)
    flipped = bytearray(whole)
    flipped[cut % len(whole)] ^= 0xFF
    for data in (whole[: cut % len(whole)], bytes(flipped)):
        assert reason_of(data) in {"", *MESSAGES}


def test_a_directory_is_counted_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a zip library saw it")

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", never)
    assert reason_of(archives.crowded(20_001)) == "archive_entries"
