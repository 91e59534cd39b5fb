"""Requests a minute and at once; every answer tells how many are left."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.living import eventually
from tests.standin import StandIn
from tests.standin.client import Client


def test_submitting_and_reading_share_a_budget(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.rpm = 3
    id = client.id()
    answers = [
        client.get(f"/v1/tasks/{id}"),
        client.get("/v1/tasks"),
        client.create(),
        client.get("/v1/tasks"),
    ]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers] == ["1", "0", "0", "0"]
    assert answers[2].json()["error"]["code"] == "rate_limit_exceeded"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert time.time() < int(answers[2].headers["X-RateLimit-Reset"]) <= time.time() + 61
    assert len(hiapi.ledger.paid) == 1


def test_the_budget_is_new_in_the_next_window(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.rpm = 1
    assert [client.create().status_code for _ in range(2)] == [200, 429]
    hiapi.limits.window = 0
    assert client.create().status_code == 200


def test_errors_tell_the_limits_too(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_503")
    for answer in (client.create(), client.get("/v1/tasks/none")):
        assert answer.headers["X-RateLimit-Limit"] == "1000000"


def test_files_and_prices_cost_no_budget(hiapi: StandIn, client: Client) -> None:
    url = client.finished(client.id())["output"][0]["url"]
    hiapi.limits.rpm = 0
    assert [client.get(one).status_code for one in (url, "/api/pricing", "/v1/tasks")] == [200, 200, 429]


def test_keys_have_budgets_of_their_own(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.rpm = 1
    assert [one.create().status_code for one in (client, Client(hiapi, hiapi.other_key))] == [200, 200]


def test_too_many_running_tasks_are_refused(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.running = 1
    hiapi.run(speed=0)
    assert [client.create().status_code for _ in range(2)] == [200, 429]
    hiapi.advance(1)
    assert client.create().status_code == 200


def test_a_hanging_answer_counts_until_it_ends(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.concurrency = 1
    hiapi.faults.on("create", "accept_then_hang", times=1)
    hanging = Client(hiapi)
    hanging.http.timeout = httpx.Timeout(10, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        hanging.create()
    eventually(hiapi.ledger.posts)
    eventually(lambda: client.create().status_code == 200)
    assert hiapi.limits.most_at_once == 1


def test_too_many_at_once_are_refused(hiapi: StandIn, client: Client) -> None:
    hiapi.limits.concurrency = 2
    go_on = Event()
    hiapi.faults.on("create", "hold", hold=go_on)
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(Client(hiapi).create) for _ in range(2)]
        eventually(lambda: sum(one.at_once for one in hiapi.limits.spells.values()) == 2)
        refused = client.create()
        go_on.set()
    assert hiapi.limits.most_at_once == 2
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert [one.result().status_code for one in held] == [200, 200]
    assert client.create().status_code == 200
