"""A question that goes wrong says nothing about the task it asks after, which may be paid for."""

import json
from typing import Any

import pytest

from studio.providers import answers, task
from studio.providers.base import Ready, Working
from studio.providers.errors import Declined, ProviderError, Unheard, Wait

STOPPING = (401, 402, 403, 405, 415)
WORDS = (
    "bad field",
    "your prompt breaks our content policy",
    "additional properties not allowed: input_urls",
)


def said(status: int, message: str = "no", **more: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps({"code": status, "message": message, "data": None, **more}).encode()


def made(**more: Any) -> dict[str, Any]:
    output = [{"url": "https://cdn.example/a.png", "type": "image"}]
    return {
        "taskId": "tk-1",
        "model": "m",
        "status": "success",
        "created": 1790000000,
        "output": output,
        **more,
    }


@pytest.mark.parametrize(
    "status", [400, 404, 406, 408, 409, 410, 413, 418, 422, 425, 429, 500, 502, 503, 504]
)
@pytest.mark.parametrize("words", WORDS)
def test_a_refused_question_never_ends_a_task(status: int, words: str) -> None:
    with pytest.raises(ProviderError) as no:
        answers.answered(*said(status, words))
    assert isinstance(no.value, Wait | Unheard) or (isinstance(no.value, Declined) and no.value.stops)


@pytest.mark.parametrize("code", ["IDEMPOTENCY_KEY_MISMATCH", "content_policy_violation", "INVALID_REQUEST"])
def test_nor_does_a_code_that_belongs_to_orders(code: str) -> None:
    with pytest.raises(Unheard):
        answers.answered(*said(400, error_code=code))


@pytest.mark.parametrize("status", STOPPING)
def test_what_is_about_the_key_or_the_address_still_stops_everything(status: int) -> None:
    with pytest.raises(Declined) as no:
        answers.answered(*said(status))
    assert no.value.stops == "all"


@pytest.mark.parametrize(
    "output", [[], None, 5, {}, [{}], [{"url": ""}], [{"url": "data:image/png;base64,??"}]]
)
def test_a_result_that_the_list_does_not_show_is_left_to_a_look_at_the_task(output: Any) -> None:
    page = task.glance({"tasks": [made(output=output), made(taskId="tk-2")]})
    assert [(one.task_id, type(one.news)) for one in page.tasks] == [("tk-2", Ready)]


def test_a_task_at_work_stays_in_the_list() -> None:
    page = task.glance([made(status="handling", output=None)])
    assert [type(one.news) for one in page.tasks] == [Working]


def test_the_answer_about_another_task_is_none() -> None:
    assert isinstance(task.news_of("tk-1", made()), Ready)
    assert isinstance(task.news_of("tk-1", {**made(), "taskId": "tk-1"}), Ready)
    with pytest.raises(Unheard):
        task.news_of("tk-2", made())


def test_an_answer_without_any_id_is_about_the_task_that_was_asked_for() -> None:
    bare = {name: value for name, value in made().items() if name != "taskId"}
    assert isinstance(task.news_of("tk-1", bare), Ready)


def test_a_task_that_ran_out_of_time_has_failed() -> None:
    with pytest.raises(Declined, match="task_failed"):
        task.news(made(status="timeout", output=None))


@pytest.mark.parametrize(
    ("words", "code", "stops"),
    [
        ("additional properties not allowed: input_urls", "dialect_wrong", "model"),
        ("input_urls is required", "dialect_wrong", "model"),
        ("input_urls[0] must be a PNG, JPEG or WebP", "request_refused", ""),
        ("image_urls[3]: too small", "request_refused", ""),
    ],
)
def test_one_picture_that_is_not_taken_closes_no_model(words: str, code: str, stops: str) -> None:
    with pytest.raises(Declined, match=code) as no:
        answers.taken(*said(400, words))
    assert no.value.stops == stops
