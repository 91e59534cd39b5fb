"""HiAPI's own client cannot tell the stand-in from HiAPI."""

from collections.abc import Callable

import pytest
from hiapi import HiAPI, errors

from tests.standin import StandIn
from tests.standin.client import CREATE, EDIT
from tests.standin.receiver import Receiver

INPUT = {"prompt": "a lamp", "resolution": "1K"}


@pytest.fixture
def sdk(hiapi: StandIn) -> HiAPI:
    return HiAPI(hiapi.key, base_url=hiapi.url, max_retries=1, webhook_secret=hiapi.callbacks.secret)


def test_it_creates_a_task_and_waits_for_its_picture(hiapi: StandIn, sdk: HiAPI, packshot: str) -> None:
    seen: list[str] = []
    task = sdk.tasks.run(
        model=EDIT,
        input={**INPUT, "input_urls": [packshot]},
        poll_interval=0.01,
        on_update=lambda one: seen.append(one.status),
    )
    assert task.succeeded
    assert task.model == EDIT
    assert task.output[0].type == "image"
    assert (task.output[0].expire_at or 0) > (task.created_at or 0)
    assert set(seen) <= {"queued", "handling", "archiving", "success"}


def test_it_lists_newest_first(sdk: HiAPI) -> None:
    ids = [sdk.tasks.create(model=CREATE, input=INPUT).task_id for _ in range(3)]
    page = sdk.tasks.list(page=1, size=2)
    assert [one.task_id for one in page.items] == ids[:0:-1]
    assert (page.page, page.size, page.total) == (1, 2, 3)


def test_it_sees_a_replay(hiapi: StandIn, sdk: HiAPI) -> None:
    first = sdk.tasks.create(model=CREATE, input=INPUT, idempotency_key="shop:1")
    again = sdk.tasks.create(model=CREATE, input=INPUT, idempotency_key="shop:1")
    assert (first.idempotent_replay, again.idempotent_replay) == (False, True)
    assert again.task_id == first.task_id
    assert len(hiapi.ledger.paid) == 1


def test_it_names_a_route(sdk: HiAPI) -> None:
    created = sdk.tasks.create(model=CREATE, route="ext", input={**INPUT, "quality": "low"})
    task = sdk.tasks.retrieve(created.task_id)
    assert (task.model, task.route) == (f"{CREATE}@ext", "ext")


def test_it_verifies_a_callback(hiapi: StandIn, sdk: HiAPI) -> None:
    with Receiver() as receiver:
        created = sdk.tasks.create(model=CREATE, input=INPUT, callback={"url": receiver.url})
        notice = receiver.next()
    assert sdk.webhooks.verify(notice.body, notice.headers).task_id == created.task_id
    with pytest.raises(errors.WebhookVerificationError):
        sdk.webhooks.verify(notice.body + b" ", notice.headers)


def test_it_sends_again_when_told_to_wait(hiapi: StandIn, sdk: HiAPI) -> None:
    hiapi.faults.on("create", "refuse_429", times=1, retry_after="seconds", wait=0)
    assert sdk.tasks.create(model=CREATE, input=INPUT).task_id
    assert [one.status for one in hiapi.ledger.posts()] == [429, 200]


def test_it_recovers_a_lost_answer_by_its_key(hiapi: StandIn, sdk: HiAPI) -> None:
    hiapi.faults.on("create", "accept_then_reset", times=1)
    created = sdk.tasks.create(model=CREATE, input=INPUT, idempotency_key="shop:2")
    assert created.idempotent_replay
    assert [one.task for one in hiapi.ledger.paid] == [created.task_id]


def test_it_raises_a_failed_task(hiapi: StandIn, sdk: HiAPI) -> None:
    hiapi.faults.on("task", "TASK_TIMEOUT")
    with pytest.raises(errors.TaskFailed) as failed:
        sdk.tasks.run(model=CREATE, input=INPUT, poll_interval=0.01)
    assert failed.value.code == "TASK_TIMEOUT"


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("refuse_400", errors.InvalidRequestError),
        ("refuse_401", errors.AuthenticationError),
        ("refuse_402", errors.APIError),
        ("refuse_422", errors.IdempotencyKeyMismatchError),
        ("refuse_503", errors.ServiceUnavailableError),
        ("model_unavailable", errors.ModelUnavailableError),
        ("content_policy_violation", errors.APIError),
        ("accept_then_502", errors.APIError),
        ("accept_half_json", errors.APIError),
        ("accept_then_reset", errors.APIConnectionError),
    ],
)
def test_it_raises_its_own_kind_for_each_refusal(
    hiapi: StandIn, sdk: HiAPI, kind: str, raised: type[Exception]
) -> None:
    hiapi.faults.on("create", kind, retry_after="negative")
    with pytest.raises(raised):
        sdk.tasks.create(model=CREATE, input=INPUT)


@pytest.mark.parametrize(
    ("ask", "raised"),
    [
        (lambda sdk: sdk.tasks.retrieve("tk-hiapi-0"), errors.NotFoundError),
        (lambda sdk: sdk.tasks.create(model=CREATE, input={"size": "1x1"}), errors.InvalidRequestError),
        (lambda sdk: sdk.tasks.create(model=CREATE, route="x", input=INPUT), errors.InvalidRequestError),
    ],
)
def test_it_understands_ordinary_errors(
    sdk: HiAPI, ask: Callable[[HiAPI], object], raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        ask(sdk)


def test_a_wrong_key_is_told_as_such(hiapi: StandIn) -> None:
    with pytest.raises(errors.AuthenticationError):
        HiAPI("sk-wrong", base_url=hiapi.url).tasks.list()
