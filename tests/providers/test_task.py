"""Tasks in every shape that was seen or feared."""

from datetime import UTC, datetime
from typing import Any

import pytest

from studio.messages import MESSAGES
from studio.providers import data_url, task
from studio.providers.base import Finished, Ready, Working
from studio.providers.errors import Declined, Unheard
from tests import pictures

URL = "https://cdn.hiapi.ai/tasks/X/0.png"
AT = datetime(2026, 9, 28, 18, 13, 41, tzinfo=UTC)


def shown(status: object = "success", **more: Any) -> dict[str, Any]:
    return {
        "taskId": "tk-1",
        "model": "m",
        "status": status,
        "created": 1_790_000_000,
        "completed": 0,
        **more,
    }


def done(**output: Any) -> dict[str, Any]:
    return shown(output=[{"url": URL, "type": "image", **output}])


@pytest.mark.parametrize(
    "status", ["queued", "handling", "archiving", "pending", "running", "pondering", "", "Ü"]
)
def test_what_is_not_known_to_be_final_is_at_work(status: str) -> None:
    assert task.news(shown(status)) == Working(5)


@pytest.mark.parametrize("status", ["success", "succeeded", "completed", "SUCCESS"])
def test_every_word_for_success(status: str) -> None:
    assert task.news(shown(status, output=[{"url": URL}])) == Ready(URL)


@pytest.mark.parametrize("status", ["fail", "failed", "error", "cancelled", "canceled", "timeout"])
def test_every_word_for_failure(status: str) -> None:
    with pytest.raises(Declined) as failed:
        task.news(shown(status, error={"code": "TASK_FAILED", "message": "upstream broke"}))
    assert (failed.value.code, failed.value.values["reason"]) == ("task_failed", "upstream broke")


@pytest.mark.parametrize(
    ("error", "code", "again"),
    [
        ({"code": "TASK_FAILED", "message": "reference answered 404"}, "task_failed", False),
        ({"code": "TASK_FAILED", "message": "refused by our safety system"}, "content_refused", False),
        ({"code": "content_policy_violation"}, "content_refused", False),
        ({"code": "TASK_TIMEOUT", "message": "too slow"}, "task_timeout", True),
        ({"code": "STORAGE_UNAVAILABLE"}, "storage_unavailable", True),
        ({"code": "MODEL_UNAVAILABLE"}, "model_unavailable", False),
        ({"code": "NEVER_SEEN", "message": "?"}, "task_failed", False),
        ({"message": "success"}, "task_failed", False),
        ({"code": 5, "message": ["x"]}, "task_failed", False),
        ("in words", "task_failed", False),
        (None, "task_failed", False),
    ],
)
def test_why_a_task_failed(error: Any, code: str, again: bool) -> None:
    with pytest.raises(Declined) as failed:
        task.news(shown("fail", error=error))
    assert (failed.value.code, failed.value.again, failed.value.stops) == (code, again, "")
    assert code in MESSAGES


def test_success_beside_a_failure_is_not_its_reason() -> None:
    with pytest.raises(Declined) as failed:
        task.news(shown("fail", error={"message": "success"}))
    assert failed.value.values["reason"] == "no reason given"


@pytest.mark.parametrize(
    "value",
    [1_790_619_221, 1_790_619_221.0, "1790619221", "2026-09-28T18:13:41Z", "2026-09-28T18:13:41+00:00",
     "2026-09-28T18:13:41", 1_790_619_221_000],
)  # fmt: skip
def test_a_time_in_every_form(value: Any) -> None:
    assert task.moment(value) == AT


@pytest.mark.parametrize(
    "value",
    [None, "", 0, "0", -1, True, "soon", float("nan"), float("inf"), 10**400, "1e999", [], {}, 10**30],
)
def test_what_is_no_time(value: Any) -> None:
    assert task.moment(value) is None


def test_the_picture_is_chosen_by_its_type_and_expires_when_it_says() -> None:
    small = {"url": URL + "?small", "type": "thumbnail"}
    ready = task.news(shown(output=[small, {"url": URL, "type": "image", "expireAt": "1790619221"}]))
    assert ready == Ready(URL, AT)
    assert task.news(shown(output=[small])) == Ready(URL + "?small")
    assert task.news(shown(output=[URL])) == Ready(URL)


def test_a_picture_may_stand_in_the_answer_itself() -> None:
    photo = pictures.photo(format="PNG")
    assert task.news(done(url=data_url.encode(photo))) == Finished(photo, "image/png")


@pytest.mark.parametrize(
    "output",
    [
        None,
        [],
        5,
        {},
        "x",
        [None],
        [5],
        [{}],
        [{"url": ""}],
        [{"url": None}],
        [{"url": "data:image/png;base64,AAAA"}],
    ],
)
def test_a_success_without_a_result_is_an_anomaly(output: Any) -> None:
    with pytest.raises(Unheard) as missing:
        task.news(shown(output=output))
    assert missing.value.code == "output_missing"


@pytest.mark.parametrize("answer", [None, [], "x", 5, {}, {"status": None}, {"status": 5}])
def test_what_is_no_task_says_nothing(answer: Any) -> None:
    with pytest.raises(Unheard):
        task.news(answer)


@pytest.mark.parametrize("name", ["tasks", "items", "list", "records", ""])
def test_the_list_in_every_shape(name: str) -> None:
    listed = [shown("handling"), done(), shown("fail"), {"taskId": 5}, {"taskId": "a/b"}, None, "x"]
    glance = task.glance({name: listed, "page": 1} if name else listed)
    assert [type(one.news) for one in glance.tasks] == [Working, Ready, Declined]
    assert glance.tasks[0].created_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert not glance.more


def test_a_full_page_has_more_behind_it() -> None:
    assert task.glance([shown()] * 100).more


def test_a_result_that_the_list_lacks_does_not_spoil_the_page() -> None:
    """The task is left out, as if the list did not reach so far: it is looked at by itself."""
    assert len(task.glance([shown(output=[]), shown("handling")]).tasks) == 1


@pytest.mark.parametrize("answer", [None, "x", 5, {}, {"tasks": None}, {"tasks": {}}])
def test_what_is_no_list_says_nothing(answer: Any) -> None:
    with pytest.raises(Unheard):
        task.glance(answer)
