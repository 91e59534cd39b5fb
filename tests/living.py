"""A real Studio beside the tests: the launcher with all its processes, on data and a port of its own."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

HOME = Path(__file__).parent.parent
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    group: int
    command: str


class Studio:
    """`start()` comes back when web answers. `address` is where, `welcome` the first admin's link.

    `settings` are those of the README, and DJANGO_SETTINGS_MODULE.
    """

    def __init__(self, data: Path, port: int | None = None, **settings: str) -> None:
        self.data, self.port, self.settings = data, port or free_port(), settings
        self.workers = int(settings.get("STUDIO_WORKERS", "2"))
        self.log = data.parent / "log"
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> "Studio":
        with self.log.open("w") as log:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "studio.launcher"],
                cwd=HOME,
                env=self.environment(),
                stdout=log,
                stderr=log,
                process_group=0,
            )
        eventually(lambda: self.status("/healthz") == 200 and self.whole(), within=90)
        return self

    def whole(self) -> bool:
        """The launcher, web and its two workers, heartbeat, and a cluster: four parts beside its workers."""
        return len(self.processes()) >= 9 + self.workers

    @property
    def welcome(self) -> str:
        line = next(
            line for line in self.log.read_text().splitlines() if line.startswith("Create your account: ")
        )
        return line.removeprefix("Create your account: ")

    def environment(self) -> dict[str, str]:
        ours = {"STUDIO_DATA": str(self.data), "PORT": str(self.port), "STUDIO_WORKERS": "2"}
        return os.environ | ours | {"DJANGO_SETTINGS_MODULE": "studio.settings"} | self.settings

    def status(self, path: str) -> int:
        """The answer's status; 0 when there is none."""
        try:
            with urlopen(f"{self.address}{path}", timeout=5) as answer:
                return int(answer.status)
        except URLError as error:
            return int(getattr(error, "code", 0))
        except OSError:
            return 0

    def interrupt(self) -> int:
        """What Ctrl-C does: SIGINT to the terminal's process group. The launcher's exit code."""
        os.killpg(self.launcher.pid, signal.SIGINT)
        return self.launcher.wait(timeout=30)

    def stop(self) -> None:
        if self.launcher.poll() is None:
            self.interrupt()

    def leader(self, words: str) -> Process:
        """The leader whose command contains these words."""
        return eventually(
            lambda: next((one for one in self.under(self.launcher.pid) if words in one.command), None)
        )

    def under(self, parent: int) -> list[Process]:
        return [one for one in self.processes() if one.parent == parent]

    def processes(self) -> list[Process]:
        """Everything that belongs to this Studio, whoever its parent is by now."""
        groups = self.groups() | {self.launcher.pid}
        return [one for one in table() if one.group in groups]

    def groups(self) -> set[int]:
        """Each leader that was ever started leads a group with its own number, as the log says."""
        words = self.log.read_text().split()
        return {
            int(after)
            for word, after in zip(words, words[1:], strict=False)
            if word == "process" and after.isdigit()
        }

    def hears_the_canary_again(self, within: float) -> bool:
        """Whether a message comes out of the queue that was not there yet."""
        before = self._canary()
        return eventually(lambda: self._canary() > before, within)

    def _canary(self) -> str:
        with sqlite3.connect(f"file:{self.data}/studio.sqlite3?mode=ro", uri=True) as database:
            row = database.execute("SELECT at FROM studio_pulse WHERE name = 'canary'").fetchone()
        return str(row[0]) if row else ""


def table() -> list[Process]:
    lines = subprocess.run(
        ["ps", "-Awwo", "pid=,ppid=,pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=4) for line in lines.stdout.splitlines()]
    return [
        Process(int(row[0]), int(row[1]), int(row[2]), row[4]) for row in rows if not row[3].startswith("Z")
    ]


def eventually(look: Callable[[], Seen | None], within: float = 30) -> Seen:
    """What `look` sees as soon as that is true; AssertionError when it takes longer."""
    until = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < until, f"not within {within} s"
        time.sleep(0.1)
    return seen


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
