"""Each process is killed in turn, idle and at work; a worker oversleeps; two clusters run at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.work import assert_every_picture_once, change, done, launch, rows
from tests.living import HOME, Process, Studio, eventually

pytestmark = pytest.mark.faults
VICTIMS = (
    "web", "web worker", "heartbeat", "cluster", "sentinel", "worker 1", "worker 2", "pusher", "monitor",
)  # fmt: skip


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    living = Studio(tmp_path / "data").start()
    eventually(lambda: living.status("/readyz") == 200, within=45)
    yield living
    living.stop()


def find(studio: Studio, victim: str) -> Process:
    """The process by its part. The sentinel's children stand in the order in which it starts them."""
    if victim in ("web", "heartbeat", "cluster"):
        return studio.leader({"web": "gunicorn", "heartbeat": "heartbeat", "cluster": "qcluster"}[victim])
    if victim == "web worker":
        return studio.under(studio.leader("gunicorn").pid)[0]
    (sentinel,) = studio.under(studio.leader("qcluster").pid)
    place = {"worker 1": 0, "worker 2": 1, "pusher": 2, "monitor": 3}
    return sentinel if victim == "sentinel" else studio.under(sentinel.pid)[place[victim]]


@pytest.mark.parametrize("victim", VICTIMS)
def test_killed_while_idle_six_later_pictures_come_within_a_minute(studio: Studio, victim: str) -> None:
    os.kill(find(studio, victim).pid, signal.SIGKILL)
    launch(studio, 6)
    assert_every_picture_once(studio, 6, within=60)


@pytest.mark.parametrize("victim", VICTIMS)
def test_killed_at_work_every_picture_comes_once(studio: Studio, victim: str) -> None:
    launch(studio, 27)
    eventually(lambda: done(studio) >= 2, 60)
    os.kill(find(studio, victim).pid, signal.SIGKILL)
    assert_every_picture_once(studio, 27, within=120)


def test_a_worker_that_slept_through_its_lease_writes_nothing(studio: Studio) -> None:
    launch(studio, 27)
    eventually(lambda: done(studio) >= 1, 60)
    sleeper = find(studio, "worker 1").pid
    os.kill(sleeper, signal.SIGSTOP)
    eventually(lambda: done(studio) == 27, within=120)
    os.kill(sleeper, signal.SIGCONT)
    eventually(lambda: studio.hears_the_canary_again(within=60), within=60)
    assert_every_picture_once(studio, 27)


def test_two_clusters_at_once_make_every_picture_once(studio: Studio) -> None:
    second = subprocess.Popen(
        [sys.executable, str(HOME / "manage.py"), "qcluster"],
        env=studio.environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        launch(studio, 54)
        assert_every_picture_once(studio, 54, within=120)
    finally:
        second.terminate()
        second.wait(timeout=60)


def test_an_emptied_queue_is_filled_from_the_rows(studio: Studio) -> None:
    studio.interrupt()
    launch(studio, 27)
    change(studio, "DELETE FROM django_q_ormq")
    studio.start()
    assert_every_picture_once(studio, 27, within=120)


def test_a_new_secret_key_drops_messages_and_no_picture(studio: Studio) -> None:
    studio.interrupt()
    launch(studio, 27)
    assert rows(studio, "SELECT count(*) FROM django_q_ormq") != [(0,)]
    (studio.data / "secret-key").write_text("another key " * 6)
    studio.start()
    assert_every_picture_once(studio, 27, within=120)
