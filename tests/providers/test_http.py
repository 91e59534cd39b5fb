"""Calls end: in time, within bytes, and with a word about how far they came."""

import gzip
import socket
import subprocess
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from studio.providers.http import Answer, Http, NotSent, TooMuch, Unanswered
from tests.providers.networks import Names, Recorder
from tests.standin import StandIn

HOME = Path(__file__).parents[2]
Talk = Callable[[socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], Callable[..., Answer]]]:
    """`serve(talk)` gives a call to a server that talks as told to each visitor."""
    stop, opened = threading.Event(), []

    def start(talk: Talk) -> Callable[..., Answer]:
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        http = Http({f"127.0.0.1:{port}"})
        opened.append((server, http))

        def visit(visitor: socket.socket) -> None:
            with visitor, suppress(OSError):
                talk(visitor)

        def listen() -> None:
            with suppress(OSError):
                while not stop.is_set():
                    threading.Thread(target=visit, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        return lambda seconds=5.0, most=1000, **more: http.ask(
            "GET", f"http://127.0.0.1:{port}/", seconds=seconds, most=most, **more
        )

    yield start
    stop.set()
    for server, http in opened:
        http.close()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def says(data: bytes) -> Talk:
    def talk(visitor: socket.socket) -> None:
        visitor.recv(65_536)
        visitor.sendall(data)

    return talk


def drips(start: bytes, drop: bytes) -> Talk:
    """A drop every few milliseconds until the other end has gone: each one restarts a plain read timeout."""

    def talk(visitor: socket.socket) -> None:
        visitor.recv(65_536)
        visitor.sendall(start)
        while True:
            visitor.sendall(drop)
            threading.Event().wait(0.02)

    return talk


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "talk",
    [
        drips(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drips(OK + b"X-Slow: ", b"x"),
        lambda visitor: threading.Event().wait(3),
        lambda visitor: None,
        says(OK + b"Content-Length: 10\r\n\r\nhalf"),
        says(b"HTTP/1.1"),
        says(b"\x00\xff garbage\r\n\r\n"),
        says(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nno g"),
    ],
    ids=["body", "chunks", "header", "silence", "hang_up", "half", "cut_head", "garbage", "no_gzip"],
)
def test_what_was_sent_and_not_answered_is_told_apart_and_ends(
    serve: Callable[[Talk], Callable[..., Answer]], talk: Talk
) -> None:
    ask = serve(talk)
    with pytest.raises(Unanswered):
        ask(seconds=0.4, most=1_000_000)


def test_a_port_where_nobody_listens_was_not_sent_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotSent):
        Http({f"127.0.0.1:{port}"}).ask("GET", f"http://127.0.0.1:{port}/", seconds=5, most=10)


def test_nobody_waits_for_a_handshake_that_never_comes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(NotSent):
            Http({f"127.0.0.1:{port}"}).ask("GET", f"https://127.0.0.1:{port}/", seconds=0.3, most=10)


@pytest.mark.parametrize("length", ["Content-Length: 1001\r\n", ""])
def test_an_answer_larger_than_wanted_is_not_read_on(
    serve: Callable[[Talk], Callable[..., Answer]], length: str
) -> None:
    with pytest.raises(TooMuch):
        serve(says(OK + length.encode() + b"\r\n" + b"x" * 1001))()


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_answer_is_unpacked_and_its_bytes_are_counted_unpacked(
    serve: Callable[[Talk], Callable[..., Answer]], pack: Callable[[bytes], bytes]
) -> None:
    head = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
    assert serve(says(head + pack(b"{}" * 500)))().body == b"{}" * 500
    ask = serve(says(head + pack(bytes(50_000_000))))
    tracemalloc.start()
    with pytest.raises(TooMuch):
        ask()
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_an_answer_comes_whole_with_its_headers(serve: Callable[[Talk], Callable[..., Answer]]) -> None:
    answer = serve(says(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nlate"))()
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "7", b"late")


def test_cookies_are_not_kept(serve: Callable[[Talk], Callable[..., Answer]]) -> None:
    heard: list[bytes] = []

    def talk(visitor: socket.socket) -> None:
        heard.append(visitor.recv(65_536))
        visitor.sendall(OK + b"Set-Cookie: a=b; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    ask = serve(talk)
    ask(), ask()
    assert len(heard) == 2
    assert b"cookie" not in heard[1].lower()


def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    recorder = Recorder()
    Http(resolve=Names(["8.8.8.8"]), network=recorder).ask("GET", "https://cdn.test/", seconds=5, most=10)
    assert recorder.visited == [("8.8.8.8", 443)]


def test_a_connection_is_used_again(standin: StandIn) -> None:
    http = Http({standin.place})
    for _ in range(3):
        http.ask("GET", f"{standin.url}/api/pricing", seconds=5, most=1_000_000)
    http.close()
    assert len({row.peer for row in standin.ledger.entries}) == 1


def test_a_forked_process_opens_connections_of_its_own(standin: StandIn) -> None:
    """In a process without threads, which may be forked."""
    code = f"""
import os, sys
sys.path.insert(0, {str(HOME)!r})
from studio.providers.http import Http
http = Http({{{standin.place!r}}})
def ask():
    return http.ask("GET", {standin.url + "/api/pricing"!r}, seconds=5, most=1_000_000).status
ask()
if os.fork() == 0:
    os._exit(ask() != 200)
status = os.wait()[1]
ask()
http.close()
sys.exit(status)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    first, forked, last = [entry.peer for entry in standin.ledger.entries]
    assert first == last != forked


def test_an_answer_does_not_show_its_body() -> None:
    assert "canary" not in repr(Answer(200, {}, b"canary"))
