"""Two clusters at once, and a worker that sleeps through its lease: what it knows is old, and not written."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.invariants import files
from tests.faults.rounds import rounds, timed
from tests.faults.work import at_work, count, done, rows
from tests.living import HOME, Studio, eventually, table
from tests.standin.kill import kill_other_end

pytestmark = pytest.mark.faults
PICTURES = 100 if len(rounds(2)) > 1 else 40
POINTS = {"submit": ("create", "accept_then_act"), "settle": ("detail", "act"), "store": ("file", "act")}


def test_two_clusters_one_of_them_killed_buy_every_picture_once(tmp_path: Path) -> None:
    with buying(tmp_path) as shop, second_cluster(shop.studio):
        cluster = shop.studio.leader("qcluster").pid
        orphans = {one.pid for one in shop.studio.processes() if one.group == cluster}
        shop.order(PICTURES)
        at_work(shop.studio)
        os.kill(cluster, signal.SIGKILL)
        with timed("orphans of a killed cluster were gone"):
            eventually(lambda: not orphans & {one.pid for one in table()}, within=15)
        with timed(f"{PICTURES} pictures of two clusters, one of them killed"):
            shop.end(PICTURES, 180)
        assert len(shop.hiapi.ledger.paid) == PICTURES


@contextmanager
def second_cluster(studio: Studio) -> Iterator[None]:
    command = [sys.executable, str(HOME / "manage.py"), "qcluster"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    second = subprocess.Popen(command, env=studio.environment(), start_new_session=True, **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        second.terminate()
        second.wait(timeout=60)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_slept_through_its_lease_writes_nothing(tmp_path: Path, point: str) -> None:
    with buying(tmp_path) as shop:
        for turn in rounds(20):
            sleeper = Sleeper(shop)
            shop.hiapi.faults.on(*POINTS[point], times=1, act=sleeper.stop)
            shop.order(1)
            shop.end(turn + 1, 90)
            eventually(lambda: not count(shop.studio, "studio_render WHERE cuts_due"), 60)
            before = books(shop)
            sleeper.wake()
            time.sleep(3)
            assert books(shop) == before
            assert len(shop.hiapi.ledger.paid) == turn + 1


class Sleeper:
    """The worker at the other end of a connection: stopped there, and woken when the test says so."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.pids = shop, list[int]()

    def stop(self, connection: socket.socket) -> None:
        kill_other_end(connection, self._stop_it)

    def _stop_it(self, pid: int) -> bool:
        """Nobody is killed."""
        if self.shop.is_ours(pid):
            os.kill(pid, signal.SIGSTOP)
            self.pids.append(pid)
        return False

    def wake(self) -> None:
        assert self.pids, "somebody was put to sleep"
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)


def books(shop: Shop) -> list[list[Any]]:
    """Rows and files: all that a stale worker could have changed."""
    assert done(shop.studio)
    renders = "SELECT id, state, picture, sha256, finished_at, reserved, stumbles FROM studio_render"
    attempts = "SELECT id, outcome, task_id, result, price_charged, ended_at, sends FROM studio_attempt"
    return [rows(shop.studio, renders), rows(shop.studio, attempts), files(shop.studio)]
