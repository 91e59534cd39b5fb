"""Idempotency: the same key and the same bytes buy once, for a day."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.living import eventually
from tests.standin import StandIn
from tests.standin.client import Client, submission


def test_the_same_bytes_get_the_first_task_back(hiapi: StandIn, client: Client) -> None:
    first, again = client.create("job:try-1"), client.create("job:try-1")
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json() == first.json()
    assert [len(bought) for bought in hiapi.ledger.paid_by_key().values()] == [1]


def test_the_body_is_compared_byte_by_byte(hiapi: StandIn, client: Client) -> None:
    client.create("job:try-1")
    answer = client.post(json.dumps(submission(), indent=1).encode(), "job:try-1")
    assert (answer.status_code, answer.json()["error_code"]) == (422, "IDEMPOTENCY_KEY_MISMATCH")
    assert len(hiapi.ledger.paid) == 1


def test_a_failed_task_is_handed_back_too(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "TASK_FAILED")
    id = client.create("job:try-1").json()["data"]["taskId"]
    client.finished(id)
    assert client.create("job:try-1").json()["data"]["taskId"] == id


def test_while_the_first_is_running_the_second_waits(hiapi: StandIn, client: Client) -> None:
    go_on = threading.Event()
    hiapi.faults.on("create", "hold", hold=go_on, times=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(Client(hiapi).create, "job:try-1")
        eventually(hiapi.keys.running)
        answer = client.create("job:try-1")
        go_on.set()
        assert first.result().status_code == 200
    assert answer.json()["error_code"] == "IDEMPOTENCY_KEY_PROCESSING"
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "5")
    assert client.create("job:try-1").json() == first.result().json()


def test_twenty_at_once_buy_one(hiapi: StandIn) -> None:
    clients = [Client(hiapi) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: one.create("job:try-1").status_code, clients))
    assert set(statuses) <= {200, 409}
    assert len(hiapi.ledger.paid) == 1


def test_a_key_is_forgotten_after_a_day(hiapi: StandIn, client: Client) -> None:
    client.create("job:try-1")
    hiapi.advance(23.9 * 3600)
    assert client.create("job:try-1").headers["Idempotent-Replay"] == "true"
    hiapi.advance(0.2 * 3600)
    assert "Idempotent-Replay" not in client.create("job:try-1").headers
    assert len(hiapi.ledger.paid_by_key()["job:try-1"]) == 2


def test_a_vendor_that_ignores_keys_buys_each_time(client: Client) -> None:
    client.hiapi.keys.ignored = True
    assert client.create("job:try-1").json() != client.create("job:try-1").json()
    assert len(client.hiapi.ledger.paid_by_key()["job:try-1"]) == 2


def test_keys_belong_to_an_account(hiapi: StandIn, client: Client) -> None:
    client.create("job:try-1")
    Client(hiapi, hiapi.other_key).create("job:try-1")
    assert len(hiapi.ledger.paid) == 2


def test_a_refusal_frees_the_key(client: Client) -> None:
    assert client.create("job:try-1", prompt="").status_code == 400
    assert client.create("job:try-1").status_code == 200


def test_a_refusal_may_be_remembered(client: Client) -> None:
    client.hiapi.keys.remember_refusals = True
    assert client.create("job:try-1", prompt="").status_code == 400
    assert client.create("job:try-1").status_code == 422
    assert client.create("job:try-1", prompt="").headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize(
    ("key", "status"), [("k" * 255, 200), ("ü" * 127, 200), ("k" * 256, 400), ("", 400), ("a\tb", 400)]
)
def test_a_key_has_1_to_255_bytes_and_no_control_characters(client: Client, key: str, status: int) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key.encode()}
    answer = client.http.post("/v1/tasks", content=json.dumps(submission()), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == status
