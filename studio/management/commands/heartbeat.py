"""The loop that finds what is due. One process of it is enough; a second does no harm."""

import logging
import signal
import sys
from datetime import timedelta
from time import sleep, time
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from studio.flow import sweep
from studio.launcher import WEDGED

EVERY: Final = 1.0
NAP: Final = 0.1  # how long a request to stop may go unnoticed
ASLEEP: Final = 10.0  # a gap this long between two turns means that the machine slept

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
            last = now
            if self._turn(timedelta(seconds=now - awake_since)):
                sys.exit(WEDGED)
            self._rest(until=now + EVERY)

    def _turn(self, awake: timedelta) -> bool:
        """True when the queue is wedged. Whatever goes wrong is tried again at the next turn."""
        try:
            close_old_connections()
            sweep.tick()
            return sweep.wedged(awake)
        except Exception as error:
            log.error("This turn failed and comes again: %s: %s", type(error).__name__, error)
            return False

    def _rest(self, until: float) -> None:
        while not self.stopping and time() < until:
            sleep(NAP)

    def _stop(self, *_: object) -> None:
        self.stopping = True
