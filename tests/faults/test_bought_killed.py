"""Workers are killed under load again and again, and at the very moment between the sale and its answer."""

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import rounds, timed
from tests.faults.test_bought_unanswered import KINDS, First
from tests.faults.work import done
from tests.living import eventually

pytestmark = pytest.mark.faults
MANY = len(rounds(20)) > 1
PICTURES = 200 if MANY else 40
KILLS = 25 if MANY else 5
CUT_SHORT = 50 if MANY else 10


@pytest.mark.parametrize("seed", rounds(20))
def test_killed_again_and_again_every_picture_is_bought_once(tmp_path: Path, seed: int) -> None:
    """Every tenth submission goes unanswered as well."""
    with buying(tmp_path, callbacks=seed % 2 == 0, seed=seed) as shop:
        for kind in KINDS[:-1]:
            shop.hiapi.faults.on("create", kind, chance=0.1 / len(KINDS[:-1]))
        shop.order(PICTURES)
        kill_again_and_again(shop, random.Random(seed))
        with timed(f"{PICTURES} pictures after the last kill"):
            shop.end(PICTURES, 300)
        assert len(shop.hiapi.ledger.paid) == PICTURES


def kill_again_and_again(shop: Shop, dice: random.Random) -> None:
    for _ in range(KILLS):
        if done(shop.studio) == PICTURES:
            break
        eventually(shop.studio.whole, 60)
        time.sleep(dice.uniform(0.5, 3))
        with suppress(ProcessLookupError):
            os.killpg(shop.studio.leader("qcluster").pid, signal.SIGKILL)


@pytest.mark.parametrize("seed", rounds(1))
def test_killed_before_the_answer_where_keys_are_honoured(tmp_path: Path, seed: int) -> None:
    with buying(tmp_path, callbacks=False, seed=seed) as shop:
        _sell_and_kill(shop)
        shop.end(CUT_SHORT, 300)


def test_killed_before_the_answer_where_keys_are_ignored_a_callback_tells(tmp_path: Path) -> None:
    with buying(tmp_path, ignore_keys=True) as shop:
        _sell_and_kill(shop)
        shop.end(CUT_SHORT, 300)


def test_killed_before_the_answer_with_neither_a_person_decides(tmp_path: Path) -> None:
    with buying(tmp_path, callbacks=False, ignore_keys=True) as shop:
        _sell_and_kill(shop)
        eventually(lambda: shop.undecided() == CUT_SHORT, 300)
        assert done(shop.studio) == 0


def _sell_and_kill(shop: Shop) -> None:
    """Every picture is sold once, and whoever asked for it dies before the answer."""
    killing: dict[str, Any] = {"allow": shop.is_ours_at_rest, "group": True, "when": First()}
    shop.hiapi.faults.on("create", "accept_then_kill_client", **killing)
    shop.order(CUT_SHORT)
    with timed(f"{CUT_SHORT} sold, and the asking worker killed each time"):
        eventually(lambda: _warmly(shop) and len(shop.hiapi.ledger.paid) == CUT_SHORT, 600)


def _warmly(shop: Shop) -> bool:
    """Not one by one after each death: that is the slow start's work, and another test's."""
    shop.warm_up()
    return True
