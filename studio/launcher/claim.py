"""What only one launcher may have: the data, and the address where web listens."""

import fcntl
import os
import socket
import time
from pathlib import Path
from typing import Final, TextIO

LOCK: Final = "launcher.lock"
PATIENCE: Final = 0.4  # s


class Taken(Exception):
    """Somebody else has it; the text says what, and the way out."""


def claim_data(data: Path) -> TextIO:
    """A lock on the data, held as long as the file is open. The file says who holds it."""
    file = open(data / LOCK, "a+")  # noqa: SIM115 - the caller closes it
    if not _locked(file):
        with file:
            file.seek(0)
            holder = file.readline().strip()
        raise Taken(
            f"It runs already with the data in {data}, as process {holder}. "
            "Stop that one, or give this one its own STUDIO_DATA and PORT."
        )
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _locked(file: TextIO) -> bool:
    """Whether the lock came; who only asks `served` holds it for a moment."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(PATIENCE / 20)
        else:
            return True


def note_address(lock: TextIO, host: str, port: int) -> None:
    """Writes where web listens under who holds the data."""
    lock.write(f"{host} {port}\n")
    lock.flush()


def served(data: Path) -> tuple[str, int] | None:
    """Where web listens, as the launcher that holds the data noted it; None while no launcher does."""
    try:
        with open(data / LOCK) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        _, _, noted = (data / LOCK).read_text().partition("\n")
        host, _, port = noted.strip().partition(" ")
        return (host, int(port)) if port.isdigit() else None
    except FileNotFoundError:
        return None
    return None


def claim_port(host: str, port: int) -> socket.socket:
    """The socket that web serves. It outlives a web that is replaced, so nobody is turned away meanwhile."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise Taken(
            f"{host} port {port} cannot be used: {os.strerror(error.errno or 0)}. "
            f"Stop what listens there, or choose another: PORT={port % 65535 + 1} make run."
        ) from None
