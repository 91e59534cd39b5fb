"""Requests that come too slowly are cut off: each holds a thread until the last of it is here.

gunicorn itself waits for the rest of a request for ever. Forty clients that send next to nothing would keep
every thread busy, and no page would answer.
"""

import errno
import socket
import time
from typing import Final

PIECE: Final = 256 * 1024  # bytes
PATIENCE: Final = 30.0  # seconds that we wait for each piece of a request, so 9 kB a second is fast enough


class Metered(socket.socket):
    """A connection that is reset when a piece of a request costs more than PATIENCE of waiting.

    Only waiting counts. While we are busy with what has come, the other side is not late.
    """

    def begin(self) -> None:
        """A new piece, with all patience."""
        self._bytes, self._seconds = PIECE, PATIENCE

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As ever, within the timeout that is set and what is left of our patience."""
        given, left, started = self.gettimeout(), max(self._seconds, 0.01), time.monotonic()
        self.settimeout(left if given is None else min(given, left))
        try:
            data = super().recv(size, flags)
        except TimeoutError as late:
            if given is not None and given < left:
                raise
            raise ConnectionResetError(errno.ECONNRESET, "The request came too slowly") from late
        finally:
            self.settimeout(given)
        self._seconds -= time.monotonic() - started
        self._bytes -= len(data)
        if self._bytes <= 0:
            self.begin()
        return data
