"""Stopped in the middle of work, or killed: after the next start every picture is there, made once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.work import assert_every_picture_once, done, launch
from tests.living import Studio, eventually

pytestmark = pytest.mark.faults
PICTURES = 180  # more than workers finish in the seconds that a stop grants them


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    living = Studio(tmp_path / "data").start()
    yield living
    living.stop()


def test_ctrl_c_in_the_middle_of_work_and_start_again(studio: Studio) -> None:
    launch(studio, PICTURES)
    eventually(lambda: done(studio) >= 3, 60)
    assert studio.interrupt() == 0
    assert studio.processes() == []
    assert done(studio) < PICTURES, "it was stopped in the middle"
    studio.start()
    assert_every_picture_once(studio, within=120)


def test_everything_killed_in_the_middle_of_work_and_start_again(studio: Studio) -> None:
    launch(studio, PICTURES)
    eventually(lambda: done(studio) >= 3, 60)
    for process in studio.processes():
        os.kill(process.pid, signal.SIGKILL)
    studio.launcher.wait()
    studio.start()
    assert_every_picture_once(studio, within=120)


@pytest.mark.parametrize("turn", range(20))
def test_told_to_stop_under_load_it_is_gone_in_half_a_minute(studio: Studio, turn: int) -> None:
    launch(studio, 27)
    eventually(lambda: done(studio) >= 1 + turn % 5, 60)
    assert studio.interrupt() == 0, "within 30 s, or this raises"
    assert studio.processes() == []
    studio.start()
    assert_every_picture_once(studio, within=90)
