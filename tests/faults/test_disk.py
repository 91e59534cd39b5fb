"""The disk fills up to the last byte at eight points of the work; afterwards all is there, and no more.

Database and files share the disk. The floor is off, or nothing would be begun. One worker makes one picture
after the other, so that the point is known.
"""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.imaging.facts import Limits
from studio.imaging.normalise import normalise
from tests import pictures
from tests.faults.invariants import files, named
from tests.faults.rounds import timed
from tests.faults.small import Disk, small_disk
from tests.faults.visitor import ADMIN, Answer, Visitor
from tests.faults.work import (
    assert_every_picture_once,
    change,
    count,
    done,
    launch,
    launched,
    rows,
    workers,
)
from tests.living import Studio, eventually

pytestmark = pytest.mark.faults
PLACE, EIGHT = "meta_stories", 8  # six pictures and one of each product for the placement
BLOCK = 4096


# The write-ahead log keeps its length, so rows find room where files do not.
ROOM_FOR_ROWS = (
    "CREATE TABLE ballast (bytes)", "INSERT INTO ballast VALUES (zeroblob(3000000))", "DROP TABLE ballast",
)  # fmt: skip


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=64) as small:
        yield small


@pytest.fixture
def studio(disk: Disk) -> Iterator[Studio]:
    living = Studio(disk.folder, STUDIO_DISK_FLOOR_MB="0", STUDIO_WORKERS="1", **ADMIN).start()
    eventually(lambda: living.status("/readyz") == 200, within=45)
    for statement in ROOM_FOR_ROWS:
        change(living, statement)
    yield living
    disk.free()
    living.stop()


def test_a_disk_that_is_full_at_eight_points_costs_nothing_but_time(studio: Studio, disk: Disk) -> None:
    visitor = Visitor(studio)
    _full_at_an_upload(visitor, disk)
    _full_at_a_cutout(studio, visitor, disk)
    _full_at_work(studio, disk, "picture", leave=0, sign="state = 'submitting'")
    sizes = _sizes(studio)
    _full_at_work(studio, disk, "screen copy", leave=sizes[0][0], sign="state = 'collecting'")
    _full_at_work(studio, disk, "cut", leave=sum(map(sum, sizes)), sign="state = 'done' AND cuts_due")
    _full_at_an_archive(studio, visitor, disk)
    _full_at_a_row(studio, visitor, disk)
    assert_every_picture_once(studio)
    assert files(studio) == named(studio)


def _full_at_an_upload(visitor: Visitor, disk: Disk) -> None:
    """With no room at all, and with room for the original and the packshot but not for the thumb."""
    data = pictures.packshot()
    for room in (0, _on_disk(len(data)) + _on_disk(len(normalise(data, Limits()).picture))):
        disk.fill(leave=room)
        _assert_it_says_so(visitor.upload("JUG.jpg", data), 422)
        disk.free()
    assert visitor.upload("JUG.jpg", data).status == 200


def _full_at_a_cutout(studio: Studio, visitor: Visitor, disk: Disk) -> None:
    with _paused(studio):
        assert visitor.upload("CAN.jpg", pictures.packshot("navy")).status == 200
        disk.fill()
    time.sleep(3)
    assert ("",) in rows(studio, "SELECT cutout FROM studio_packshot WHERE file_name = 'CAN.jpg'")
    disk.free()
    _assert_it_recovers(studio, "cut-out")


def _full_at_work(studio: Studio, disk: Disk, name: str, leave: int, sign: str) -> None:
    """`sign` is how the rows look when it was that point and no other."""
    with _paused(studio):
        launch(studio, 6, PLACE)
        disk.fill(leave + BLOCK)
    eventually(lambda: count(studio, f"studio_render WHERE {sign}"), 20)
    time.sleep(3)
    assert not _finished(studio)
    disk.free()
    _assert_it_recovers(studio, name)


def _full_at_an_archive(studio: Studio, visitor: Visitor, disk: Disk) -> None:
    with _paused(studio):
        assert visitor.post("/shoots/1/export/", {}).status == 200
        disk.fill()
    time.sleep(3)
    assert not count(studio, "studio_export WHERE state = 'done'")
    disk.free()
    eventually(lambda: count(studio, "studio_export WHERE state IN ('done', 'failed')"), 60)
    assert rows(studio, "SELECT state, failure FROM studio_export") in [
        [("done", "")],
        [("failed", "disk_full")],
    ]
    assert visitor.post("/shoots/1/export/", {}).status == 200
    eventually(lambda: count(studio, "studio_export WHERE state = 'done'"), 60)


def _full_at_a_row(studio: Studio, visitor: Visitor, disk: Disk) -> None:
    said = {"name": "Mug", "sku": "MUG-9", "description": "Cream glaze. " * 150}
    with sqlite3.connect(studio.data / "studio.sqlite3", timeout=20) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else rows still find room in the old log
        disk.fill()
    _assert_it_says_so(visitor.post("/products/1/edit/", said), 507)
    assert visitor.get("/b/studio/products/").status == 200, "reading needs no room"
    disk.free()
    _assert_it_recovers(studio, "row")
    assert visitor.post("/products/1/edit/", said).status == 200


@contextmanager
def _paused(studio: Studio) -> Iterator[None]:
    """The worker goes on at the end: what is prepared here meets it at once."""
    (worker,) = workers(studio)
    os.kill(worker, signal.SIGSTOP)
    yield
    os.kill(worker, signal.SIGCONT)


def _sizes(studio: Studio) -> list[list[int]]:
    """What the files of each picture of the last shoot take on a disk: picture, screen copy, thumb."""
    keys = rows(studio, f"SELECT picture, screen, thumb FROM studio_render ORDER BY id DESC LIMIT {EIGHT}")
    media = studio.data / "media"
    return [[_on_disk((media / key).stat().st_size) for key in one] for one in reversed(keys)]


def _on_disk(size: int) -> int:
    """In whole blocks."""
    return -(-size // BLOCK) * BLOCK


def _assert_it_says_so(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert b"disk is full" in answer.body


def _assert_it_recovers(studio: Studio, name: str) -> None:
    """Without a restart, and within a minute."""
    with timed(f"recovered from a disk that was full at a {name}"):
        eventually(lambda: _finished(studio) and studio.status("/readyz") == 200, within=60)
    assert studio.log.read_text().count("started as process") == 4, "nothing was started anew"


def _finished(studio: Studio) -> bool:
    return done(studio) == launched(studio) and not count(studio, "studio_render WHERE cuts_due")
