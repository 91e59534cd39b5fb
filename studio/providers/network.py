"""Connections that go only where they may, and only as long as the call has time.

A host is resolved here, once, and the connection goes to the very address that was checked, so that a second
answer of the name server changes nothing.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Final

import httpcore

from studio.providers.address import Barred, is_public

PIECE: Final = 65_536  # bytes that are sent between two looks at the clock

Resolve = Callable[..., list[Any]]

deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))  # of the call, by time.monotonic()


class Guarded(httpcore.NetworkBackend):
    """Resolves names itself and connects to what it has checked."""

    def __init__(
        self,
        allow: frozenset[str],
        resolve: Resolve | None = None,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allow, self._resolve = allow, resolve or socket.getaddrinfo
        self._network = network or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                return Timed(
                    self._network.connect_tcp(address, port, _left(timeout), local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise httpcore.ConnectError("no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        """Raises Barred unless every address of the name is public, or its host:port was named."""
        try:
            found = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("name not resolved") from None
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if f"{host}:{port}" not in self._allow and not all(map(is_public, addresses)):
            raise Barred
        return addresses


class Timed(httpcore.NetworkStream):
    """A connection that nobody can keep us on: each read and write ends with the call's deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Timed(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, late: type[Exception] = httpcore.ConnectTimeout) -> float | None:
    """Seconds for the next step: what it may take by itself, or less when the call's time runs out."""
    left = deadline.get() - time.monotonic()
    if left <= 0:
        raise late("out of time")
    return left if timeout is None else min(timeout, left)
