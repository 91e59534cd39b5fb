"""Callbacks: what a receiver gets, when, how often, and how it can be wrong."""

import json
import socket
from typing import Any

import pytest
from hiapi import verify_webhook
from hiapi.errors import WebhookVerificationError

from tests.living import eventually
from tests.standin import StandIn
from tests.standin.callbacks import opposite, sign
from tests.standin.client import Client
from tests.standin.receiver import Notice, Receiver

SECRET = "0123456789abcdef0123456789abcdef"
V2 = (
    '{"taskId":"tk-hiapi-01HZTQ8BX2N3GM3YFK4Z9D7VQR","status":"fail",'
    '"error":{"code":"TASK_FAILED","message":"café ☃"}}'
)
VECTORS = [
    (
        "0123456789abcdef", "1790000000", '{"taskId":"tk-hiapi-TEST","model":"m","status":"success"}',
        "e83c40c48b2d418efc6df48e024d1fabed1741bbc27b98b38ebcd58d96ee5cf6",
    ),
    (
        "whsec_test_key", "1777800799",
        '{"taskId":"tk-1",  "model":"m", "status":"success",'
        '"output":[{"url":"https://cdn/x.mp4","type":"video","expireAt":1}]}',
        "5553a0f50fad36b8285c62e766b154e64fd11780c63888afcc417eb95a68c2be",
    ),
    (SECRET, "1777800799", V2, "9c8db4753e2c0041b98f739bd0d7196a1e167333655e4f6b631908e3645355f5"),
    (SECRET, "1777800799", "", "74272b8d8cd9be50142e58999bc5141c336f2827fd10466ee1ae7bd159ca5cbd"),
]  # fmt: skip


def verified(hiapi: StandIn, received: Notice) -> Any:
    headers = received.headers
    return verify_webhook(
        received.body,
        signature=headers.get("X-HiAPI-Signature", ""),
        timestamp=headers.get("X-HiAPI-Timestamp", ""),
        secret=hiapi.callbacks.secret,
    )


@pytest.mark.parametrize(("secret", "timestamp", "body", "signature"), VECTORS)
def test_signatures_are_those_of_the_contract(secret: str, timestamp: str, body: str, signature: str) -> None:
    assert sign(secret, timestamp, body.encode()) == signature


def test_a_callback_is_the_bare_task(hiapi: StandIn, client: Client) -> None:
    with Receiver() as receiver:
        id = client.id(callback=receiver.url)
        received = receiver.next()
    assert received.path == "/callbacks/one?job=5"
    assert received.headers["Content-Type"] == "application/json"
    assert json.loads(received.body) == client.task(id)
    assert verified(hiapi, received).task_id == id


def test_a_failure_is_called_back_too(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("task", "TASK_FAILED", message="café ☃")
    with Receiver() as receiver:
        client.id(callback=receiver.url)
        received = receiver.next()
    assert "café ☃".encode() in received.body
    assert verified(hiapi, received).error.code == "TASK_FAILED"


def test_without_a_secret_nothing_is_signed(hiapi: StandIn, client: Client) -> None:
    hiapi.callbacks.secret = ""
    with Receiver() as receiver:
        client.id(callback=receiver.url)
        assert not any(name.startswith("X-") for name in receiver.next().headers)


def test_a_replay_calls_back_once(hiapi: StandIn, client: Client) -> None:
    with Receiver() as receiver:
        for _ in range(3):
            client.create("job:try-1", callback=receiver.url)
        receiver.next()
        hiapi.settle()
    assert len(hiapi.ledger.callbacks) == 1


def test_it_is_tried_four_times_in_twenty_minutes(hiapi: StandIn, client: Client) -> None:
    hiapi.run(speed=0)
    with Receiver(500) as receiver:
        id = client.id(callback=receiver.url)
        for seconds in (1, 59, 1, 239, 1, 899, 1, 86400):
            hiapi.advance(seconds)
    sent = hiapi.ledger.callbacks_of(id)
    assert [round(one.at - sent[0].at) for one in sent] == [0, 60, 300, 1200]
    assert [(one.attempt, one.status) for one in sent] == [(1, 500), (2, 500), (3, 500), (4, 500)]


def test_it_is_tried_until_it_is_taken(hiapi: StandIn, client: Client) -> None:
    with Receiver(500, 302, 200) as receiver:
        id = client.id(callback=receiver.url)
        client.finished(id)
        hiapi.advance(86400)
        hiapi.advance(86400)
    assert [one.status for one in hiapi.ledger.callbacks_of(id)] == [500, 302, 200]


def test_nobody_there_is_a_failed_attempt(hiapi: StandIn, client: Client) -> None:
    id = client.id(callback="http://127.0.0.1:9/hook")
    client.finished(id)
    hiapi.settle()
    (sent,) = hiapi.ledger.callbacks_of(id)
    assert (sent.status, "refused" in sent.error) == (0, True)


def test_nothing_leaves_this_machine(hiapi: StandIn, client: Client) -> None:
    client.finished(id := client.id(callback="http://192.0.2.1/hook"))
    hiapi.settle()
    assert "nothing but this machine" in hiapi.ledger.callbacks_of(id)[0].error


def test_retries_are_signed_afresh_or_with_the_old_time(hiapi: StandIn, client: Client) -> None:
    hiapi.run(speed=0)
    hiapi.faults.on("callback", "old_timestamp", after=1)
    with Receiver(500) as receiver:
        fresh, old = client.id(callback=receiver.url), client.id(callback=receiver.url)
        hiapi.advance(1)
        hiapi.advance(60)
    stamps = {
        id: [int(one.headers["X-HiAPI-Timestamp"]) for one in hiapi.ledger.callbacks_of(id)]
        for id in (fresh, old)
    }
    assert stamps[fresh][1] - stamps[fresh][0] <= 5
    assert 55 <= stamps[old][0] - stamps[old][1] <= 60


@pytest.mark.parametrize("kind", ["unsigned", "wrongly_signed", "stale"])
def test_a_bad_signature_is_bad(hiapi: StandIn, client: Client, kind: str) -> None:
    hiapi.faults.on("callback", kind)
    with Receiver() as receiver:
        client.id(callback=receiver.url)
        received = receiver.next()
    with pytest.raises(WebhookVerificationError):
        verified(hiapi, received)


def test_a_stale_callback_is_signed_rightly(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "stale", seconds=-400)
    with Receiver() as receiver:
        client.id(callback=receiver.url)
        received = receiver.next()
    stamp = received.headers["X-HiAPI-Timestamp"]
    assert received.headers["X-HiAPI-Signature"] == sign(hiapi.callbacks.secret, stamp, received.body)


def test_ten_may_come_at_once(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "duplicate", copies=10)
    with Receiver() as receiver:
        id = client.id(callback=receiver.url)
        bodies = {receiver.next().body for _ in range(10)}
        hiapi.settle()
    assert len(bodies) == 1
    assert [one.status for one in hiapi.ledger.callbacks_of(id)] == [204] * 10


def test_it_may_never_come(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "never")
    client.finished(client.id(callback="http://127.0.0.1:9/"))
    hiapi.advance(86400)
    assert hiapi.ledger.callbacks == []


def test_it_may_come_an_hour_late(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "late", seconds=3600)
    with Receiver() as receiver:
        client.finished(client.id(callback=receiver.url))
        hiapi.advance(3500)
        assert hiapi.ledger.callbacks == []
        hiapi.advance(200)
        receiver.next()


def test_it_may_come_before_the_answer_to_the_submission(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "early", seconds=0.1)
    with Receiver() as receiver:
        id = client.id(callback=receiver.url)
        received = receiver.notices.get_nowait()
    assert json.loads(received.body)["taskId"] == id
    (post,) = hiapi.ledger.posts()
    assert hiapi.ledger.callbacks_of(id)[0].at < post.at
    assert client.task(id)["status"] == "success"


@pytest.mark.parametrize(("outcome", "then"), [(None, "fail"), ("TASK_FAILED", "success")])
def test_it_may_contradict_itself(hiapi: StandIn, client: Client, outcome: str | None, then: str) -> None:
    hiapi.faults.on("callback", "contradict", seconds=5)
    if outcome:
        hiapi.faults.on("task", outcome)
    with Receiver() as receiver:
        id = client.id(callback=receiver.url)
        first = json.loads(receiver.next().body)
        hiapi.advance(6)
        second = json.loads(receiver.next().body)
    assert second["status"] == then != first["status"]
    assert client.task(id) == first
    assert opposite(second)["status"] == first["status"]


def test_it_may_come_in_an_envelope_or_for_another_task(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("callback", "envelope")
    hiapi.faults.on("callback", "other_task", task="tk-hiapi-foreign")
    with Receiver() as receiver:
        client.id(callback=receiver.url)
        body = json.loads(receiver.next().body)
    assert (body["code"], body["data"]["taskId"]) == (200, "tk-hiapi-foreign")


def test_a_callback_may_be_sent_again(hiapi: StandIn, client: Client) -> None:
    with Receiver() as receiver:
        id = client.id(callback=receiver.url)
        first = receiver.next()
        hiapi.call_back(id, copies=3)
        assert [receiver.next().body for _ in range(3)] == [first.body] * 3


def test_a_test_may_send_any_callback_by_hand(hiapi: StandIn) -> None:
    with Receiver(204) as receiver:
        headers = {"X-HiAPI-Timestamp": "1777800799"}
        assert hiapi.callbacks.send(receiver.url, V2.encode(), headers) == 204
        assert receiver.next().body == V2.encode()


def test_a_receiver_that_hangs_is_left_after_a_while(hiapi: StandIn, client: Client) -> None:
    hiapi.callbacks.patience = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        id = client.id(callback=f"http://127.0.0.1:{silent.getsockname()[1]}/hook")
        eventually(lambda: hiapi.ledger.callbacks_of(id))
    assert "timed out" in hiapi.ledger.callbacks_of(id)[0].error
