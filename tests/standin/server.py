"""HTTP/1.1 on loopback: a thread for each connection, which is kept alive and may be broken on purpose."""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.standin.request import Request
from tests.standin.wire import Reply, Wire

Answer = Callable[[Request], Reply]
HOST = "127.0.0.1"


class Listener(ThreadingHTTPServer):
    """`deaf()` refuses connections on the same port until `hear()`, as often as it was called."""

    daemon_threads, allow_reuse_address, request_queue_size, idle = True, True, 512, 75.0

    def __init__(self, port: int, answer: Answer, stopping: threading.Event) -> None:
        self.answer, self.stopping = answer, stopping
        self.open: set[socket.socket] = set()
        self._deaf = 0
        self._lock = threading.Lock()
        super().__init__((HOST, port), Handler)
        self._serve()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def deaf(self) -> None:
        """Open connections break; the port is held by a socket that does not listen."""
        with self._lock:
            self._deaf += 1
            if self._deaf == 1:
                self.shutdown()
                self.socket.close()
                self._break_all()
                self.socket = _bound(self.port)

    def hear(self) -> None:
        with self._lock:
            self._deaf -= 1
            if self._deaf == 0:
                self.server_activate()
                self._serve()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._break_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, as tests make it do; the rest is answered with 500."""

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def _serve(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.005,), name="standin", daemon=True).start()

    def _break_all(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.open.discard(connection)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        # A connection that says nothing is closed after so many seconds.
        self.timeout = self.server.idle  # type: ignore[misc]
        super().setup()

    def do_GET(self) -> None:
        request = Request(self.command, self.path, self.headers, self.rfile, self.client_address)
        wire = Wire(self.connection, self.server.stopping, bodyless=self.command == "HEAD")
        try:
            reply = self.server.answer(request)
            if not request.drain():
                wire.closing = True
            wire.put(reply)
        except (OSError, ValueError):
            wire.closing = True  # the other end has gone
        if wire.closing:
            self.close_connection = True

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        """The ledger has it."""


def _bound(port: int) -> socket.socket:
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, port))
    return holder
