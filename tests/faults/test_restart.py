"""Stopped in the middle of work, or killed: after the next start every picture is there, made once."""

import os
import signal
import time

import pytest

from tests.faults.rounds import rounds, timed
from tests.faults.visitor import Looking, Visitor
from tests.faults.work import assert_every_picture_once, at_work, done, launch
from tests.living import Studio

pytestmark = pytest.mark.faults
PICTURES = 135  # more than workers finish in the seconds that a stop grants them


def test_stopped_in_the_middle_of_work_and_then_killed_and_started_again(studio: Studio) -> None:
    launch(studio, PICTURES)
    at_work(studio)
    assert studio.interrupt() == 0
    assert studio.processes() == []
    assert done(studio) < PICTURES, "it was stopped in the middle"
    studio.start()
    launch(studio, PICTURES)
    at_work(studio)
    for process in studio.processes():
        os.kill(process.pid, signal.SIGKILL)
    studio.launcher.wait()
    assert done(studio) < 2 * PICTURES, "it was killed in the middle"
    studio.start()
    assert_every_picture_once(studio, within=300)


def test_told_to_stop_under_load_it_is_gone_in_half_a_minute_and_turns_nobody_away(studio: Studio) -> None:
    """Whoever is let in gets the whole answer; whoever comes later is refused the connection."""
    visitor = Visitor(studio)
    for turn in rounds(20):
        launch(studio, 27)
        at_work(studio)
        with Looking(visitor) as looking:
            time.sleep(0.2 * (turn % 5))
            with timed("stopped under load"):
                assert studio.interrupt() == 0, "within 30 s, or this raises"
        assert studio.processes() == []
        assert looking.wrong == []
        assert {look.outcome for look in looking.looks} == {"200", "refused"}
        studio.start()
        assert_every_picture_once(studio, within=90)
