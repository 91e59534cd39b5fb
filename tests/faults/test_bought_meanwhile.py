"""Pictures arrive while others are still being ordered: at a slow pace, orders do not crowd out looks."""

import time
from pathlib import Path

import pytest

from tests.faults.buying import buying
from tests.faults.rounds import SECONDS
from tests.faults.work import count, done
from tests.living import eventually

pytestmark = pytest.mark.faults
PICTURES = 40
DEFAULT = {"HIAPI_RPM": "60", "HIAPI_CONCURRENCY": "4"}


@pytest.mark.parametrize("callbacks", [True, False])
def test_the_first_picture_is_there_long_before_the_last_is_ordered(tmp_path: Path, callbacks: bool) -> None:
    with buying(tmp_path, callbacks=callbacks, latency=(3.0, 6.0), settings=DEFAULT) as shop:
        started = time.monotonic()
        shop.order(PICTURES)
        eventually(lambda: done(shop.studio), 30)
        SECONDS[f"the first picture at the default pace, callbacks {callbacks}"].append(
            time.monotonic() - started
        )
        assert count(shop.studio, "studio_render WHERE state = 'queued'") > PICTURES / 3
        shop.end(PICTURES, 150)
