"""Many tasks at once, over many connections: each is bought once, ends, and has its own picture."""

from concurrent.futures import ThreadPoolExecutor

from tests.standin import StandIn
from tests.standin.client import EDIT, Client

TASKS, CONNECTIONS = 240, 12


def test_many_tasks_are_carried(hiapi: StandIn, packshot: str) -> None:
    clients = [Client(hiapi) for _ in range(CONNECTIONS)]

    def buy(number: int) -> str:
        client, key = clients[number % CONNECTIONS], f"job:{number}"
        document = {"model": EDIT, "input_urls": [packshot], "aspect_ratio": "16:9"}
        first, again = client.create(key, **document), client.create(key, **document)
        assert first.json() == again.json()
        return str(first.json()["data"]["taskId"])

    def fetch(id: str) -> bytes:
        client = clients[sum(id.encode()) % CONNECTIONS]
        return client.get(client.finished(id)["output"][0]["url"]).content

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        ids = list(pool.map(buy, range(TASKS)))
        hiapi.settle()
        pictures = list(pool.map(fetch, ids))
    assert len(set(ids)) == len(hiapi.ledger.paid) == len(hiapi.ledger.references) == TASKS
    assert len(set(pictures)) == len(hiapi.ledger.served) == TASKS
    assert len(hiapi.ledger.posts("replayed")) == TASKS
    assert hiapi.ledger.per_second().total() >= 3 * TASKS
