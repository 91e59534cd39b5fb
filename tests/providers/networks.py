"""Networks that only pretend, for tests of who is connected to."""

import socket
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import httpcore


class Recorder(httpcore.MockBackend):
    """Writes down which addresses are connected to; each connection says what it was given to say."""

    def __init__(
        self, says: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", times: int = 1
    ) -> None:
        super().__init__([says] * times)
        self.visited: list[tuple[str, int]] = []

    def connect_tcp(self, host: str, port: int, *about: Any, **more: Any) -> httpcore.NetworkStream:
        self.visited.append((host, port))
        return super().connect_tcp(host, port, *about, **more)


class Names:
    """A name server that gives these answers in turn, each a list of addresses."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = cycle(answers)

    def __call__(self, host: str, port: int, **about: Any) -> list[Any]:
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in next(self._answers)]
