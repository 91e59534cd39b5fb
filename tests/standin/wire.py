"""One connection while a reply goes out: whole, late, cut, dripping, endless or never."""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import responses

FOREVER, MOST_BYTES = 3600.0, 1 << 30
JSON, HTML, XML, TEXT = "application/json", "text/html; charset=utf-8", "application/xml", "text/plain"
Sender = Callable[["Wire", "Reply"], None]


@dataclass
class Reply:
    """`send` puts it on the wire otherwise than whole, then comes `done`. The rest is for the ledger."""

    status: int
    body: bytes = b""
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    verdict: str = ""
    task: str = ""
    price: int = 0
    fault: str = ""
    send: Sender | None = None
    done: Callable[[], None] = lambda: None


class Wire:
    """`closing` is set when the connection cannot be used for another request."""

    def __init__(self, connection: socket.socket, stopping: threading.Event, bodyless: bool = False) -> None:
        self.connection, self.stopping, self.bodyless = connection, stopping, bodyless
        self.closing = False

    def put(self, reply: Reply) -> None:
        try:
            (reply.send or whole)(self, reply)
        finally:
            reply.done()

    def head(self, reply: Reply, length: int | None) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}"]
        headers = {"Content-Type": reply.type, **reply.headers}
        if length is None:
            headers["Connection"] = "close"
            self.closing = True
        else:
            headers["Content-Length"] = str(length)
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def pause(self, seconds: float) -> bool:
        """Waits. False as soon as the other end has gone or the stand-in stops."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.stopping.is_set() or self._is_gone(min(left, 0.1)):
                return False
        return not self.stopping.is_set()

    def reset(self) -> None:
        """The other end sees a reset connection, not an end of file."""
        self.closing = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _is_gone(self, within: float) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], within)
            if not readable:
                return False
            if self.connection.recv(1, socket.MSG_PEEK):  # it says more, so it is there
                time.sleep(within)
                return False
            return True
        except (OSError, ValueError):
            return True


def whole(wire: Wire, reply: Reply) -> None:
    body = b"" if wire.bodyless else reply.body
    wire.send(wire.head(reply, len(reply.body)) + body)


def late(seconds: float) -> Sender:
    def send(wire: Wire, reply: Reply) -> None:
        if wire.pause(seconds):
            whole(wire, reply)
        else:
            wire.closing = True

    return send


def hang(seconds: float = FOREVER) -> Sender:
    """Says nothing, then closes."""

    def send(wire: Wire, _: Reply) -> None:
        wire.pause(seconds)
        wire.closing = True

    return send


def reset(wire: Wire, _: Reply) -> None:
    wire.reset()


def cut(at: int | None = None, *, by_reset: bool = False) -> Sender:
    """Promises the whole body and ends after `at` bytes of it (half of it when not told)."""

    def send(wire: Wire, reply: Reply) -> None:
        end = len(reply.body) // 2 if at is None else at
        wire.send(wire.head(reply, len(reply.body)) + reply.body[:end])
        wire.closing = True
        if by_reset:
            wire.pause(0.05)  # a reset overtakes what is still in flight
            wire.reset()

    return send


def acting(act: Callable[[socket.socket], object], at: int = 0) -> Sender:
    """The whole body; after `at` bytes of it comes `act(connection)`, and the rest when that is over."""

    def send(wire: Wire, reply: Reply) -> None:
        if at:
            wire.send(wire.head(reply, len(reply.body)) + reply.body[:at])
        act(wire.connection)
        wire.send(reply.body[at:] if at else wire.head(reply, len(reply.body)) + reply.body)

    return send


def drip(rate: float) -> Sender:
    """The whole body at `rate` bytes a second."""

    def send(wire: Wire, reply: Reply) -> None:
        wire.send(wire.head(reply, len(reply.body)))
        step = max(1, int(rate / 10))
        for start in range(0, len(reply.body), step):
            if not wire.pause(step / rate):
                wire.closing = True
                return
            wire.send(reply.body[start : start + step])

    return send


def endless(filler: bytes = b" ", rate: float | None = None) -> Sender:
    """The body, then `filler` again and again without a length, until nobody listens any more."""

    def send(wire: Wire, reply: Reply) -> None:
        wire.send(wire.head(reply, None) + reply.body)
        block, sent = filler * (65536 // len(filler)), 0
        while sent < MOST_BYTES and not wire.stopping.is_set():
            wire.send(block)
            sent += len(block)
            if rate and not wire.pause(len(block) / rate):
                return

    return send
