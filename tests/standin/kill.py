"""Kills the process at the other end of a loopback connection: Linux only, by permission only."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
Allow = Callable[[int], bool]


def kill_other_end(connection: socket.socket, allow: Allow, *, group: bool = False) -> list[int]:
    """SIGKILL to each process that holds the other end and that `allow(pid)` names; with `group` to its whole
    process group, if every member is allowed. Never the stand-in's own group. Returns who was killed."""
    if not sys.platform.startswith("linux"):
        raise NotImplementedError("the other end of a connection is found through /proc")
    holders = [pid for pid in holders_of(other_end(connection)) if may_be_killed(pid, allow)]
    return kill_groups(holders, allow) if group else [pid for pid in holders if _kill(pid)]


def kill_groups(pids: list[int], allow: Allow) -> list[int]:
    killed = []
    for number in sorted({os.getpgid(pid) for pid in pids}):
        members = [pid for pid in processes() if _group(pid) == number]
        if members and all(may_be_killed(pid, allow) for pid in members):
            os.killpg(number, signal.SIGKILL)
            killed += members
    return killed


def may_be_killed(pid: int, allow: Allow) -> bool:
    return pid > 1 and pid != os.getpid() and _group(pid) != os.getpgrp() and allow(pid)


def is_under(pid: int, ancestor: int) -> bool:
    """Whether a process is a descendant of another: the predicate that most tests want."""
    while pid > 1:
        pid = _parent(pid)
        if pid == ancestor:
            return True
    return False


def other_end(connection: socket.socket) -> str:
    """The inode of the socket at the other end; empty when it is not on this machine."""
    there, here = connection.getpeername()[1], connection.getsockname()[1]
    for table in ("net/tcp", "net/tcp6"):
        for line in (PROC / table).read_text().splitlines()[1:]:
            fields = line.split()
            ports = [int(address.rpartition(":")[2], 16) for address in fields[1:3]]
            if ports == [there, here]:
                return fields[9]
    return ""


def holders_of(inode: str) -> list[int]:
    wanted = f"socket:[{inode}]"
    return [pid for pid in processes() if inode and wanted in _descriptors(pid)]


def processes() -> Iterator[int]:
    return (int(path.name) for path in PROC.iterdir() if path.name.isdigit())


def _descriptors(pid: int) -> list[str]:
    found = []
    with suppress(OSError):  # it ended, or is somebody else's
        for link in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.append(os.readlink(link))
    return found


def _parent(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return os.getpgrp()  # gone: treated as ours, so nobody kills it


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
