"""A connection loses patience with a request that does not come, and with nothing else."""

import socket
from collections.abc import Iterator

import pytest

from studio import server
from studio.web import slow, worker
from studio.web.slow import Metered

Pair = tuple[Metered, socket.socket]


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
    ours._seconds = 0.05
    with pytest.raises(ConnectionResetError, match="too slowly"):
        ours.recv(100)


def test_each_piece_that_came_renews_the_patience(pair: Pair) -> None:
    ours, other = pair
    ours._seconds, ours._bytes = 1, 5
    other.sendall(b"GET /")
    ours.recv(4)
    assert ours._seconds <= 1
    ours.recv(1)
    assert (ours._seconds, ours._bytes) == (slow.PATIENCE, slow.PIECE)


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


def test_the_shipped_server_uses_it() -> None:
    assert server.worker_class == f"{worker.Worker.__module__}.{worker.Worker.__qualname__}"
