"""The provider refuses connections, then says nothing, then is back: nothing is lost, nobody stampedes."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import SECONDS, rounds
from tests.faults.work import rows
from tests.living import eventually
from tests.standin.ledger import Entry

pytestmark = pytest.mark.faults
PICTURES = 50
MANY = len(rounds(2)) > 1
REFUSING, SILENT = (300, 300) if MANY else (65, 65)  # seconds
PROBE_EVERY, MINUTE = 30.0, 60.0


def test_an_outage_opens_the_breaker_and_its_end_brings_no_stampede(tmp_path: Path) -> None:
    """A fifth of the pictures is being made when it begins; the others are asked for meanwhile."""
    with buying(tmp_path, callbacks=False, latency=(20.0, 30.0)) as shop:
        shop.order(PICTURES // 5)
        eventually(lambda: len(shop.hiapi.ledger.paid) == PICTURES // 5, 60)
        shop.hiapi.go_down()
        shop.order(PICTURES * 4 // 5)
        eventually(lambda: is_down(shop), 60)
        time.sleep(REFUSING)
        silent_since = fall_silent(shop)
        time.sleep(SILENT)
        back_at = time.time()
        shop.hiapi.faults.clear()
        shop.end(PICTURES, 300)
        assert_probes_are_rare(shop, silent_since, back_at)
        assert_it_is_gentle(shop, back_at)
        assert len(shop.hiapi.ledger.paid) == PICTURES


def is_down(shop: Shop) -> bool:
    return rows(shop.studio, "SELECT down_since IS NOT NULL FROM studio_gate") == [(1,)]


def fall_silent(shop: Shop) -> float:
    shop.hiapi.faults.on("create", "hang_before_reading")
    for point in ("detail", "list", "pricing"):
        shop.hiapi.faults.on(point, "hang")
    shop.hiapi.come_back()
    return time.time()


def assert_probes_are_rare(shop: Shop, silent_since: float, back_at: float) -> None:
    """Refused ones are known by their turns alone."""
    calls = [one for one in list(shop.hiapi.ledger.entries) if silent_since < one.real < back_at]
    assert calls, "it is asked now and then"
    assert {one.method for one in calls} == {"GET"}
    assert all(later.real - one.real >= PROBE_EVERY - 1 for one, later in pairwise(calls)), calls
    turns = REFUSING / PROBE_EVERY + SILENT / PROBE_EVERY + 2
    assert 2 <= len(shop.watch.seen.probes) <= turns


def assert_it_is_gentle(shop: Shop, back_at: float) -> None:
    """Ten in the minute after its return, and in the minute after the first call that was answered."""
    posts = [one for one in shop.hiapi.ledger.posts() if one.real > back_at]
    SECONDS["from the provider's return to the first submission"].append(posts[0].real - back_at)
    assert within_a_minute(posts, back_at) <= 10
    assert within_a_minute(posts, posts[0].real - 0.001) <= 10


def within_a_minute(posts: list[Entry], since: float) -> int:
    return sum(since < one.real <= since + MINUTE for one in posts)
