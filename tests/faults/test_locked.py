"""Somebody holds the database's only write lock for 5 s in every 15 s; nothing is lost and nobody told."""

import time

import pytest

from tests.faults.rounds import SECONDS, rounds
from tests.faults.visitor import Form, Look, Looking, Visitor
from tests.faults.work import assert_every_picture_once, launch, write_lock
from tests.living import Studio

pytestmark = pytest.mark.faults
HELD, FREE = 5, 10
MINUTES_5 = 20  # turns
SAID: Form = ("/products/1/edit/", {"name": "Mug", "sku": "MUG-1", "description": "Cream glaze"})
PAGES = ("/b/studio/products/", SAID, "/b/studio/gallery/", "/shoots/1/", SAID, "/packshots/1/thumb/")


def test_a_database_that_is_held_again_and_again_loses_nothing(studio: Studio) -> None:
    visitor = Visitor(studio)
    launch(studio, 18)
    holds: list[tuple[float, float]] = []
    with Looking(visitor, PAGES, threads=4, pause=0.2) as looking:
        for _ in rounds(MINUTES_5):
            begin = time.monotonic()
            with write_lock(studio):
                time.sleep(HELD)
            holds.append((begin, time.monotonic()))
            launch(studio, 18)
            time.sleep(max(0.0, begin + HELD + FREE - time.monotonic()))
    assert looking.wrong == []
    assert "is locked" not in studio.log.read_text()
    waits = sorted(look.seconds for look in looking.looks if not during(look, holds))
    SECONDS["page outside of a hold, 95 of 100"].append(waits[int(len(waits) * 0.95)])
    assert waits[int(len(waits) * 0.95)] <= 1
    assert_every_picture_once(studio, within=120)


def during(look: Look, holds: list[tuple[float, float]]) -> bool:
    return any(look.begin < end and begin < look.begin + look.seconds for begin, end in holds)
