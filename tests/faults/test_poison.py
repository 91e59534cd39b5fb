"""A picture that kills its worker is tried three times and then told of; the others are made meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import timed
from tests.faults.visitor import ADMIN, Visitor
from tests.faults.work import count, done, launch, rows, shoot
from tests.living import Studio, eventually

pytestmark = pytest.mark.faults


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    poison = {"DJANGO_SETTINGS_MODULE": "tests.faults.poison.settings"}
    living = Studio(tmp_path / "data", **ADMIN, **poison).start()
    yield living
    living.stop()


def test_a_picture_that_kills_its_workers_is_set_aside_and_told_of(studio: Studio) -> None:
    visitor = Visitor(studio)
    shoot(studio, products=1, ratios=["1:1"])
    launch(studio, 27)
    with timed("27 pictures beside one that kills workers"):
        eventually(lambda: done(studio) == 27, 120)
    with timed("a picture that kills workers was set aside"):
        eventually(lambda: count(studio, "studio_render WHERE state = 'failed'"), 180)
    assert len((studio.data / "deaths").read_text().splitlines()) <= 3
    assert rows(studio, "SELECT id, failure FROM studio_render WHERE state = 'failed'") == [
        (1, "engine_failed")
    ]
    assert "The engine failed" in visitor.get("/renders/1/").body.decode()
    assert "The engine failed" in visitor.get("/shoots/1/").body.decode()
    launch(studio, 6)
    eventually(lambda: done(studio) == 33, 60)
