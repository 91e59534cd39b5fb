"""The client's process dies at the moment that the test chose; nobody else's does."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.standin import StandIn
from tests.standin.client import Client
from tests.standin.kill import holders_of, is_under, kill_other_end, may_be_killed, other_end

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
BUY = """
import json, os, sys, time, urllib.request
if "fork" in sys.argv and os.fork() == 0:
    time.sleep(60)
body = json.dumps({"model": "gpt-image-2/text-to-image", "input": {"prompt": "a lamp"}}).encode()
headers = {"Authorization": "Bearer sk-standin", "Content-Type": "application/json"}
headers["Idempotency-Key"] = "job:try-1"
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/v1/tasks", body, headers)).read()
print("lived")
"""


class Buyers:
    """Processes that submit once each, in a process group of their own."""

    def __init__(self, hiapi: StandIn) -> None:
        self.hiapi, self.started = hiapi, list[subprocess.Popen[str]]()

    def start(self, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", BUY, self.hiapi.url, *more]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0)
        self.started.append(process)
        return process


@pytest.fixture
def buyers(hiapi: StandIn) -> Iterator[Buyers]:
    buyers = Buyers(hiapi)
    yield buyers
    for process in buyers.started:
        if process.poll() is None:
            process.kill()
        if process.stdout and not process.stdout.closed:
            process.communicate()


def ours(pid: int) -> bool:
    return is_under(pid, os.getpid())


def test_the_buyer_dies_and_the_task_is_bought(hiapi: StandIn, client: Client, buyers: Buyers) -> None:
    fault = hiapi.faults.on("create", "accept_then_kill_client", times=1, allow=ours)
    process = buyers.start()
    assert process.wait(10) == -signal.SIGKILL
    assert fault.get("killed") == [process.pid]
    (paid,) = hiapi.ledger.paid
    again = buyers.start()
    assert (again.communicate(timeout=10)[0], again.returncode) == ("lived\n", 0)
    assert [one.task for one in hiapi.ledger.paid] == [paid.task]


def test_its_whole_group_dies_when_told(hiapi: StandIn, buyers: Buyers) -> None:
    fault = hiapi.faults.on("create", "accept_then_kill_client", times=1, group=True, allow=ours)
    process = buyers.start("fork")
    out, _ = process.communicate(timeout=10)  # ends when the child has let go of the pipe, too
    assert (out, process.returncode) == ("", -signal.SIGKILL)
    assert len(fault.get("killed")) == 2


def test_who_is_not_allowed_lives(hiapi: StandIn, buyers: Buyers) -> None:
    asked: list[int] = []

    def nobody(pid: int) -> bool:
        asked.append(pid)
        return False

    hiapi.faults.on("create", "accept_then_kill_client", then="answer", allow=nobody)
    process = buyers.start()
    assert (process.communicate(timeout=10)[0], process.returncode) == ("lived\n", 0)
    assert asked == [process.pid]


def test_permission_must_be_given(hiapi: StandIn) -> None:
    with pytest.raises(ValueError, match="allow"):
        hiapi.faults.on("create", "accept_then_kill_client")


def test_the_tests_own_processes_are_never_killed() -> None:
    def anybody(_: int) -> bool:
        return True

    assert not may_be_killed(os.getpid(), anybody)
    assert not may_be_killed(os.getppid(), anybody) or os.getpgid(os.getppid()) != os.getpgrp()
    assert not may_be_killed(1, anybody)
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname()), server.accept()[0] as connection:
        assert holders_of(other_end(connection)) == [os.getpid()]
        assert kill_other_end(connection, anybody) == []


def test_who_has_gone_is_nobodys_descendant() -> None:
    process: Any = subprocess.Popen([sys.executable, "-c", ""])
    assert is_under(process.pid, os.getpid())
    process.wait()
    assert not is_under(process.pid, os.getpid())
