"""Told to wait, in every form of Retry-After: never earlier than asked, and never all at once."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import rounds, timed
from tests.faults.work import change, count
from tests.living import eventually
from tests.standin.ledger import Entry

pytestmark = pytest.mark.faults
PICTURES, TOLD = 30, 10
FORMS = ("seconds", "date", "negative", "huge", "rubbish", "")
WAIT = 4.0
LEAST = {
    "seconds": WAIT,
    "date": WAIT - 1,
}  # a date has whole seconds; others ask for nothing that can be kept
TOLERANCE, IN_FLIGHT = 0.1, 1.0


@pytest.mark.parametrize("status", ["429", "503"][: len(rounds(2))])
def test_told_to_wait_nobody_comes_earlier_and_not_all_at_once(tmp_path: Path, status: str) -> None:
    with buying(tmp_path, callbacks=False) as shop:
        for turn, form in enumerate(FORMS, start=1):
            began = time.time()
            shop.hiapi.faults.on("create", f"refuse_{status}", times=TOLD, retry_after=form, wait=WAIT)
            shop.warm_up()
            shop.order(PICTURES)
            if form == "huge":
                an_hour_passes(shop)
            with timed(f"{PICTURES} pictures, {TOLD} calls told {status} and {form or 'nothing'}"):
                shop.end(turn * PICTURES, 300)
            posts = [one for one in shop.hiapi.ledger.posts() if one.real > began]
            assert len(posts) <= 1.5 * PICTURES
            assert_nobody_was_early(posts, LEAST.get(form, 0.0))
            assert_they_come_one_by_one(posts)


def an_hour_passes(shop: Shop) -> None:
    """A thousand days count as an hour, in which nothing goes out to anybody."""
    told = "studio_render WHERE state = 'queued' AND look_again_at > datetime('now', '+59 minutes')"
    eventually(lambda: count(shop.studio, told))
    time.sleep(2)
    before = len(shop.hiapi.ledger.posts())
    time.sleep(5)
    assert len(shop.hiapi.ledger.posts()) == before
    assert count(shop.studio, "studio_gate WHERE not_before > datetime('now', '+59 minutes')")
    change(shop.studio, "UPDATE studio_gate SET not_before = datetime('now')")
    change(shop.studio, "UPDATE studio_render SET look_again_at = datetime('now') WHERE state = 'queued'")
    shop.hiapi.faults.clear()


def assert_nobody_was_early(posts: list[Entry], seconds: float) -> None:
    for told in (one for one in posts if one.verdict.startswith("refused")):
        again = [one.real for one in posts if one.key == told.key and one.real > told.real]
        assert not again or again[0] >= told.real + seconds - TOLERANCE
        others = [one for one in posts if told.real + IN_FLIGHT < one.real < told.real + seconds - TOLERANCE]
        assert others == [], "the others wait as well"


def assert_they_come_one_by_one(posts: list[Entry]) -> None:
    """No second holds more than a fifth of the repetitions."""
    first: set[str | None] = set()
    again: list[float] = []
    for one in posts:
        if one.key in first:
            again.append(one.real)
        first.add(one.key)
    assert max(Counter(map(int, again)).values()) <= max(1, 0.2 * len(again)), sorted(again)
