"""Results that break off, find no room, or expire: fetched again, lost at worst, never bought again."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import SECONDS, rounds, timed
from tests.faults.small import Disk, small_disk
from tests.faults.work import count, rows
from tests.living import eventually
from tests.standin.kill import kill_other_end
from tests.standin.task import Task

pytestmark = pytest.mark.faults
WEIGHT = 400_000
OFFSETS = [round(turn * WEIGHT / 20) + 1 for turn in rounds(20)]
PICTURES = 10 if len(OFFSETS) == 20 else 3
BREATH = 0.3  # seconds in which what was sent arrives


class Fresh:
    """Whether a result is fetched for the first time."""

    def __init__(self) -> None:
        self.tasks: set[str] = set()

    def __call__(self, task: Task) -> bool:
        new = task.id not in self.tasks
        self.tasks.add(task.id)
        return new


def break_off(shop: Shop, kind: str, **options: Any) -> Callable[[], int]:
    """Each picture is fetched up to another offset at first. Gives how to ask how often it struck."""
    fresh = Fresh()
    faults = [
        shop.hiapi.faults.on("file", kind, times=1, when=fresh, at=offset, **options) for offset in OFFSETS
    ]
    return lambda: sum(fault.hits for fault in faults)


def test_a_result_that_breaks_off_anywhere_is_fetched_again(tmp_path: Path) -> None:
    with buying(tmp_path, weight=WEIGHT) as shop:
        for turn, kind in enumerate(("cut", "reset"), start=1):
            fetch_all(shop, kind, turn)


def test_a_worker_killed_while_it_fetches_leaves_nothing_half(tmp_path: Path) -> None:
    with buying(tmp_path, weight=WEIGHT) as shop:

        def kill(connection: socket.socket) -> None:
            time.sleep(BREATH)
            kill_other_end(connection, shop.is_ours, group=True)

        fetch_all(shop, "act", act=kill)


def test_a_disk_that_fills_up_while_a_result_is_fetched_leaves_nothing_half(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=160) as disk:
        settings = {"STUDIO_DISK_FLOOR_MB": "0"}
        with buying(tmp_path / "disk", settings=settings, weight=WEIGHT) as shop:
            fetch_all(shop, "act", act=lambda _: fill(disk))
            disk.free()


def fill(disk: Disk) -> None:
    time.sleep(BREATH)
    disk.fill()
    Timer(3, disk.free).start()


def fetch_all(shop: Shop, kind: str, turn: int = 1, **options: Any) -> None:
    pictures = len(OFFSETS) if len(OFFSETS) > 1 else 5
    hits = break_off(shop, kind, **options)
    shop.warm_up()
    shop.order(pictures)
    with timed(f"{pictures} pictures whose results break off by {kind}"):
        shop.end(turn * pictures, 300)
    assert hits() == len(OFFSETS)
    assert len(shop.hiapi.ledger.posts()) == turn * pictures


def test_an_address_that_expires_before_the_second_try_is_asked_for_afresh(tmp_path: Path) -> None:
    with buying(tmp_path, lifetime=2.0, renew=True, latency=(0.3, 0.5)) as shop:
        shop.hiapi.faults.on("file", "503", when=Fresh())
        _order_and_end(shop)
        assert _expired(shop)


def test_an_address_that_is_born_expired_is_asked_for_afresh(tmp_path: Path) -> None:
    with buying(tmp_path, lifetime=0.0, renew=True) as shop:
        shop.order(PICTURES)
        eventually(lambda: len(_expired(shop)) == PICTURES, 60)
        shop.hiapi.options.lifetime = 3600.0
        _end(shop)


def test_what_is_gone_for_ever_is_told_as_lost_with_its_price(tmp_path: Path) -> None:
    with buying(tmp_path, lifetime=0.0, renew=True) as shop:
        shop.order(PICTURES)
        eventually(lambda: count(shop.studio, "studio_render WHERE state = 'failed'") == PICTURES, 240)
        assert _failures(shop) == [("result_lost", PICTURES, PICTURES * 30_000)]
        assert len(shop.hiapi.ledger.posts()) == PICTURES


def test_a_hundred_results_at_once_are_stored_soon(tmp_path: Path) -> None:
    """Of two megabytes each, finished within a second, by two workers."""
    pictures = 10 * len(rounds(10))
    with buying(tmp_path, latency=(20.0, 21.0), weight=2_000_000) as shop:
        shop.order(pictures)
        shop.end(pictures, 240)
        waits = sorted(_from_end_to_stored(shop))
        SECONDS["from the provider's end to a stored picture"] += waits
        assert waits[int(len(waits) * 0.95)] <= 30
        assert waits[-1] <= 90


def _from_end_to_stored(shop: Shop) -> list[float]:
    query = "SELECT task_id, (julianday(ended_at) - 2440587.5) * 86400 FROM studio_attempt"
    stored = dict(rows(shop.studio, query))
    return [stored[task.id] - task.ends_at for task in shop.hiapi.tasks]


def _order_and_end(shop: Shop) -> None:
    shop.order(PICTURES)
    _end(shop)


def _end(shop: Shop) -> None:
    shop.end(PICTURES, 120)
    assert len(shop.hiapi.ledger.posts()) == PICTURES


def _expired(shop: Shop) -> set[str]:
    return {one.task for one in list(shop.hiapi.ledger.entries) if one.verdict == "expired"}


def _failures(shop: Shop) -> list[tuple[Any, ...]]:
    query = "SELECT outcome, count(*), sum(price_charged) FROM studio_attempt GROUP BY outcome"
    return rows(shop.studio, query)
