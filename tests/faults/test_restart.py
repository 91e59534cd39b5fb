"""Stopped in the middle of work, or killed: after the next start every picture is there, made once."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.living import HOME, Studio, eventually

LAUNCH = """
from studio.flow import shoot
from studio.models import Brand, Scene
brand = Brand.objects.get(slug="studio")
plan = shoot.plan(brand, None, brand.products.all())
scenes = Scene.objects.published().filter(slug__in=["pure-white", "paper-sweep"])
shoot.choose(plan, products=brand.products.all(), scenes=scenes, placements=[], ratios=["1:3", "3:1", "9:21"],
             resolution="1K", takes=4)
shoot.launch(plan, None)
"""
PICTURES = 3 * 2 * 3 * 4

pytestmark = pytest.mark.faults


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    living = Studio(tmp_path / "data").start()
    yield living
    living.stop()


def test_ctrl_c_in_the_middle_of_work_and_start_again(studio: Studio) -> None:
    launch(studio)
    eventually(lambda: count(studio, "state = 'done'") >= 3, 60)
    studio.interrupt()
    assert studio.processes() == []
    made = count(studio, "state = 'done'")
    assert made < PICTURES, "it was stopped in the middle"
    studio.start()
    assert_every_picture_once(studio)


def test_everything_killed_in_the_middle_of_work_and_start_again(studio: Studio) -> None:
    launch(studio)
    eventually(lambda: count(studio, "state = 'done'") >= 3, 60)
    for process in studio.processes():
        os.kill(process.pid, signal.SIGKILL)
    studio.launcher.wait()
    studio.start()
    assert_every_picture_once(studio)


def assert_every_picture_once(studio: Studio) -> None:
    eventually(lambda: count(studio, "state = 'done'") == PICTURES, 120)
    assert rows(studio, "SELECT count(*), count(DISTINCT key) FROM studio_attempt") == [(PICTURES, PICTURES)]
    assert rows(studio, "SELECT count(DISTINCT picture) FROM studio_render") == [(PICTURES,)]
    for (key,) in rows(studio, "SELECT picture FROM studio_render"):
        assert (studio.data / "media" / str(key)).stat().st_size > 1000


def launch(studio: Studio) -> None:
    command = [sys.executable, str(HOME / "manage.py"), "shell", "-c", LAUNCH]
    subprocess.run(command, env=studio.environment(), check=True, capture_output=True)


def count(studio: Studio, where: str) -> int:
    return int(str(rows(studio, f"SELECT count(*) FROM studio_render WHERE {where}")[0][0]))


def rows(studio: Studio, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{studio.data}/studio.sqlite3?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()
