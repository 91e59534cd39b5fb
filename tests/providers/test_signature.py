"""Callbacks: who sent them is settled on the exact bytes, before anything in them counts."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from typing import Any, Final

import pytest
from hiapi.webhooks import verify_webhook

from studio.messages import say
from studio.providers.base import Heard
from studio.providers.errors import Forged
from studio.providers.signature import MOST_BYTES, hear
from tests.forgeries import V1, V1_SIGNED, V2, V2_SIGNED, V3_SIGNED

NOW: Final = 1777800799
STAMP: Final = str(NOW)
FIRST, SECOND, OWN = "whsec_test_key", "0123456789abcdef0123456789abcdef", "0123456789abcdef"
V2_HEARD: Final = Heard("tk-hiapi-01HZTQ8BX2N3GM3YFK4Z9D7VQR", "fail", signed=True, fresh=True)


def headers(signature: str = V2_SIGNED, timestamp: str = STAMP) -> dict[str, str]:
    return {"X-HiAPI-Timestamp": timestamp, "X-HiAPI-Signature": signature}


def sign(body: bytes, secret: str = SECOND, timestamp: str = STAMP) -> dict[str, str]:
    signed = timestamp.encode() + b"." + body
    return headers(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), timestamp)


def forged(headers: dict[str, str], body: bytes, *secrets: str) -> str:
    with pytest.raises(Forged) as no:
        hear(headers, body, NOW, secrets or (SECOND,))
    message = say(no.value.code, **no.value.values)
    assert "…" not in message.headline + message.explanation
    return no.value.code


@pytest.mark.parametrize(
    ("secret", "stamp", "body", "signature", "heard"),
    [
        (FIRST, STAMP, V1, V1_SIGNED, ("tk-1", "success")),
        (SECOND, STAMP, V2, V2_SIGNED, (V2_HEARD.task_id, "fail")),
        (
            OWN,
            "1790000000",
            b'{"taskId":"tk-hiapi-TEST","model":"m","status":"success"}',
            "e83c40c48b2d418efc6df48e024d1fabed1741bbc27b98b38ebcd58d96ee5cf6",
            ("tk-hiapi-TEST", "success"),
        ),
    ],
)
def test_published_vectors_are_heard_and_hiapis_own_client_agrees(
    secret: str, stamp: str, body: bytes, signature: str, heard: tuple[str, str]
) -> None:
    told = hear(headers(signature, stamp), body, int(stamp), (secret,))
    assert told == Heard(*heard, signed=True, fresh=True)
    task = verify_webhook(body, signature=signature, timestamp=stamp, secret=secret, now=int(stamp))
    assert (task.task_id, task.status) == heard


def test_an_empty_body_is_refused_although_its_signature_is_right() -> None:
    assert headers(V3_SIGNED) == sign(b"")
    assert forged(headers(V3_SIGNED), b"") == "callback_body"


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        ("16d2c3f7911489bd71cdf67ab8f6c8f7b8cd908259bffc83b6f55ceadef0c295", "callback_signature"),
        ("0" * 64, "callback_signature"),
        ("", "callback_header"),
        (V2_SIGNED.upper(), "callback_header"),
        (f"sha256={V2_SIGNED}", "callback_header"),
        (V2_SIGNED[:-1], "callback_header"),
        (V2_SIGNED + "0", "callback_header"),
        (V2_SIGNED + "\n", "callback_header"),
        (f" {V2_SIGNED}", "callback_header"),
        (f"{V2_SIGNED},{V2_SIGNED}", "callback_header"),
        (f"{V2_SIGNED}, {V2_SIGNED}", "callback_header"),
        (V2_SIGNED[:-1] + "é", "callback_header"),
        (V2_SIGNED[:-1] + "\uff15", "callback_header"),
    ],
)
def test_any_other_signature_is_refused(signature: str, code: str) -> None:
    assert forged(headers(signature), V2) == code


@pytest.mark.parametrize(
    "stamp",
    ["1_777_800_799", f" {STAMP}", f"{STAMP} ", f"+{STAMP}", f"-{STAMP}", "１７７７８００７９９", "9" * 5000,
     "1777800799.0", "177780079.9", "", "0", f"{STAMP},{STAMP}", f"{STAMP}\n", "0x69f7175f", "1e9"],
)  # fmt: skip
def test_a_timestamp_is_ten_ascii_digits_even_when_it_is_signed(stamp: str) -> None:
    assert forged(sign(V2, timestamp=stamp), V2) == "callback_header"


@pytest.mark.parametrize(
    ("changed", "body"),
    [("one space more", V2 + b" "), ("other words", V2.replace(b"fail", b"Fail")), ("V1", V1)],
)
def test_a_changed_body_is_refused(changed: str, body: bytes) -> None:
    assert forged(headers(), body) == "callback_signature"


def test_a_body_that_was_written_anew_is_refused() -> None:
    assert forged(headers(V1_SIGNED), json.dumps(json.loads(V1)).encode(), FIRST) == "callback_signature"


@pytest.mark.parametrize("seconds", [-301, -300, -299, 0, 299, 300, 301, 86_400])
def test_a_stale_clock_is_told_and_no_reason_to_refuse(seconds: int) -> None:
    told = hear(headers(), V2, NOW + seconds, (SECOND,))
    assert told.signed
    assert told.fresh is (abs(seconds) <= 300)


@pytest.mark.parametrize("name", ["X-HiAPI-Timestamp", "X-HiAPI-Signature"])
def test_a_missing_header_is_no_signature(name: str) -> None:
    less = {key: value for key, value in headers().items() if key != name}
    assert forged(less, V2) == "callback_unsigned"


def test_header_names_are_read_in_any_case_but_only_once() -> None:
    lower = {key.lower(): value for key, value in headers().items()}
    assert hear(lower, V2, NOW, (SECOND,)) == V2_HEARD
    assert forged(headers() | {"x-hiapi-signature": V2_SIGNED}, V2) == "callback_header"


def test_while_keys_change_both_are_heard_and_afterwards_only_the_new_one() -> None:
    for secrets in ((FIRST, SECOND), (SECOND, FIRST)):
        assert hear(headers(), V2, NOW, secrets) == V2_HEARD
        assert hear(headers(V1_SIGNED), V1, NOW, secrets).task_id == "tk-1"
    assert forged(headers(), V2, FIRST) == "callback_signature"


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_vouched_for(secrets: tuple[str, ...]) -> None:
    for sent in ({}, headers(), headers("wrong", "wrong"), sign(V2, secret="")):
        assert hear(sent, V2, NOW, secrets) == Heard(V2_HEARD.task_id, "fail", signed=False, fresh=True)
    with pytest.raises(Forged):
        hear({}, b"[]", NOW, secrets)


def test_an_empty_secret_beside_a_real_one_signs_nothing() -> None:
    assert forged(sign(V2, secret=""), V2, SECOND, "") == "callback_signature"


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"null", b"{}", b"7", b'"tk-1"', b"\xff", b"\x1f\x8b\x08\x00", b'{"output":5}',
        b"[" * 100_000, b'{"a":' * 100_000, b'{"taskId":"tk-1","output":' + b"[" * 30 + b"]" * 30 + b"}",
        b'{"taskId":"tk-1","taskId":"tk-2","status":"fail"}',
        b'{"taskId":"tk-1","status":"fail","status":"success"}',
        b'{"taskId":"tk-1","error":{"code":"a","code":"b"}}',
        b'{"taskId":"%s"}' % (b"t" * 10_000), b'{"taskId":"%s"}' % (b"t" * 101), b'{"taskId":""}',
        b'{"taskId":"../tk-1"}', b'{"taskId":"tk-1\\n"}', b'{"taskId":"tk-\\u0000"}',
        b'{"taskId":"tk-\\ud800"}',
        b'{"taskId":7}', b'{"taskId":null,"status":"fail"}', b'{"taskId":["tk-1"]}',
        b'{"taskId":"tk-1","created":NaN}', b'{"taskId":"tk-1","created":%s}' % (b"9" * 5000),
        b'{"data":{"taskId":null}}', b'{"data":[{"taskId":"tk-1"}]}', b'{"taskId":"tk-1"} {}',
        b'\xef\xbb\xbf{"taskId":"tk-1"}', '{"taskId":"tk-1"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:40]),
)  # fmt: skip
def test_a_body_that_names_no_task_is_refused_signed_or_not(body: bytes) -> None:
    assert forged(sign(body), body) == "callback_body"
    with pytest.raises(Forged):
        hear({}, body, NOW, ())


def test_a_body_over_a_mebibyte_is_refused_before_its_signature_counts() -> None:
    big = b'{"taskId":"tk-1","more":"%s"}' % (b"m" * MOST_BYTES)
    assert forged(sign(big), big) == "callback_big"
    most = big[: MOST_BYTES - 2] + b'"}'
    assert hear(sign(most), most, NOW, (SECOND,)).task_id == "tk-1"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"code":200,"message":"success","data":{"taskId":"tk-1","status":"success"}}', "success"),
        (b'{"taskId":"tk-1","status":"success","data":{"note":1}}', "success"),
        (b'{"taskId":"tk-1"}', ""),
        (b'{"taskId":"tk-1","status":7}', ""),
        (b'{"taskId":"tk-1","status":"\\ud800"}', ""),
        (b'{"taskId":"tk-1","status":"<b>success</b>"}', ""),
    ],
)
def test_the_task_is_found_bare_or_in_an_envelope_and_an_odd_status_is_none(body: bytes, status: str) -> None:
    assert hear(sign(body), body, NOW, (SECOND,)) == Heard("tk-1", status, signed=True, fresh=True)


def test_what_was_sent_and_the_secret_stand_in_no_refusal() -> None:
    body = b'{"taskId":"canary-body"}'
    for sent in (headers("canary-signature"), headers(V1_SIGNED), {}):
        with pytest.raises(Forged) as no:
            hear(sent, body, NOW, ("canary-secret",))
        assert "canary" not in f"{no.value!r} {no.value} {no.value.values}"
        assert V1_SIGNED not in repr(no.value)


def test_five_hundred_mutations_are_refused_or_mean_the_same() -> None:
    dice = random.Random(20260807)
    refused = 0
    for _ in range(500):
        sent, body = dice.choice(MUTATIONS)(dice, headers(), V2)
        try:
            assert hear(sent, body, NOW, (SECOND,)) == V2_HEARD
        except Forged:
            refused += 1
    assert 400 < refused < 500  # some only change what does not count


Mutation = Callable[[random.Random, dict[str, str], bytes], tuple[dict[str, str], bytes]]


def _flip(dice: random.Random, sent: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    at = dice.randrange(len(body))
    return sent, body[:at] + bytes([body[at] ^ 1 << dice.randrange(8)]) + body[at + 1 :]


def _splice(dice: random.Random, sent: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    start, end = sorted(dice.choices(range(len(body) + 1), k=2))
    more = dice.choice([b"", b" ", b"\0", b'"', b"}", b'{"taskId":"tk-2"}', body, dice.randbytes(8)])
    return sent, body[:start] + more + body[max(end, start + 1) :]


def _bend(dice: random.Random, sent: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    name = dice.choice(list(sent))
    text = list(sent[name])
    odd: list[Any] = ["", ",", " ", "\n", "é", "５", "f", "0", "A", "\ud800", sent[name]]
    text[dice.randrange(len(text))] = dice.choice(odd)
    return sent | {name: "".join(text)}, body


def _rename(dice: random.Random, sent: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    name = dice.choice(list(sent))
    value = sent.pop(name)
    return sent | {dice.choice([name.lower(), name.upper(), name + "2", name.replace("-", "_")]): value}, body


MUTATIONS: list[Mutation] = [_flip, _splice, _bend, _rename, _flip, _splice, _bend]
