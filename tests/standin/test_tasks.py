"""Tasks as they are read: five statuses in order, then an output that expires, or an error."""

import time

import pytest

from tests.standin import StandIn
from tests.standin.client import CREATE, Client


def test_a_task_goes_through_its_statuses_in_order(hiapi: StandIn, client: Client) -> None:
    hiapi.run(speed=0)
    hiapi.options.latency = (100, 100)
    id = client.id()
    seen = []
    for seconds in (0, 11, 80, 10):
        hiapi.advance(seconds)
        seen.append(client.task(id)["status"])
    assert seen == ["queued", "handling", "archiving", "success"]


def test_nothing_of_the_input_is_echoed(client: Client) -> None:
    task = client.task(client.id())
    assert set(task) == {"taskId", "model", "status", "created", "completed", "storage"}
    assert (task["model"], task["storage"], task["completed"]) == (CREATE, "temp", 0)


def test_a_success_has_an_address_that_needs_no_key(hiapi: StandIn, client: Client) -> None:
    task = client.finished(client.id())
    (output,) = task["output"]
    assert output["type"] == "image"
    assert output["expireAt"] - task["completed"] in (7 * 86400, 7 * 86400 + 1)
    assert task["completed"] >= task["created"] > time.time() - 60
    client.http.headers.pop("Authorization")
    answer = client.get(output["url"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("TASK_FAILED", {"code": "TASK_FAILED", "message": "generation failed"}),
        ("TASK_TIMEOUT", {"code": "TASK_TIMEOUT", "message": "upstream took too long"}),
        ("STORAGE_UNAVAILABLE", {"code": "STORAGE_UNAVAILABLE", "message": "output could not be stored"}),
        ("MODEL_UNAVAILABLE", {"code": "MODEL_UNAVAILABLE", "message": "model is temporarily unavailable"}),
        ("no_code", {"message": "reason"}),
        ("no_error", None),
    ],
)
def test_a_task_fails_in_every_way(hiapi: StandIn, client: Client, kind: str, error: dict[str, str]) -> None:
    hiapi.faults.on("task", kind, times=1)
    task = client.finished(client.id())
    assert (task["status"], task.get("error"), "output" in task) == ("fail", error, False)
    assert client.finished(client.id())["status"] == "success"


def test_a_failed_task_costs_or_not_as_told(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "fail")
    client.finished(client.id())
    assert hiapi.ledger.spent() == 30_000
    hiapi.options.charge_failed = False
    client.finished(client.id())
    assert (len(hiapi.ledger.paid), hiapi.ledger.spent()) == (2, 30_000)


def test_a_stuck_task_never_ends(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "stuck")
    id = client.id()
    hiapi.advance(30 * 86400)
    assert client.task(id)["status"] == "handling"


def test_a_slow_task_takes_its_time(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "slow", seconds=1000)
    id = client.id()
    hiapi.advance(950)
    assert client.task(id)["status"] == "archiving"
    hiapi.advance(60)
    assert client.task(id)["status"] == "success"


def test_a_success_may_have_no_output(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "no_output")
    assert client.finished(client.id())["output"] == []


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_address_expires(hiapi: StandIn, client: Client, status: int) -> None:
    hiapi.options.expired_status = status
    url = client.finished(client.id())["output"][0]["url"]
    assert client.get(url).status_code == 200
    hiapi.advance(8 * 86400)
    assert client.get(url).status_code == status
    assert client.get(url).text.startswith("<?xml")


def test_a_later_read_gives_a_fresh_address_when_told(hiapi: StandIn, client: Client) -> None:
    id = client.id()
    old = client.finished(id)["output"][0]["url"]
    hiapi.expire()
    assert client.task(id)["output"][0]["url"] == old
    hiapi.options.renew = True
    fresh = client.task(id)["output"][0]["url"]
    assert (client.get(old).status_code, client.get(fresh).status_code) == (403, 200)


def test_another_accounts_task_is_not_there(hiapi: StandIn, client: Client) -> None:
    other = Client(hiapi, hiapi.other_key)
    assert other.get(f"/v1/tasks/{client.id()}").status_code == 404
    assert other.get("/v1/tasks").json()["data"]["total"] == 0


@pytest.mark.parametrize(
    ("query", "page", "size", "count"),
    [
        ("", 1, 10, 10),
        ("?page=2", 2, 10, 2),
        ("?page=3&size=5", 3, 5, 2),
        ("?size=100", 1, 100, 12),
        ("?page=0&size=101", 1, 10, 10),
        ("?page=x&size=-1", 1, 10, 10),
        ("?page=9", 9, 10, 0),
    ],
)
def test_the_list_has_pages(client: Client, query: str, page: int, size: int, count: int) -> None:
    ids = [client.id() for _ in range(12)]
    data = client.get(f"/v1/tasks{query}").json()["data"]
    assert (data["page"], data["size"], data["total"], len(data["tasks"])) == (page, size, 12, count)
    newest_first = ids[::-1][(page - 1) * size :][:size]
    assert [task["taskId"] for task in data["tasks"]] == newest_first


def test_the_list_shows_what_the_detail_shows(client: Client) -> None:
    task = client.finished(client.id())
    assert client.get("/v1/tasks").json()["data"]["tasks"] == [task]


def test_the_same_seed_gives_the_same_times(client: Client) -> None:
    def spans() -> list[float]:
        with StandIn(seed=5, latency=(10, 20)) as hiapi:
            other = Client(hiapi)
            for _ in range(3):
                other.id()
            return [round(task.ends_at - task.created, 6) for task in hiapi.tasks]

    assert spans() == spans()
    assert len(set(spans())) == 3
