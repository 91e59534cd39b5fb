"""The ledger: what tests hold the application to."""

import hashlib
import json
from pathlib import Path

import httpx
import pytest

from tests.standin import StandIn
from tests.standin.client import CREATE, Client, submission


def test_every_request_is_written_down(hiapi: StandIn, client: Client) -> None:
    answer = client.create("job:try-1")
    client.create("job:try-1")
    client.create("job:try-2", prompt="")
    client.task(answer.json()["data"]["taskId"])
    client.get("/nowhere?a=1")
    rows = [(one.method, one.path, one.status, one.verdict.split()[0]) for one in hiapi.ledger.entries]
    id = hiapi.ledger.paid[0].task
    assert rows == [
        ("POST", "/v1/tasks", 200, "accepted"),
        ("POST", "/v1/tasks", 200, "replayed"),
        ("POST", "/v1/tasks", 400, "refused"),
        ("GET", f"/v1/tasks/{id}", 200, "read"),
        ("GET", "/nowhere", 404, "refused"),
    ]
    first = hiapi.ledger.entries[0]
    body = json.dumps(submission()).encode()
    assert (first.key, first.task, first.price, first.body_bytes) == ("job:try-1", id, 30_000, len(body))
    assert first.body_sha256 == hashlib.sha256(body).hexdigest()
    assert hiapi.ledger.entries[-1].query == "a=1"


def test_it_answers_what_tests_ask(hiapi: StandIn, client: Client) -> None:
    first = client.create("job:try-1").json()["data"]["taskId"]
    client.create("job:try-1", prompt="another")
    client.create()
    client.task(first)
    client.task(first)
    ledger = hiapi.ledger
    assert [one.verdict for one in ledger.posts("refused")] == ["refused IDEMPOTENCY_KEY_MISMATCH"]
    assert {key: len(paid) for key, paid in ledger.paid_by_key().items()} == {"job:try-1": 1, None: 1}
    assert {key: len(bodies) for key, bodies in ledger.bodies_by_key().items()} == {"job:try-1": 2, None: 1}
    assert ledger.polls() == {first: 2}
    assert ledger.per_second().total() == 5
    assert ledger.per_second(method="POST").total() == len(ledger.posts()) == 3
    assert ledger.spent() == 60_000


def test_a_purchase_is_written_before_it_is_answered(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "accept_then_hang", seconds=0.01)
    with pytest.raises(httpx.RemoteProtocolError):
        client.create("job:try-1")
    assert hiapi.ledger.posts("accepted")[0].fault == "accept_then_hang"


def test_rows_go_to_a_file_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with StandIn(ledger=path, latency=(0, 0), charge_failed=False) as hiapi:
        hiapi.faults.on("task", "fail")
        client = Client(hiapi)
        id = client.id(callback="http://127.0.0.1:9/")
        client.finished(id)
        hiapi.settle()
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert {row["row"] for row in rows} == {"Purchase", "Entry", "Refund", "Delivery"}
    (bought,) = (row for row in rows if row["row"] == "Purchase")
    assert (bought["task"], bought["price"], bought["model"]) == (id, 30_000, CREATE)


def test_times_are_the_clocks(hiapi: StandIn, client: Client) -> None:
    hiapi.run(speed=0)
    client.id()
    hiapi.advance(3600)
    client.id()
    first, second = hiapi.ledger.paid
    assert second.at - first.at == 3600
    one, two = hiapi.ledger.posts()
    assert two.real - one.real < 60
