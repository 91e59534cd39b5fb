"""One process group that the launcher keeps alive.

Its leader has a session of its own and is asked to stop alone: a signal to django-q's whole group wedges it.
What a leader leaves behind is killed.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

DELAYS: Final = (0.5, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # before the next start, by early ends in a row
STEADY: Final = 20.0  # whoever lives this long did not end early

# One thread a process for numerical work, or two workers fight over the cores. An operator may say otherwise.
ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
if sys.platform == "darwin":
    ENVIRONMENT["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] = "YES"  # else forked workers die in system libraries

log = logging.getLogger("studio.launcher")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """`process` is None while nothing runs. `descriptors` are open files that the child inherits."""

    def __init__(self, name: str, command: Sequence[str], descriptors: Sequence[int] = ()) -> None:
        self.name, self.command, self.descriptors = name, command, descriptors
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = self.start_at = 0.0
        self.kill_at: float | None = None
        self.early_ends = 0

    def tend(self) -> int | None:
        """Starts the child when it is time. The exit code if it has ended since the last look."""
        if self.process is None and time.monotonic() >= self.start_at:
            self.start()
        return self.look()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - the commands are ours
            self.command,
            env=ENVIRONMENT | os.environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self.descriptors,
            preexec_fn=_end_with_the_launcher,
        )
        self.started_at, self.kill_at = time.monotonic(), None
        log.info("%s started as process %s", self.name, self.process.pid)

    def look(self) -> int | None:
        """Sweeps up after a leader that has ended and gives its exit code; kills one whose time is up."""
        if self.process is None:
            return None
        if (code := self.process.poll()) is not None:
            self._kill_group(self.process.pid)
            self._note_end(code)
        elif self.kill_at is not None and time.monotonic() >= self.kill_at:
            log.warning("%s did not stop when asked and is killed", self.name)
            self._kill_group(self.process.pid)
        return code

    def ask_to_stop(self, grace: float) -> None:
        """Once: asking again neither hurries nor delays."""
        if self.process is not None and self.kill_at is None:
            self.process.terminate()
            self.kill_at = time.monotonic() + grace

    def _kill_group(self, leader: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # nobody was left; macOS says it the second way
            os.killpg(leader, signal.SIGKILL)

    def _note_end(self, code: int) -> None:
        steady = time.monotonic() - self.started_at >= STEADY
        self.early_ends = 0 if steady else self.early_ends + 1
        delay = DELAYS[min(self.early_ends, len(DELAYS) - 1)]
        self.process, self.start_at = None, time.monotonic() + delay
        log.info("%s ended with %s", self.name, code)


def _end_with_the_launcher() -> None:
    """Linux asks a child to stop when its launcher was killed."""
    if _libc is not None:
        when_parent_dies = 1
        _libc.prctl(when_parent_dies, signal.SIGTERM)
