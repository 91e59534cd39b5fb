"""Each process is killed in turn, idle and at work; a worker oversleeps; two clusters run at once.

One living Studio goes through all kills of a test: starting it anew for each would take most of the time.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.faults.rounds import rounds, timed
from tests.faults.work import (
    assert_every_picture_once,
    at_work,
    change,
    count,
    launch,
    workers,
)
from tests.living import HOME, Process, Studio, eventually, table

pytestmark = pytest.mark.faults
# The parts of a cluster are told apart by the order in which it starts them: each is killed in a fresh one.
VICTIMS = (
    "web", "web worker", "heartbeat", "cluster", "worker 1", "sentinel", "worker 2", "cluster", "pusher",
    "sentinel", "monitor",
)  # fmt: skip


def victims(turns: int) -> Iterator[str]:
    """One process after the other, round after round."""
    for turn in rounds(turns):
        for victim in VICTIMS:
            print(f"Round {turn + 1}: {victim}")
            yield victim


def kill(studio: Studio, victim: str) -> None:
    """When the Studio is whole: an earlier kill may have its cluster replaced half a minute later."""
    eventually(studio.whole)
    os.kill(find(studio, victim).pid, signal.SIGKILL)


def find(studio: Studio, victim: str) -> Process:
    if victim in ("web", "heartbeat", "cluster"):
        return studio.leader({"web": "gunicorn", "heartbeat": "heartbeat", "cluster": "qcluster"}[victim])
    if victim == "web worker":
        return studio.under(studio.leader("gunicorn").pid)[0]
    (sentinel,) = studio.under(studio.leader("qcluster").pid)
    place = {"worker 1": 0, "worker 2": 1, "pusher": 2, "monitor": 3}
    return sentinel if victim == "sentinel" else studio.under(sentinel.pid)[place[victim]]


def test_killed_while_idle_six_later_pictures_come_within_a_minute(studio: Studio) -> None:
    for victim in victims(10):
        kill(studio, victim)
        launch(studio, 6)
        with timed("six pictures after a kill while idle"):
            assert_every_picture_once(studio, within=60)


def test_killed_at_work_six_later_pictures_come_within_a_minute(studio: Studio) -> None:
    for victim in victims(10):
        launch(studio, 18)
        at_work(studio)
        kill(studio, victim)
        launch(studio, 6)
        with timed("six pictures after a kill at work"):
            assert_every_picture_once(studio, within=60)


def test_a_worker_that_slept_through_its_lease_writes_nothing(studio: Studio) -> None:
    for turn in rounds(3):
        launch(studio, 27)
        at_work(studio)
        sleeper = workers(studio)[turn % 2]
        os.kill(sleeper, signal.SIGSTOP)
        assert_every_picture_once(studio, within=120)
        os.kill(sleeper, signal.SIGCONT)
        assert studio.hears_the_canary_again(within=60)
        assert_every_picture_once(studio)


def test_a_second_cluster_and_orphans_of_the_first_make_every_picture_once(studio: Studio) -> None:
    cluster = studio.leader("qcluster").pid
    orphans = {one.pid for one in studio.processes() if one.group == cluster}
    second = subprocess.Popen(
        [sys.executable, str(HOME / "manage.py"), "qcluster"],
        env=studio.environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        launch(studio, 108)
        at_work(studio)
        os.kill(cluster, signal.SIGKILL)
        with timed("orphans of a killed cluster were gone"):
            eventually(lambda: not orphans & {one.pid for one in table()}, within=15)
        with timed("108 pictures of two clusters, one of them killed"):
            assert_every_picture_once(studio, within=180)
    finally:
        second.terminate()
        second.wait(timeout=60)


def test_an_emptied_queue_and_a_new_secret_key_lose_no_picture(studio: Studio) -> None:
    """A message that the key does not sign any more is dropped by the queue; the rows fill it again."""
    studio.interrupt()
    launch(studio, 27)
    change(studio, "DELETE FROM django_q_ormq")
    studio.start()
    with timed("27 pictures after the queue was emptied"):
        assert_every_picture_once(studio, within=120)
    studio.interrupt()
    launch(studio, 27)
    assert count(studio, "django_q_ormq")
    (studio.data / "secret-key").write_text("another key " * 6)
    studio.start()
    with timed("27 pictures after the key was changed"):
        assert_every_picture_once(studio, within=120)
