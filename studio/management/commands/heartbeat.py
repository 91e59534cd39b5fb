"""The loop that finds what is due. One process of it is enough; a second does no harm."""

import logging
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import sleep, time
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from studio.flow import sweep
from studio.launcher import WEDGED

EVERY: Final = 1.0
NAP: Final = 0.1  # how long a request to stop may go unnoticed
ASLEEP: Final = 10.0  # a rest this long means that the machine slept

log = logging.getLogger("studio.heartbeat")


class Command(BaseCommand):
    help = f"Looks every second for what is due. Ends with {WEDGED} when the queue has to be replaced."
    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        awake_since = last = time()
        while not self.stopping:
            now = time()
            if now - last > ASLEEP:
                awake_since = now
            self._try(sweep.tick)
            if self._try(partial(sweep.wedged, timedelta(seconds=now - awake_since))):
                sys.exit(WEDGED)
            last = time()
            self._rest(until=now + EVERY)

    def _try(self, part: Callable[[], bool | None]) -> bool | None:
        """Whatever goes wrong is tried again at the next turn, and keeps no other part from being done."""
        try:
            close_old_connections()
            return part()
        except Exception as error:
            log.error("This turn failed and comes again: %s: %s", type(error).__name__, error)
            return None

    def _rest(self, until: float) -> None:
        while not self.stopping and time() < until:
            sleep(NAP)

    def _stop(self, *_: object) -> None:
        self.stopping = True
