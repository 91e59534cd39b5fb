"""A connection loses patience with a request that does not come or an answer nobody reads; nothing else."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio import server
from studio.web import slow, worker
from studio.web.slow import Metered

Pair = tuple[Metered, socket.socket]
MUCH = 3 * slow.PIECE + 7  # bytes


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Ours, and the other side's end."""
    one, other = socket.socketpair()
    with Metered(fileno=one.detach()) as ours, other:
        ours.begin()
        yield ours, other


def test_what_comes_is_read(pair: Pair) -> None:
    ours, other = pair
    other.sendall(b"GET /")
    assert ours.recv(100) == b"GET /"


def test_a_piece_that_does_not_come_resets_the_connection(pair: Pair) -> None:
    ours, other = pair
    other.sendall(b"GET /")
    ours.recv(100)
    ours.reading.seconds = 0.05
    with pytest.raises(ConnectionResetError, match="too slowly"):
        ours.recv(100)


def test_each_piece_that_came_renews_the_patience(pair: Pair) -> None:
    ours, other = pair
    ours.reading.seconds, ours.reading.bytes = 1, 5
    other.sendall(b"GET /")
    ours.recv(4)
    assert ours.reading.seconds <= 1
    ours.recv(1)
    assert (ours.reading.seconds, ours.reading.bytes) == (slow.PATIENCE, slow.PIECE)


def test_a_shorter_timeout_of_the_servers_own_stays_what_it_is(pair: Pair) -> None:
    ours, _ = pair
    ours.settimeout(0.05)
    with pytest.raises(TimeoutError):
        ours.recv(100)
    assert ours.gettimeout() == 0.05


def test_patience_for_a_request_leaves_the_answer_alone(pair: Pair) -> None:
    ours, other = pair
    other.sendall(b"GET /")
    ours.recv(100)
    assert ours.gettimeout() is None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "picture"
    path.write_bytes(bytes(range(251)) * (MUCH // 251 + 1))
    return path


def send_at_once(ours: Metered, file: Path) -> None:
    ours.sendall(file.read_bytes()[:MUCH])


def send_bit_by_bit(ours: Metered, file: Path) -> None:
    left = memoryview(file.read_bytes()[:MUCH])
    while left:
        left = left[ours.send(left) :]


def send_file(ours: Metered, file: Path) -> None:
    with file.open("rb") as opened:
        assert ours.sendfile(opened, count=MUCH) == MUCH


WAYS = pytest.mark.parametrize("way", [send_at_once, send_bit_by_bit, send_file])


@WAYS
def test_an_answer_that_is_read_arrives_whole(
    pair: Pair, file: Path, way: Callable[[Metered, Path], None]
) -> None:
    ours, other = pair
    with ThreadPoolExecutor(1) as pool:
        reads = pool.submit(other.recv, MUCH, socket.MSG_WAITALL)
        way(ours, file)
        assert reads.result() == file.read_bytes()[:MUCH]
    assert ours.gettimeout() is None


@WAYS
def test_an_answer_that_nobody_reads_resets_the_connection(
    pair: Pair, file: Path, way: Callable[[Metered, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = pair
    monkeypatch.setattr(slow, "PATIENCE", 0.05)
    ours.writing.renew()
    with pytest.raises(ConnectionResetError, match="read too slowly"):
        way(ours, file)


def test_a_file_ends_where_it_ends_or_where_it_was_asked_to(pair: Pair, tmp_path: Path) -> None:
    ours, other = pair
    path = tmp_path / "picture"
    path.write_bytes(b"0123456789")
    with path.open("rb") as opened:
        assert ours.sendfile(opened, offset=2, count=3) == 3
        assert ours.sendfile(opened, offset=5, count=100) == 5
        assert ours.sendfile(opened) == 10
    assert other.recv(100) == b"234567890123456789"


def test_a_new_request_brings_no_patience_for_answers_nobody_reads(pair: Pair) -> None:
    """Or one small answer after the other could wait for ever."""
    ours, _ = pair
    ours.reading.seconds = ours.writing.seconds = 1
    ours.begin()
    assert (ours.reading.seconds, ours.writing.seconds) == (slow.PATIENCE, 1)


def test_the_shipped_server_uses_it() -> None:
    assert server.worker_class == f"{worker.Worker.__module__}.{worker.Worker.__qualname__}"
