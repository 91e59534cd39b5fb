"""HTTP to addresses that others name: only where we may go, for so long, and for so many bytes.

Every call has one deadline for everything: connecting, sending, and a server that answers drop by drop.
Redirects are not followed, cookies not kept, proxies of the environment ignored.
"""

import os
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from weakref import WeakSet

import httpcore
import httpx

from studio.providers.address import Barred, check_url
from studio.providers.network import Guarded, Resolve, deadline

CONNECT: Final = 5.0  # seconds
CONNECTIONS: Final = 64
IDLE: Final = 5.0  # a connection that rests longer may be closed by the other side as we send
UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

ALWAYS: Final = {"Accept-Encoding": "identity", "User-Agent": "Studio"}


class NotSent(Exception):
    """Nobody was reached: not a byte of the request has left."""


class Unanswered(Exception):
    """It was sent, and no whole answer came back."""


class TooMuch(Exception):
    """The answer is larger than anybody needs."""


@dataclass(frozen=True)
class Answer:
    """`body` is whole and unpacked. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Stream:
    """An answer whose body has not been read yet."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)


class Http:
    """One pool of connections a process. `allow` names what may be reached although private or plain http."""

    def __init__(
        self,
        allow: Collection[str] = (),
        resolve: Resolve | None = None,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allow = frozenset(pair.replace("[", "").replace("]", "") for pair in allow)  # of IPv6
        self._network = Guarded(self._allow, resolve, network)
        self._transport: GuardedTransport | None = None
        self._lock = threading.Lock()
        _all.add(self)

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        *,
        seconds: float,
        most: int,
    ) -> Answer:
        """The answer, read to its end. Raises Barred, NotSent, Unanswered or TooMuch."""
        with self.open(method, url, headers, content, seconds=seconds) as stream:
            body = _gathered(_unpacked(stream, most), most)
        return Answer(stream.status, stream.headers, body)

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        *,
        seconds: float,
    ) -> Iterator[Stream]:
        """The answer as it comes, packed as it came. Raises like `ask`; so do its chunks."""
        check_url(url, self._allow)
        request = _request(method, url, headers or {}, content, seconds)
        token = deadline.set(time.monotonic() + seconds)
        try:
            with _translated():
                response = self._living().handle_request(request)
                with closing(response):
                    yield Stream(response.status_code, response.headers, response.iter_raw())
        finally:
            deadline.reset(token)

    def close(self) -> None:
        """Ends the connections; the next call opens new ones."""
        with self._lock:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def let_go(self) -> None:
        """Forgets connections that belong to another process: this one was forked from it."""
        self._transport, self._lock = None, threading.Lock()

    def _living(self) -> "GuardedTransport":
        with self._lock:
            self._transport = self._transport or GuardedTransport(self._network)
            return self._transport


class GuardedTransport(httpx.HTTPTransport):
    """httpx's own, over a network of our choice, which its constructor does not offer.

    The pool keeps connections by name, not by the address behind it: two names of one address share none.
    """

    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS // 2,
            keepalive_expiry=IDLE,
            network_backend=network,
        )


@contextmanager
def _translated() -> Iterator[None]:
    """httpx's errors as ours. They are cut off: an error's text may hold an address or a header."""
    try:
        yield
    except UNSENT:
        raise NotSent from None
    except (httpx.RequestError, httpx.StreamError):
        raise Unanswered from None


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading all authorities takes a while."""
    return httpx.create_ssl_context(trust_env=False)


def _request(
    method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float
) -> httpx.Request:
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT)).as_dict()
    try:
        return httpx.Request(
            method, url, headers={**ALWAYS, **headers}, content=content, extensions={"timeout": timeout}
        )
    except httpx.InvalidURL:
        raise Barred from None


def _unpacked(stream: Stream, most: int) -> Iterator[bytes]:
    """We ask for plain bytes; some senders pack them all the same. Never more than `most` at once."""
    if stream.headers.get("content-encoding", "identity").lower() not in ("gzip", "deflate"):
        yield from stream.chunks
        return
    unpack = zlib.decompressobj(32 + zlib.MAX_WBITS)
    try:
        for chunk in stream.chunks:
            yield unpack.decompress(chunk, most + 1)
    except zlib.error:
        raise Unanswered from None


def _gathered(chunks: Iterator[bytes], most: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise TooMuch
    return bytes(body)


def _let_go_of_all() -> None:
    for http in _all:
        http.let_go()


_all: WeakSet[Http] = WeakSet()
os.register_at_fork(after_in_child=_let_go_of_all)
