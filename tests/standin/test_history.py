"""A careful client loses no money to any ambiguous answer, and the ledger would show it if it did."""

import httpx
import pytest

from tests.standin import StandIn
from tests.standin.client import Client

AMBIGUOUS = (
    "accept_then_hang", "accept_then_reset", "accept_then_close", "accept_then_cut", "accept_then_500",
    "accept_then_502", "accept_then_504", "accept_half_json", "accept_without_id", "accept_202",
)  # fmt: skip


def persist(client: Client, key: str) -> str:
    """The same bytes with the same key until an id comes back."""
    for _ in range(50):
        try:
            answer = client.create(key)
            if answer.status_code == 200 and (id := (answer.json()["data"] or {}).get("taskId")):
                return str(id)
        except (httpx.TransportError, ValueError):
            continue
    raise AssertionError(f"no id for {key}")


@pytest.fixture
def unlucky(hiapi: StandIn) -> Client:
    """A client that half of the time does not learn what became of its submission."""
    for kind in AMBIGUOUS:
        hiapi.faults.on("create", kind, chance=0.07, seconds=0.01)
    return Client(hiapi)


def test_with_keys_each_intent_is_paid_once(hiapi: StandIn, unlucky: Client) -> None:
    intents = {key: persist(unlucky, key) for key in (f"job:{number}" for number in range(100))}
    assert {key: [one.task for one in paid] for key, paid in hiapi.ledger.paid_by_key().items()} == {
        key: [id] for key, id in intents.items()
    }
    assert {len(bodies) for bodies in hiapi.ledger.bodies_by_key().values()} == {1}
    assert {entry.fault for entry in hiapi.ledger.posts()} == {"", *AMBIGUOUS}


def test_without_keys_the_ledger_shows_what_was_paid_twice(hiapi: StandIn, unlucky: Client) -> None:
    hiapi.keys.ignored = True
    for number in range(20):
        persist(unlucky, f"job:{number}")
    assert len(hiapi.ledger.paid) == len(hiapi.ledger.posts()) > 20
    assert any(len(paid) > 1 for paid in hiapi.ledger.paid_by_key().values())
