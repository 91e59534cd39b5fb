"""Clients that send or read too slowly are cut off: each holds a thread until the last byte has passed.

gunicorn itself waits for the rest of a request for ever, and as long for somebody to read the answer. Forty
clients that do next to nothing would keep every thread busy, and no page would answer.
"""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

PIECE: Final = 256 * 1024  # bytes
PATIENCE: Final = 30.0  # seconds that we wait for each piece, so 9 kB a second is fast enough


class Patience:
    """What is left of it for the piece that is passing, in one direction."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.bytes, self.seconds = PIECE, PATIENCE

    def passed(self, size: int) -> None:
        """So many bytes more; the end of a piece brings all patience back."""
        self.bytes -= size
        if self.bytes <= 0:
            self.renew()


class Metered(socket.socket):
    """A connection that is reset when a piece costs more than PATIENCE of waiting.

    Only waiting counts. While we are busy with what has come, the other side is not late.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Or the kernel keeps megabytes, and says that there is room only when a third of them was read.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIECE)
        self.reading, self.writing = Patience(), Patience()

    def begin(self) -> None:
        """A new request, with all patience. The answers share theirs: many small ones may wait unread too."""
        self.reading.renew()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As ever, within the timeout that is set and what is left of our patience."""
        with self._waiting(self.reading, "The request came too slowly"):
            data = super().recv(size, flags)
        self.reading.passed(len(data))
        return data

    def send(self, data: Any, flags: int = 0) -> int:
        with self._waiting(self.writing, "The answer was read too slowly"):
            sent = super().send(data, flags)
        self.writing.passed(sent)
        return sent

    def sendall(self, data: Any, flags: int = 0) -> None:
        with memoryview(data).cast("B") as view:
            for at in range(0, len(view), PIECE):
                with self._waiting(self.writing, "The answer was read too slowly"):
                    super().sendall(view[at : at + PIECE], flags)
                self.writing.passed(len(view[at : at + PIECE]))

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """As ever, in pieces; the number of bytes sent."""
        total = 0
        while count is None or total < count:
            size = PIECE if count is None else min(PIECE, count - total)
            with self._waiting(self.writing, "The answer was read too slowly"):
                sent = super().sendfile(file, offset + total, size)
            self.writing.passed(sent)
            total += sent
            if sent < size:
                break
        return total

    @contextmanager
    def _waiting(self, patience: Patience, late: str) -> Iterator[None]:
        given, left, started = self.gettimeout(), max(patience.seconds, 0.01), time.monotonic()
        self.settimeout(left if given is None else min(given, left))
        try:
            yield
        except TimeoutError as error:
            if given is not None and given < left:
                raise
            raise ConnectionResetError(errno.ECONNRESET, late) from error
        finally:
            self.settimeout(given)
            patience.seconds -= time.monotonic() - started
