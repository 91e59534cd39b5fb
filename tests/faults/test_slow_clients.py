"""Clients that send next to nothing, or read nothing: they are cut off, and nobody else notices them."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import Event

import pytest

from studio.web.slow import PATIENCE
from tests import pictures
from tests.living import Studio
from tests.visitor import PRODUCTS, UPLOAD, Visitor, multipart

pytestmark = pytest.mark.faults
CUT = 120.0  # seconds within which each must be gone
MANY = 400  # answers of 29 kB, asked for at once: more than the kernel ever keeps for one connection
LEAST = 9_000  # bytes a second that are fast enough


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    living = Studio(tmp_path / "data").start()
    yield living
    living.stop()


@pytest.fixture
def visitor(studio: Studio) -> Iterator[Visitor]:
    with closing(Visitor(studio)) as visitor:
        yield visitor


def test_twenty_slow_uploads_and_twenty_half_open_ones_disturb_nobody(visitor: Visitor) -> None:
    stop = Event()
    with ExitStack() as doors, ThreadPoolExecutor(1) as pool:
        slow = [doors.enter_context(visitor.begun(UPLOAD, 2_000_000, "line")) for _ in range(20)]
        still = [doors.enter_context(half_open(visitor, number)) for number in range(20)]
        waits = pool.submit(pages, visitor.again(), stop)
        try:
            gone = trickle(slow, still)
        finally:
            stop.set()
    assert len(gone) == 40, f"{40 - len(gone)} were not cut off within {CUT} s"
    seconds = sorted(waits.result())
    p95 = seconds[int(len(seconds) * 0.95)]
    print(f"{len(seconds)} pages, p95 {p95:.3f} s; the last was cut off after {max(gone.values()):.0f} s")
    assert p95 <= 0.5, seconds[-10:]


def test_forty_who_ask_and_never_read_disturb_nobody(visitor: Visitor) -> None:
    """Each asks for many pictures at once, and has hardly any room to receive them."""
    stop = Event()
    with ExitStack() as doors, ThreadPoolExecutor(1) as pool:
        deaf = [doors.enter_context(asking(visitor)) for _ in range(40)]
        waits = pool.submit(pages, visitor.again(), stop)
        time.sleep(PATIENCE + 15)
        stop.set()
        assert max(map(answers, deaf)) < MANY / 2, "somebody was not cut off"
    seconds = sorted(waits.result())
    p95 = seconds[int(len(seconds) * 0.95)]
    print(f"{len(seconds)} pages, p95 {p95:.3f} s")
    assert p95 <= 0.5, seconds[-10:]


def test_a_slow_upload_that_is_fast_enough_arrives(visitor: Visitor) -> None:
    """Twice the least, for longer than our patience."""
    line, body = multipart("MUG-0114.jpg", pictures.photo() + bytes(45 * 2 * LEAST))
    with visitor.begun(UPLOAD, len(body), line) as upload:
        for at in range(0, len(body), LEAST):
            upload.sendall(body[at : at + LEAST])
            time.sleep(0.5)
        assert upload.recv(100).startswith(b"HTTP/1.1 200")


def half_open(visitor: Visitor, number: int) -> socket.socket:
    """By turns nothing, half a head, a head without its body."""
    if number % 3 == 2:
        return visitor.begun(UPLOAD, 2_000_000, "line")
    begun = socket.create_connection(("127.0.0.1", visitor.port))
    begun.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCoo" if number % 3 else b"")
    return begun


def asking(visitor: Visitor) -> socket.socket:
    """A connection with a fraction of what was asked for on its way, and the rest to come if it is read."""
    deaf = socket.socket()
    deaf.settimeout(60)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.connect(("127.0.0.1", visitor.port))
    deaf.sendall(b"GET /static/img/wall/1.webp HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * MANY)
    return deaf


def answers(deaf: socket.socket) -> int:
    """How many whole ones come, now that somebody reads."""
    data = b""
    with suppress(ConnectionResetError):
        while piece := deaf.recv(1 << 20):
            data += piece
    return data.count(b"HTTP/1.1 200 OK") - (len(data) > 0)


def pages(visitor: Visitor, stop: Event) -> list[float]:
    """How long each page took, in seconds."""
    waits = []
    with closing(visitor):
        while not stop.wait(0.1):
            started = time.monotonic()
            assert visitor.get(PRODUCTS)[0] == 200
            waits.append(time.monotonic() - started)
    return waits


def trickle(slow: list[socket.socket], still: list[socket.socket]) -> dict[socket.socket, float]:
    """Sends 1 kB a second on each slow one, nothing on the others. When the server closed each."""
    gone: dict[socket.socket, float] = {}
    started = time.monotonic()
    while len(gone) < len(slow) + len(still) and time.monotonic() - started < CUT:
        for one in (*slow, *still):
            if one not in gone and closed(one, b"x" * 250 if one in slow else b""):
                gone[one] = time.monotonic() - started
        time.sleep(0.25)
    return gone


def closed(one: socket.socket, piece: bytes) -> bool:
    try:
        one.sendall(piece)
        while one.recv(65536, socket.MSG_DONTWAIT):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
