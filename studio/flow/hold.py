"""Holding rows while we work on them, however long one of them takes."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread

from django.db import DatabaseError, connection

from studio.models.lease import Leased

log = logging.getLogger(__name__)
RENEW_EVERY = 5.0  # seconds; a lease lasts twenty


class Holding:
    """Renews the leases of claimed rows in the background until each is given back."""

    def __init__(self) -> None:
        self._rows: set[Leased] = set()
        self._lock = Lock()
        self._done = Event()

    def __enter__(self) -> "Holding":
        self._keeper = Thread(target=self._renew, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._keeper.join()
        for row in list(self._rows):
            self.give_back(row)

    def take(self, rows: Iterable[Leased]) -> None:
        with self._lock:
            self._rows.update(rows)

    def give_back(self, row: Leased) -> None:
        with self._lock:
            self._rows.discard(row)
        row.release()

    def _renew(self) -> None:
        try:
            while not self._done.wait(RENEW_EVERY):
                with self._lock:
                    rows = list(self._rows)
                _renew_once(rows)
        finally:
            connection.close()


@contextmanager
def held(rows: Sequence[Leased]) -> Iterator[None]:
    """Holds these rows for the length of a block."""
    with Holding() as holding:
        holding.take(rows)
        yield


def _renew_once(rows: Sequence[Leased]) -> None:
    """One failure is no reason to let go: the next turn comes long before the lease ends."""
    try:
        if rows:
            type(rows[0]).renew(rows)
    except DatabaseError as error:
        log.warning("Leases were not renewed this time: %s", error)
