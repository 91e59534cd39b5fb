"""Processes are killed in every way; Studio comes back, and leaves nothing behind when it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import rounds, timed
from tests.faults.work import assert_every_picture_once, launch, write_lock
from tests.living import HOME, Studio, eventually


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    started = Studio(tmp_path / "data").start()
    yield started
    started.stop()
    assert started.processes() == []


def living(studio: Studio) -> set[int]:
    return {one.pid for one in studio.processes()}


def test_ctrl_c_stops_everything_and_a_second_start_is_refused_meanwhile(studio: Studio) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "studio.launcher"],
        cwd=HOME,
        env=studio.environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith(f"Studio did not start. It runs already with the data in {studio.data}")
    assert len(again.stderr.splitlines()) == 1

    assert studio.interrupt() == 0
    assert studio.processes() == []
    assert studio.status("/healthz") == 0


@pytest.mark.faults
def test_a_killed_leader_is_replaced_and_its_group_is_swept(studio: Studio) -> None:
    for leader in ("gunicorn", "qcluster", "heartbeat"):
        old = studio.leader(leader)
        orphans = {one.pid for one in studio.processes() if one.group == old.pid}
        os.kill(old.pid, signal.SIGKILL)
        eventually(lambda gone=orphans: not gone & living(studio), within=5)
        studio.leader(leader)
        eventually(lambda: studio.status("/readyz") == 200, within=45)


@pytest.mark.faults
def test_a_killed_sentinel_takes_its_cluster_with_it(studio: Studio) -> None:
    old = studio.leader("qcluster")
    (sentinel,) = studio.under(old.pid)
    orphans = {one.pid for one in studio.processes() if one.group == old.pid}
    os.kill(sentinel.pid, signal.SIGKILL)
    eventually(lambda: not orphans & living(studio), within=10)
    assert studio.hears_the_canary_again(within=40)


@pytest.mark.faults
def test_a_wedged_cluster_is_shown_and_then_replaced(studio: Studio) -> None:
    """django-q wedges when the worker that holds the queue's read lock is killed; here all of it stops."""
    for _ in rounds(10):
        eventually(lambda: studio.status("/readyz") == 200, within=60)
        with write_lock(studio):  # else what is stopped may hold it for ever, and a killed process does not
            os.killpg(studio.leader("qcluster").pid, signal.SIGSTOP)
        launch(studio, 6)
        launched = time.monotonic()
        with timed("six pictures after the queue stopped"):
            with timed("readiness was red after the queue stopped"):
                eventually(lambda: studio.status("/readyz") == 503, within=40)
            assert_every_picture_once(studio, within=launched + 60 - time.monotonic())


@pytest.mark.faults
def test_a_stopped_web_turns_nobody_away_while_it_is_replaced(studio: Studio) -> None:
    os.kill(studio.leader("gunicorn").pid, signal.SIGKILL)
    eventually(lambda: "web ended" in studio.log.read_text(), within=5)
    assert studio.status("/healthz") == 200


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its launcher is gone")
def test_nothing_outlives_a_killed_launcher(studio: Studio) -> None:
    studio.launcher.kill()
    studio.launcher.wait()
    eventually(lambda: studio.processes() == [], within=25)
