"""Prepares, starts the three, replaces whichever ends, stops all together. Their work is their own affair."""

import logging
import logging.config
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from studio.launcher import WEDGED
from studio.launcher.child import Child
from studio.launcher.claim import Taken, claim_data, claim_port, note_address

GRACE: Final = 18.0  # seconds from asking to killing; Ctrl-C promises an end of all within 30
WEB_GRACE: Final = 8.0  # after them: it serves references and callbacks while calls are on their way
WEDGED_GRACE: Final = 3.0  # a wedged cluster does not hear
TURN: Final = 0.2

log = logging.getLogger("studio.launcher")


class EndOfWork:
    """Notes that somebody asked the launcher to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.asked = True


def main() -> int:
    """Runs until SIGINT, SIGTERM or SIGHUP. 0 when told to stop, else the reason's exit code."""
    end = EndOfWork()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        logging.config.dictConfig(settings.LOGGING)
        with claim_data(settings.DATA) as lock, claim_port(settings.BIND, settings.PORT) as listener:
            note_address(lock, settings.BIND, settings.PORT)
            settings.STOPPING.unlink(missing_ok=True)
            code = _prepare(end)
            if not code:
                _run(_children(listener), end, listener)
    except (ImproperlyConfigured, Taken) as reason:
        print(f"Studio did not start. {reason}", file=sys.stderr)
        return 1
    return 0 if end.asked else code


def _prepare(end: EndOfWork) -> int:
    prepare = Child("prepare", _manage("prepare"))
    prepare.start()
    while (code := prepare.look()) is None:
        if end.asked:
            prepare.ask_to_stop(GRACE)
        time.sleep(TURN)
    return code


def _run(children: Mapping[str, Child], end: EndOfWork, listener: socket.socket) -> None:
    while not end.asked:
        codes = {name: child.tend() for name, child in children.items()}
        if codes["heartbeat"] == WEDGED:
            log.warning("queue does nothing although there is work: it is replaced")
            children["queue"].ask_to_stop(WEDGED_GRACE)
        time.sleep(TURN)
    _stop(children, listener)


def _stop(children: Mapping[str, Child], listener: socket.socket) -> None:
    """Work first, web last: a provider that was just asked fetches its references from us."""
    log.info("Stopping: nothing new is begun, and what is on its way is finished")
    settings.STOPPING.touch()
    _end([children["queue"], children["heartbeat"]], GRACE)
    listener.close()  # web stops listening with it, so nobody new waits for an answer in vain
    _end([children["web"]], WEB_GRACE)
    settings.STOPPING.unlink(missing_ok=True)


def _end(children: Sequence[Child], grace: float) -> None:
    for child in children:
        child.ask_to_stop(grace)
    while any(child.process for child in children):
        for child in children:
            child.look()
        time.sleep(TURN)


def _children(listener: socket.socket) -> dict[str, Child]:
    descriptor = listener.fileno()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:studio.server"]
    return {
        "web": Child("web", [*gunicorn, "--bind", f"fd://{descriptor}", "studio.wsgi"], (descriptor,)),
        "queue": Child("queue", _manage("qcluster")),
        "heartbeat": Child("heartbeat", _manage("heartbeat")),
    }


def _manage(command: str) -> list[str]:
    return [sys.executable, str(settings.HOME / "manage.py"), command]


if __name__ == "__main__":
    sys.exit(main())
