"""A port that counts who connects to it, and says nothing."""

import socket
import threading
from contextlib import suppress


class Trap:
    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.visits = int(self._socket.getsockname()[1]), 0
        threading.Thread(target=self._watch, name="standin-trap", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/secret.png"

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _watch(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._socket.accept()
                self.visits += 1
                visitor.close()
