"""Limits of an upload, with the shipped server: what is too much is not read, and nothing of it stays."""

import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests import pictures
from tests.living import Studio, eventually
from tests.visitor import UPLOAD, Visitor, multipart

pytestmark = pytest.mark.faults
LIMIT = 4_000_000
PACKSHOTS = 15
MIB = 1 << 20


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("STUDIO_UPLOAD_MB", str(LIMIT // 1_000_000))
    monkeypatch.setenv("STUDIO_BRAND_PACKSHOTS", str(PACKSHOTS))
    living = Studio(tmp_path / "data").start()
    yield living
    living.stop()


@pytest.fixture
def visitor(studio: Studio) -> Iterator[Visitor]:
    with closing(Visitor(studio)) as visitor:
        yield visitor


def incoming(studio: Studio) -> list[Path]:
    return list((studio.data / "media/incoming").iterdir())


def packshots(studio: Studio) -> int:
    with closing(sqlite3.connect(f"file:{studio.data}/studio.sqlite3?mode=ro", uri=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM studio_packshot").fetchone()
        return int(count)


def padded(length: int) -> bytes:
    data = pictures.photo()
    return data + bytes(length - len(data))


def test_the_limit_of_bytes_is_exact(studio: Studio, visitor: Visitor) -> None:
    status, page = visitor.upload("MORE.jpg", padded(LIMIT + 1))
    assert (status, b"the limit is 4 MB" in page) == (422, True)
    assert visitor.upload("MOST.jpg", padded(LIMIT))[0] == 200
    eventually(lambda: not incoming(studio))


def test_ten_times_the_limit_is_cut_off_unread(visitor: Visitor) -> None:
    """What is counted is what the server took, with what lies in its half of the connection."""
    sent = 0
    with visitor.begun(UPLOAD, 10 * LIMIT, "line") as upload:
        upload.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        with suppress(OSError):
            while sent < 10 * LIMIT:
                sent += upload.send(bytes(8192))
    assert sent <= LIMIT + MIB, sent


def test_a_body_without_a_length_is_refused_with_the_limit(visitor: Visitor) -> None:
    line, body = multipart("MUG.jpg", pictures.photo())
    with visitor.begun(UPLOAD, None, line) as upload:
        upload.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        answer = HTTPResponse(upload)
        answer.begin()
        told = answer.read()
    assert answer.status == 422
    assert b"Up to 4 MB are taken" in told


def test_twenty_uploads_at_once_take_the_room_that_there_is_and_leave_no_file(
    studio: Studio, visitor: Visitor
) -> None:
    def send(number: int) -> int:
        with closing(visitor.again()) as other:
            return other.upload(f"CUP-{number:02}x.jpg", pictures.photo(300 + number, 240))[0]

    room = PACKSHOTS - packshots(studio)
    with ThreadPoolExecutor(20) as pool:
        ends = sorted(pool.map(send, range(20)))
    assert ends == [200] * room + [422] * (20 - room)
    assert packshots(studio) == PACKSHOTS
    eventually(lambda: not incoming(studio))
