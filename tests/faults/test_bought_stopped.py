"""Told to stop in the middle of buying: nothing more is ordered, and what was ordered loses nothing."""

import time
from pathlib import Path

import pytest

from tests.faults.buying import buying
from tests.faults.work import at_work

pytestmark = pytest.mark.faults
PICTURES = 60
SLOWLY = {"HIAPI_RPM": "120", "HIAPI_CONCURRENCY": "4"}


def test_told_to_stop_it_orders_nothing_more_and_serves_references_to_the_last(tmp_path: Path) -> None:
    with buying(tmp_path, settings=SLOWLY) as shop:
        shop.order(PICTURES)
        at_work(shop.studio)
        told = time.time()
        assert shop.studio.interrupt() == 0
        assert shop.studio.processes() == []
        posts = shop.hiapi.ledger.posts()
        assert 0 < len(posts) < PICTURES
        assert [one for one in posts if one.real > told + 1.5] == []
        shop.studio.start()
        shop.end(PICTURES, 180)
        assert len(shop.hiapi.ledger.paid) == PICTURES
