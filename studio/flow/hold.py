"""Holding rows while we work on them, however long one of them takes."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from django.db import DatabaseError, connection

from studio.models.lease import Leased

log = logging.getLogger(__name__)
RENEW_EVERY = 5.0  # seconds; a lease lasts twenty


@contextmanager
def held(rows: Sequence[Leased]) -> Iterator[None]:
    """Renews the leases of claimed rows in the background, and gives them back at the end."""
    done = Event()
    keeper = Thread(target=_renew, args=(rows, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        for row in rows:
            row.release()


def _renew(rows: Sequence[Leased], done: Event) -> None:
    try:
        while not done.wait(RENEW_EVERY):
            _renew_once(rows)
    finally:
        connection.close()


def _renew_once(rows: Sequence[Leased]) -> None:
    """One failure is no reason to let go: the next turn comes long before the lease ends."""
    try:
        for row in rows:
            row.renew()
    except DatabaseError as error:
        log.warning("Leases were not renewed this time: %s", error)
