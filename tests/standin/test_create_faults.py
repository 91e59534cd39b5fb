"""Submissions that go wrong: what the client sees, and what the ledger knows."""

import json
import socket
import time
from email.utils import parsedate_to_datetime
from http.client import BadStatusLine, HTTPConnection, IncompleteRead
from typing import Any

import httpx
import pytest

from tests.living import eventually
from tests.standin import StandIn
from tests.standin.client import Client, submission

REFUSALS = (400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504)


def raw(hiapi: StandIn, key: str = "job:try-1", timeout: float = 10) -> bytes:
    """One submission over a connection of its own; the answer's body."""
    connection = HTTPConnection("127.0.0.1", hiapi.port, timeout=timeout)
    headers = {
        "Authorization": f"Bearer {hiapi.key}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    try:
        connection.request("POST", "/v1/tasks", json.dumps(submission()), headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def bought_once_then_replayed(hiapi: StandIn, client: Client) -> None:
    """The same bytes again, when all is well, get the task that was paid for the first time."""
    (paid,) = hiapi.ledger.paid
    assert client.create("job:try-1").json()["data"]["taskId"] == paid.task
    assert len(hiapi.ledger.paid) == 1
    assert [len(bodies) for bodies in hiapi.ledger.bodies_by_key().values()] == [1]


@pytest.mark.parametrize(
    ("kind", "options", "raised"),
    [
        ("accept_then_hang", {}, TimeoutError),
        ("accept_then_hang", {"seconds": 0.05}, BadStatusLine),
        ("accept_then_reset", {}, ConnectionResetError),
        ("accept_then_close", {}, BadStatusLine),
        ("accept_then_cut", {"at": 20}, IncompleteRead),
        ("accept_slowly", {"seconds": 3}, TimeoutError),
    ],
    ids=str,
)
def test_a_task_is_bought_and_the_answer_lost(
    hiapi: StandIn, client: Client, kind: str, options: dict[str, Any], raised: type[Exception]
) -> None:
    fault = hiapi.faults.on("create", kind, times=1, **options)
    with pytest.raises(raised):
        raw(hiapi, timeout=0.3 if raised is TimeoutError else 10)
    eventually(lambda: hiapi.ledger.entries)
    assert (fault.hits, hiapi.ledger.entries[0].fault) == (1, kind)
    bought_once_then_replayed(hiapi, client)


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("accept_then_500", 500, b'{"code":500'),
        ("accept_then_502", 502, b"<html>"),
        ("accept_then_504", 504, b"<html>"),
        ("accept_half_json", 200, b'{"code":200,"message"'),
        ("accept_without_id", 200, b'{"code":200,"message":"success","data":{}}'),
        ("accept_202", 202, b""),
    ],
)
def test_a_task_is_bought_and_the_answer_is_useless(
    hiapi: StandIn, client: Client, kind: str, status: int, body: bytes
) -> None:
    hiapi.faults.on("create", kind, times=1)
    answer = client.create("job:try-1")
    assert answer.status_code == status
    assert answer.content.startswith(body)
    assert b"tk-hiapi" not in answer.content
    bought_once_then_replayed(hiapi, client)


def test_a_slow_answer_comes_in_the_end(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "accept_slowly", seconds=0.1)
    assert client.create().json()["data"]["taskId"] == hiapi.ledger.paid[0].task


def test_a_conflict_may_name_the_task(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "conflict_with_task", times=1)
    answer = client.create("job:try-1")
    assert (answer.status_code, answer.json()["error_code"]) == (409, "CONFLICT")
    assert answer.json()["data"]["taskId"] == hiapi.ledger.paid[0].task
    bought_once_then_replayed(hiapi, client)


def test_a_conflict_may_name_none(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "conflict")
    assert client.create().json() == {
        "code": 409,
        "message": "conflict",
        "data": None,
        "error_code": "CONFLICT",
    }
    assert hiapi.ledger.paid == []


@pytest.mark.parametrize("status", REFUSALS)
def test_it_is_refused_with_every_status(hiapi: StandIn, client: Client, status: int) -> None:
    hiapi.faults.on("create", f"refuse_{status}", times=1)
    answer = client.create("job:try-1")
    assert answer.status_code == status
    assert hiapi.ledger.paid == []
    assert hiapi.ledger.posts("refused")[0].status == status
    assert client.create("job:try-1").status_code == 200


@pytest.mark.parametrize(
    ("envelope", "code", "message"),
    [
        ("flat", lambda body: json.loads(body)["error_code"], lambda body: json.loads(body)["message"]),
        (
            "nested",
            lambda body: json.loads(body)["error"]["code"],
            lambda body: json.loads(body)["error"]["message"],
        ),
        ("text", lambda body: "NO_LUCK", lambda body: body),
        ("html", lambda body: "NO_LUCK", lambda body: body[body.index("<h1>") + 4 : body.index("</h1>")]),
    ],
)
def test_errors_come_in_every_envelope(
    hiapi: StandIn, client: Client, envelope: str, code: Any, message: Any
) -> None:
    hiapi.faults.on("create", "refuse_400", envelope=envelope, code="NO_LUCK", message="no luck")
    answer = client.create()
    assert (code(answer.text), message(answer.text)) == ("NO_LUCK", "no luck")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("content_policy_violation", 400, "content_policy_violation"),
        ("permission_denied", 403, "permission_denied"),
        ("model_not_found", 404, "model_not_found"),
        ("model_unavailable", 400, "MODEL_UNAVAILABLE"),
    ],
)
def test_it_is_refused_by_name(hiapi: StandIn, client: Client, kind: str, status: int, code: str) -> None:
    hiapi.faults.on("create", kind)
    answer = client.create()
    body = answer.json()
    assert answer.status_code == status
    assert code in (body.get("error_code"), body.get("error", {}).get("code"))


@pytest.mark.parametrize(
    ("form", "header"),
    [
        ("seconds", "7"), ("negative", "-5"), ("huge", "86400000"), ("rubbish", "soon"),
        ("1.5", "1.5"), (None, None),
    ],
)  # fmt: skip
def test_waiting_is_asked_for_in_every_form(
    hiapi: StandIn, client: Client, form: str | None, header: str | None
) -> None:
    hiapi.faults.on("create", "refuse_503", retry_after=form, wait=7)
    assert client.create().headers.get("Retry-After") == header


def test_waiting_is_asked_for_by_date(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_429", retry_after="date", wait=100)
    until = parsedate_to_datetime(client.create().headers["Retry-After"]).timestamp()
    assert 95 <= until - time.time() <= 100


def test_an_error_may_look_like_a_success(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "body_code", code=402, error_code="NO_MONEY")
    answer = client.create()
    assert (answer.status_code, answer.json()["code"]) == (200, 402)
    assert hiapi.ledger.paid == []


def test_it_may_never_be_read(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "hang_before_reading", times=1)
    with pytest.raises(TimeoutError):
        raw(hiapi, timeout=0.3)
    eventually(lambda: hiapi.ledger.entries)
    entry = hiapi.ledger.entries[0]
    assert (entry.verdict, entry.key, entry.body_sha256, hiapi.ledger.paid) == ("unread", "job:try-1", "", [])
    assert "Idempotent-Replay" not in client.create("job:try-1").headers


def test_connections_may_be_refused_for_a_while(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_connection", seconds=1, times=1)
    with pytest.raises(httpx.TransportError):
        client.create()
    eventually(lambda: not is_open(hiapi))
    eventually(lambda: is_open(hiapi))
    assert client.create().status_code == 200


def test_it_may_be_down_and_come_back_on_the_same_port(hiapi: StandIn, client: Client) -> None:
    id = client.id()
    hiapi.go_down()
    with pytest.raises(httpx.TransportError):
        client.task(id)
    assert not is_open(hiapi)
    hiapi.advance(60)
    hiapi.come_back()
    assert client.task(id)["status"] == "success"


def test_an_idle_connection_is_closed(hiapi: StandIn, client: Client) -> None:
    hiapi.close_idle(0.05)
    with socket.create_connection(("127.0.0.1", hiapi.port), timeout=5) as connection:
        assert connection.recv(1) == b""
    hiapi.close_idle(60)
    assert client.create().status_code == 200


def is_open(hiapi: StandIn) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", hiapi.port)) == 0


def test_a_fault_strikes_as_often_as_told(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_503", times=2, after=1)
    assert [client.create().status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_strikes_whom_it_is_told_to(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_503", when=lambda request: "lamp" in request.json["input"]["prompt"])
    assert [client.create(prompt=one).status_code for one in ("a lamp", "a chair")] == [503, 200]


def test_chance_is_the_seeds(client: Client) -> None:
    def statuses(seed: int) -> list[int]:
        with StandIn(seed=seed) as hiapi:
            hiapi.faults.on("create", "refuse_503", chance=0.5)
            other = Client(hiapi)
            return [other.create().status_code for _ in range(20)]

    assert statuses(1) == statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 503}


def test_the_first_that_fits_strikes_and_all_can_be_taken_back(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("create", "refuse_503", times=1)
    hiapi.faults.on("create", "refuse_402")
    assert [client.create().status_code for _ in range(2)] == [503, 402]
    hiapi.faults.clear("create")
    assert client.create().status_code == 200


@pytest.mark.parametrize(("point", "kind"), [("create", "no_such"), ("nowhere", "hang")])
def test_a_misspelt_fault_is_found_at_once(hiapi: StandIn, point: str, kind: str) -> None:
    with pytest.raises(ValueError, match=kind):
        hiapi.faults.on(point, kind)
