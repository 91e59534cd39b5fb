"""Archives at their limits: 70,000 files beyond 4 GiB, readers that leave, files that go meanwhile."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from http.client import IncompleteRead
from pathlib import Path

import pytest

from studio.flow.listing import BLOCK
from tests.faults.archives import build, download, fill, save_sparse, wait
from tests.faults.rounds import timed
from tests.faults.visitor import Visitor
from tests.faults.work import rows
from tests.living import Studio, eventually

pytestmark = pytest.mark.faults
MANY, SIZE = 1_000, 64_000  # pictures with seventy cuts each: 70,000 files, 4.48 GB


def test_seventy_thousand_files_beyond_four_gigabytes_open_everywhere(studio: Studio, tmp_path: Path) -> None:
    visitor = Visitor(studio)
    shoot, stored = fill(studio, MANY, SIZE)
    with timed("listed 70,000 files"):
        export = build(studio, visitor, shoot)
    with timed("first byte of 70,000 files"), download(studio, visitor, export) as answer:
        assert answer.read(4) == b"PK\x03\x04"
    target = tmp_path / "large.zip"
    with timed("downloaded 70,000 files"), download(studio, visitor, export) as answer:
        size = save_sparse(answer, target)
    assert size == int(answer.headers["Content-Length"]) > 4 << 30
    expected = _python_reads_it(target, set(stored.values()))
    assert _said_by(["unzip", "-p", str(target)]) == expected
    assert _said_by([_seven_zip(), "x", "-so", "-bd", str(target)]) == expected
    tail = {"Range": f"bytes={size - 1_000_000}-"}
    with target.open("rb") as file, download(studio, visitor, export, tail) as part:
        file.seek(size - 1_000_000)
        assert (part.status, part.read()) == (206, file.read())


def test_a_reader_who_leaves_stops_the_work(studio: Studio) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("without /proc nobody can see which files a process has open")
    visitor = Visitor(studio)
    shoot, _ = fill(studio, 20, 20_000_000, kinds=2, places=1)
    export = build(studio, visitor, shoot)
    with ExitStack() as readers:
        for _ in range(5):
            readers.enter_context(download(studio, visitor, export)).read(1_000_000)
        assert _open_in_web(studio)
    eventually(lambda: not _open_in_web(studio), within=10)
    assert visitor.get("/b/studio/gallery/").status == 200


def test_a_file_that_goes_while_it_is_read_ends_the_download_short_and_is_named_afterwards(
    studio: Studio,
) -> None:
    visitor = Visitor(studio)
    shoot, stored = fill(studio, 6, 8_000_000, kinds=6, random=8_000_000, places=1)
    export = build(studio, visitor, shoot)
    with download(studio, visitor, export) as answer:
        assert answer.read(BLOCK)
        (studio.data / "media" / list(stored)[5]).unlink()
        with pytest.raises((IncompleteRead, ConnectionError)):
            answer.read()
    eventually(lambda: "went while an archive was read" in studio.log.read_text(), 10)
    assert studio.log.read_text().count("listing.Gone:") == 1
    page = visitor.get(f"/exports/{export}/download/")
    assert page.address.endswith(f"/exports/{export}/")
    assert b"The archive is being built once more" in page.body
    wait(studio, export)
    [(count, missing)] = rows(studio, f"SELECT count, missing FROM studio_export WHERE id = {export}")
    # It is cut anew first, and what lies there as its picture is none.
    assert (count, [one["reason"] for one in json.loads(missing)]) == (5, ["cut_failed"])


def test_an_archive_goes_on_after_a_broken_download(studio: Studio) -> None:
    visitor = Visitor(studio)
    shoot, _ = fill(studio, 3, 5_000_000, kinds=3, random=5_000_000, places=1)
    export = build(studio, visitor, shoot)
    with download(studio, visitor, export) as whole:
        expected, begun = whole.read(), b""
    while len(begun) < len(expected):
        rest = {"Range": f"bytes={len(begun)}-", "If-Range": whole.headers["ETag"]}
        with download(studio, visitor, export, rest) as answer:
            assert answer.status == 206
            begun += answer.read(4_000_000)
    assert hashlib.sha256(begun).digest() == hashlib.sha256(expected).digest()


def _python_reads_it(target: Path, known: set[str]) -> str:
    """Every hash is that of the manifest and of what was stored. The hash of all bytes, one after another."""
    whole, seen = hashlib.sha256(), set()
    with zipfile.ZipFile(target) as archive:
        told = {row["file"]: row["sha256"] for row in json.loads(archive.read("manifest.json"))["files"]}
        for name in archive.namelist():
            data = archive.read(name)
            whole.update(data)
            if name in told:
                sha256 = hashlib.sha256(data).hexdigest()
                assert sha256 == told[name]
                seen.add(sha256)
        assert len(told) == len(archive.namelist()) - 2 == 70_000
    assert seen == known
    return whole.hexdigest()


def _said_by(command: Sequence[str]) -> str:
    """The hash of what it writes; it must find no fault with the archive."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tool:
        assert tool.stdout is not None
        digest = hashlib.file_digest(tool.stdout, "sha256").hexdigest()  # type: ignore[arg-type]
    assert tool.returncode == 0
    return digest


def _seven_zip() -> str:
    found = next(filter(None, map(shutil.which, ("7z", "7zz", "7za"))), None)
    return found or pytest.skip("7z is not installed here")


def _open_in_web(studio: Studio) -> list[str]:
    """Stored files that a web worker has open."""
    web = studio.under(studio.leader("gunicorn").pid)
    found = []
    for process in web:
        for link in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                found.append(os.readlink(link))
            except FileNotFoundError:
                continue
    return [path for path in found if "/media/" in path]
