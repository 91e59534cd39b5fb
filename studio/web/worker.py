"""gunicorn's worker with threads, for clients that are slow and for a stop that resets nobody."""

from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from studio.web.slow import Metered


class Worker(ThreadWorker):  # type: ignore[misc]
    """Its connections are `Metered`. Told to stop, it lets in whoever is connected already.

    gunicorn's own would reset their connections.
    """

    def handle(self, conn: TConn) -> Any:
        if not isinstance(conn.sock, Metered):
            conn.sock = Metered(fileno=conn.sock.detach())
        conn.sock.begin()
        return super().handle(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                self._let_in_who_waits(listener)
                listener.close()

    def _let_in_who_waits(self, listener: Any) -> None:
        before = -1
        while before < self.nr_conns:
            before = self.nr_conns
            self.accept(listener)
