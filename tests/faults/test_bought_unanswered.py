"""Nine ways in which a call is bought and never answered: each picture is bought once all the same."""

from pathlib import Path

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import rounds, timed
from tests.standin.request import Request

pytestmark = pytest.mark.faults
KINDS = (
    "accept_then_reset", "accept_then_close", "accept_then_cut", "accept_half_json", "accept_without_id",
    "accept_then_500", "accept_then_502", "accept_then_504", "accept_then_hang",
)  # fmt: skip
EACH = 25 if len(rounds(2)) > 1 else 4  # fewer than open the breaker


class First:
    """Whether a submission is the first with its key."""

    def __init__(self) -> None:
        self.keys: set[str | None] = set()

    def __call__(self, request: Request) -> bool:
        new = request.key not in self.keys
        self.keys.add(request.key)
        return new


def test_an_unanswered_call_is_repeated_unchanged_and_bought_once(tmp_path: Path) -> None:
    """A call that hangs is given up after a minute; the breaker opens when five in a row are silent."""
    pictures = 0
    with buying(tmp_path, callbacks=False, settings={"HIAPI_CONCURRENCY": "25"}) as shop:
        for kind in KINDS:
            pictures += unanswered(shop, kind, EACH, pictures)


def unanswered(shop: Shop, kind: str, pictures: int, before: int) -> int:
    shop.hiapi.faults.clear()
    fault = shop.hiapi.faults.on("create", kind, when=First())
    shop.warm_up()
    shop.order(pictures)
    with timed(f"{pictures} pictures after {kind}"):
        shop.end(before + pictures, 600)
    assert fault.hits == pictures
    assert len(shop.hiapi.ledger.paid) == before + pictures
    return pictures
