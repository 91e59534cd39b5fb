"""Every answer that a submission can get, and what it means for the money."""

import json
from email.utils import formatdate
from typing import Any

import pytest

from studio.messages import MESSAGES
from studio.providers.answers import Headers, answered, retry_after, taken
from studio.providers.base import Taken
from studio.providers.errors import Declined, ProviderError, Unheard, Wait

NOW = 1_790_000_000.0
TASK = "tk-hiapi-01M5A0000000000000000000ZZ"
GOOD = {"code": 200, "message": "success", "data": {"taskId": TASK}}


def flat(status: int, code: str = "", message: str = "bad", data: Any = None) -> bytes:
    return json.dumps({"code": status, "message": message, "data": data, "error_code": code}).encode()


def nested(code: str | None, message: str = "bad") -> bytes:
    error = {"code": code, "message": message, "type": "hiapi_error", "request_id": "20260101-x"}
    return json.dumps({"error": error}).encode()


def refused(status: int, body: bytes, headers: Headers | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        taken(status, headers or {}, body, NOW)
    return raised.value


# status, body -> code, stops, proves
NO: list[tuple[int, bytes, str, str, bool]] = [
    (400, flat(400, "INVALID_REQUEST", "aspect_ratio must be one of 1:1"), "request_refused", "", True),
    (
        400,
        flat(400, "INVALID_REQUEST", "unknown field 'image_urls' in input"),
        "dialect_wrong",
        "model",
        True,
    ),
    (400, flat(400, "", "input_urls is required"), "dialect_wrong", "model", True),
    (400, flat(400, "", "'image' is required"), "dialect_wrong", "model", True),
    (400, flat(400, "", "additional properties not allowed: size"), "dialect_wrong", "model", True),
    (400, flat(400, "", "unknown route 'x'; available routes: ext"), "dialect_wrong", "model", True),
    (400, flat(400, "", "input_urls[0] could not be downloaded"), "request_refused", "", False),
    (422, flat(422, "", "reference image link has expired"), "request_refused", "", False),
    (400, flat(400, "", "the picture is larger than 20 MB"), "request_refused", "", True),
    (400, nested("content_policy_violation", "no"), "content_refused", "", False),
    (400, flat(400, "", "Your prompt was refused by our safety system"), "content_refused", "", False),
    (422, flat(422, "", "image violates our content policy"), "content_refused", "", False),
    (401, nested(None, "API key is invalid"), "key_refused", "all", False),
    (401, b"", "key_refused", "all", False),
    (401, nested("permission_denied", "This API key cannot use it"), "model_forbidden", "model", False),
    (403, nested("permission_denied", "no access"), "model_forbidden", "model", False),
    (402, flat(402, "", "insufficient balance"), "balance_empty", "all", False),
    (403, flat(403, "", "key lacks permission"), "key_forbidden", "all", False),
    (403, flat(403, "", "your quota is used up"), "balance_empty", "all", False),
    (429, nested("insufficient_quota"), "balance_empty", "all", False),
    (404, nested("model_not_found", "model does not exist"), "model_not_found", "model", False),
    (400, flat(400, "model_not_found"), "model_not_found", "model", False),
    (404, flat(404, "", "model 'x' does not exist"), "model_not_found", "model", False),
    (404, b"<html>Not found</html>", "provider_elsewhere", "all", False),
    (405, b"", "provider_elsewhere", "all", False),
    (301, b"", "provider_elsewhere", "all", False),
    (308, b"", "provider_elsewhere", "all", False),
    (409, flat(409, "CONFLICT"), "conflict", "", False),
    (413, b"<html>Too large</html>", "request_too_big", "", True),
    (415, flat(415), "request_type", "all", True),
    (422, flat(422, "IDEMPOTENCY_KEY_MISMATCH"), "key_mismatch", "", False),
    (422, flat(422, "", "cannot be processed"), "request_refused", "", True),
    (200, flat(402, "", "insufficient balance"), "balance_empty", "all", False),
    (200, flat(400, "INVALID_REQUEST", "bad value"), "request_refused", "", True),
    (200, b'{"code":"401","message":"no"}', "key_refused", "all", False),
    (200, nested("permission_denied"), "model_forbidden", "model", False),
]
LATER: list[tuple[int, bytes, str, float, bool]] = [
    (429, flat(429, "rate_limit_exceeded"), "too_fast", 5, False),
    (429, b"slow down", "too_fast", 5, False),
    (503, flat(503), "provider_busy", 5, True),
    (503, b"<html>busy</html>", "provider_busy", 5, True),
    (409, flat(409, "IDEMPOTENCY_KEY_PROCESSING"), "still_processing", 5, False),
    (400, flat(400, "MODEL_UNAVAILABLE"), "model_unavailable", 30, False),
    (503, flat(503, "MODEL_UNAVAILABLE"), "model_unavailable", 30, False),
    (200, flat(429), "too_fast", 5, False),
]
UNCLEAR: list[tuple[int, bytes, str]] = [
    (500, flat(500), "provider_failed"),
    (502, b"<html>Bad gateway</html>", "provider_failed"),
    (504, b"", "provider_failed"),
    (524, b"<html>A timeout occurred</html>", "provider_failed"),
    (408, b"", "provider_failed"),
    (200, flat(500), "provider_failed"),
    (200, b"", "answer_unreadable"),
    (200, b'{"code":200,"message":"succ', "answer_unreadable"),
    (200, b"<html>Please sign in</html>", "answer_unreadable"),
    (200, b"null", "answer_unreadable"),
    (200, b"\xff\xfe\x00", "answer_unreadable"),
    (200, b"[" * 100_000, "answer_unreadable"),
    (200, nested("never_seen"), "answer_unreadable"),
    (202, b"", "answer_unreadable"),
    (302, b"", "answer_unreadable"),
    (418, b"", "answer_unreadable"),
    (200, b"[]", "answer_without_task"),
    (200, b'{"code":200,"data":{}}', "answer_without_task"),
    (200, b'{"code":200,"data":{"taskId":5}}', "answer_without_task"),
    (200, b'{"code":200,"data":{"taskId":"a b"}}', "answer_without_task"),
    (200, json.dumps({"data": {"taskId": "a" * 101}}).encode(), "answer_without_task"),
]


@pytest.mark.parametrize(("status", "body", "code", "stops", "proves"), NO)
def test_a_definite_no(status: int, body: bytes, code: str, stops: str, proves: bool) -> None:
    no = refused(status, body)
    assert isinstance(no, Declined)
    assert (no.code, no.stops, no.proves, no.again) == (code, stops, proves, False)


@pytest.mark.parametrize(("status", "body", "code", "seconds", "down"), LATER)
def test_told_to_wait(status: int, body: bytes, code: str, seconds: float, down: bool) -> None:
    wait = refused(status, body)
    assert isinstance(wait, Wait)
    assert (wait.code, wait.seconds, wait.down) == (code, seconds, down)
    wait = refused(status, body, {"retry-after": "7"})
    assert isinstance(wait, Wait)
    assert wait.seconds == 7


@pytest.mark.parametrize(("status", "body", "code"), UNCLEAR)
def test_nobody_knows_whether_it_was_bought(status: int, body: bytes, code: str) -> None:
    error = refused(status, body)
    assert isinstance(error, Unheard)
    assert error.code == code


@pytest.mark.parametrize("code", sorted({row[2] for row in [*NO, *LATER, *UNCLEAR]}))
def test_every_meaning_has_a_message(code: str) -> None:
    assert code in MESSAGES


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (200, GOOD),
        (200, {"data": {"taskId": TASK}}),
        (202, GOOD),
        (200, {"code": 200, "data": {"task_id": TASK}}),
        (200, {"taskId": TASK}),
        (200, {"code": 0, "data": {"taskId": TASK}}),
        (409, {"code": 409, "message": "exists", "data": {"taskId": TASK}}),
        (409, {"error": {"code": "CONFLICT", "taskId": TASK}}),
    ],
)
def test_an_answer_with_a_task_is_taken(status: int, document: Any) -> None:
    assert taken(status, {}, json.dumps(document).encode()) == Taken(TASK)


def test_a_task_in_another_refusal_is_not_adopted() -> None:
    assert refused(400, flat(400, data={"taskId": TASK})).code == "request_refused"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2), ("2.5", 2.5), ("0", 0), (" 9 ", 9), ("3600", 3600),
        ("86400000", 3600), ("9" * 400, 3600), (formatdate(NOW + 90, usegmt=True), 90),
        (formatdate(NOW + 10**6, usegmt=True), 3600), (formatdate(NOW - 90, usegmt=True), 5),
        ("-5", 5), ("soon", 5), ("", 5), ("nan", 5), ("inf", 5), ("1e9", 5), ("2, 3", 5), ("\u0662", 5),
        ("Wed, 99 Foo 2026", 5),
    ],
)  # fmt: skip
def test_retry_after_in_every_form(header: str, seconds: float) -> None:
    assert retry_after({"retry-after": header}, now=NOW) == seconds


def test_without_retry_after_it_waits_a_little() -> None:
    assert retry_after({}, now=NOW) == 5


def test_a_time_that_was_told_is_no_guess() -> None:
    told = refused(429, flat(429), {"retry-after": "0"})
    guessed = refused(429, flat(429), {"retry-after": "soon"})
    assert isinstance(told, Wait)
    assert isinstance(guessed, Wait)
    assert (told.seconds, told.told) == (0, True)
    assert (guessed.seconds, guessed.told) == (5, False)


def test_the_reason_and_the_number_for_support_come_along() -> None:
    assert refused(403, nested("x", "see the  console\nnow")).values == {
        "reason": "see the console now", "status": 403, "request": "20260101-x",
    }  # fmt: skip


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_question_that_failed_is_asked_again(status: int) -> None:
    with pytest.raises(Wait) as wait:
        answered(status, {}, b"<html>broken</html>")
    assert wait.value.down


def test_a_question_is_answered_by_its_data_in_or_without_an_envelope() -> None:
    assert answered(200, {}, b'{"code":200,"data":{"page":1}}') == {"page": 1}
    assert answered(200, {}, b'{"object":"list","data":[]}') == []
    assert answered(200, {}, b'{"taskId":"x"}') == {"taskId": "x"}
    with pytest.raises(Unheard):
        answered(200, {}, b"null")
    with pytest.raises(Declined):
        answered(401, {}, b"")
