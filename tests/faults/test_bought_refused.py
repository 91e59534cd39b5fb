"""Definite refusals: one call each, the money goes back, and nothing more goes out where that is in vain."""

import time
from pathlib import Path

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import rounds
from tests.faults.work import count, manage, rows
from tests.living import eventually

pytestmark = pytest.mark.faults
REFUSED = len(rounds(10))
MORE = 50 if len(rounds(10)) > 1 else 9
JUDGED = {"refuse_400": "request_refused", "refuse_413": "request_too_big", "refuse_422": "key_mismatch"}
CLOSING = {"refuse_401": "key_refused", "refuse_402": "balance_empty", "refuse_403": "key_forbidden"}


def test_a_refused_picture_costs_one_call_and_holds_up_no_other(tmp_path: Path) -> None:
    with buying(tmp_path, callbacks=False) as shop:
        for turn, (kind, code) in enumerate(JUDGED.items(), start=1):
            shop.hiapi.faults.on("create", kind, times=REFUSED)
            shop.warm_up()
            shop.order(REFUSED + MORE)
            shop.end(turn * MORE, 120)
            eventually(lambda told=code: refused(shop, told) == REFUSED)
        assert_one_call_each(shop)


def test_a_refused_key_or_account_stops_everything_until_somebody_has_acted(tmp_path: Path) -> None:
    """At first as many calls as are allowed are on their way; after each mending one goes ahead alone."""
    with buying(tmp_path, callbacks=False, settings={"HIAPI_CONCURRENCY": "3"}) as shop:
        for turn, (kind, code) in enumerate(CLOSING.items(), start=1):
            shop.hiapi.faults.on("create", kind, times=REFUSED)
            shop.warm_up()
            began = time.time()
            shop.order(REFUSED + MORE)
            while refused(shop, code) < REFUSED or closed_by(shop):
                assert_it_stays_closed(shop, code, began)
                began = time.time()
                manage(shop.studio, "shell", "-c", "from studio.flow import pace; pace.reopen('hiapi')")
            shop.end(turn * MORE, 120)
            assert refused(shop, code) == REFUSED
        assert_one_call_each(shop)


def assert_it_stays_closed(shop: Shop, code: str, began: float) -> None:
    eventually(lambda: closed_by(shop) == code)
    time.sleep(2)
    posts = [one for one in shop.hiapi.ledger.posts() if one.real >= began]
    first = next(place for place, one in enumerate(posts) if one.verdict.startswith("refused"))
    assert len(posts[first + 1 :]) <= 2, "those that were on their way"
    assert closed_by(shop) == code


def closed_by(shop: Shop) -> str:
    return str(rows(shop.studio, "SELECT closed_by FROM studio_gate")[0][0])


def refused(shop: Shop, code: str) -> int:
    return count(shop.studio, f"studio_render WHERE state = 'failed' AND failure = '{code}'")


def assert_one_call_each(shop: Shop) -> None:
    posts = [one.key for one in shop.hiapi.ledger.posts()]
    assert len(posts) == len(set(posts)) == count(shop.studio, "studio_render")
