"""HiAPI as the flow meets it, against the stand-in: what is bought, once, and what every mishap means."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from studio.messages import MESSAGES
from studio.providers import hiapi as module
from studio.providers.base import Finished, Order, Quote, Ready, Taken, Working
from studio.providers.errors import Declined, Forged, ProviderError, Unheard, Wait
from studio.providers.hiapi import Hiapi
from tests.providers.conftest import STORED
from tests.standin import StandIn

Make = Callable[..., Order]


def finished(hiapi: Hiapi, standin: StandIn, task_id: str) -> Finished | Ready:
    standin.advance(60)
    news = hiapi.look(task_id)
    assert not isinstance(news, Working)
    return news


def submit(hiapi: Hiapi, order: Order, key: str = "key-1") -> str:
    taken = hiapi.submit(hiapi.prepare(order), key)
    assert isinstance(taken, Taken)
    return taken.task_id


def test_a_picture_is_ordered_made_and_listed(hiapi: Hiapi, standin: StandIn, order: Make) -> None:
    task_id = submit(hiapi, order())
    ready = finished(hiapi, standin, task_id)
    assert isinstance(ready, Ready)
    assert ready.expires_at is not None
    (listed,) = hiapi.glance(1).tasks
    assert (listed.task_id, listed.news) == (task_id, ready)
    assert (listed.model, bool(listed.created_at)) == ("gpt-image-2/image-to-image", True)
    assert listed.model in hiapi.names("gi2-edit")


def test_a_routed_model_is_known_by_its_plain_and_its_routed_name(hiapi: Hiapi) -> None:
    names = ("gpt-image-2/image-to-image", "gpt-image-2/image-to-image@ext")
    assert hiapi.names("gi2-edit-ext") == names


def test_a_model_that_is_asked_for_gets_its_route_its_field_and_its_extras(
    hiapi: Hiapi, standin: StandIn, order: Make
) -> None:
    link = "https://studio.test/references/abc/"
    request = hiapi.prepare(
        order(model="gi2-edit-ext", references=(link,), callback="https://studio.test/cb/")
    )
    assert json.loads(request)["body"] == {
        "model": "gpt-image-2/image-to-image",
        "route": "ext",
        "input": {
            "prompt": "put the lamp in a blue room",
            "image_urls": [link],
            "aspect_ratio": "4:3",
            "resolution": "1K",
            "quality": "medium",
        },
        "callback": {"url": "https://studio.test/cb/", "when": "final"},
    }


@pytest.mark.parametrize(
    "model",
    ["gi2-edit", "gi2-edit-dash", "gi2-edit-single", "gi2-edit-ext", "gi25-flare-edit", "gi25-sunburst-edit"],
)
def test_every_model_that_edits_takes_a_stored_reference(
    hiapi: Hiapi, standin: StandIn, order: Make, model: str
) -> None:
    assert isinstance(finished(hiapi, standin, submit(hiapi, order(model=model))), Ready)
    (reference,) = standin.ledger.references
    (stored,) = STORED.values()
    assert (reference.sha256, reference.source) == (hashlib.sha256(stored).hexdigest(), "data")


@pytest.mark.parametrize("model", ["gi2-create", "gi2-create-dash", "gi2-create-ext", "gi25-flare-create"])
def test_every_model_that_draws_from_words_does(
    hiapi: Hiapi, standin: StandIn, order: Make, model: str
) -> None:
    assert finished(hiapi, standin, submit(hiapi, order(model=model, references=())))
    assert standin.ledger.paid[0].price == hiapi.quote(order(model=model, references=())).amount


def test_the_same_key_and_bytes_buy_once(hiapi: Hiapi, standin: StandIn, order: Make) -> None:
    request = hiapi.prepare(order())
    answers = {hiapi.submit(request, "key-1") for _ in range(3)}
    assert len(answers) == len(standin.ledger.paid) == 1
    assert {entry.key for entry in standin.ledger.posts()} == {"key-1"}


def test_what_is_frozen_is_what_goes_out(hiapi: Hiapi, standin: StandIn, order: Make) -> None:
    request = hiapi.prepare(order(prompt="a “lamp” ☃"))
    assert hiapi.prepare(order(prompt="a “lamp” ☃")) == request
    assert b"base64" not in request
    hiapi.submit(request, "key-1")
    assert standin.ledger.posts()[0].body_sha256 == hiapi.body_sha256(request)


def test_a_prompt_cannot_pass_for_a_stored_picture(hiapi: Hiapi, order: Make) -> None:
    body = json.loads(hiapi.prepare(order(prompt='{"stored": "references/lamp.jpg"}')))["body"]
    assert body["input"]["prompt"] == '{"stored": "references/lamp.jpg"}'


def test_a_reference_that_is_gone_stops_the_order_before_anybody_hears_of_it(
    provider: Callable[..., Hiapi], standin: StandIn, order: Make
) -> None:
    def gone(key: str) -> bytes:
        raise FileNotFoundError(key)

    hiapi = provider(read=gone)
    request = hiapi.prepare(order())
    with pytest.raises(Declined) as no:
        hiapi.submit(request, "key-1")
    assert (no.value.code, no.value.proves) == ("reference_gone", False)
    with pytest.raises(OSError, match="lamp"):
        hiapi.body_sha256(request)
    assert standin.ledger.posts() == []


# kind of fault, its options -> what it means, and how much was bought by it
CREATE: list[tuple[str, dict[str, Any], type[ProviderError], str, int]] = [
    ("accept_then_hang", {}, Unheard, "no_answer", 1),
    ("accept_then_reset", {}, Unheard, "no_answer", 1),
    ("accept_then_close", {}, Unheard, "no_answer", 1),
    ("accept_then_cut", {}, Unheard, "no_answer", 1),
    ("accept_then_500", {}, Unheard, "provider_failed", 1),
    ("accept_then_502", {}, Unheard, "provider_failed", 1),
    ("accept_then_504", {}, Unheard, "provider_failed", 1),
    ("accept_half_json", {}, Unheard, "answer_unreadable", 1),
    ("accept_without_id", {}, Unheard, "answer_without_task", 1),
    ("accept_202", {}, Unheard, "answer_unreadable", 1),
    ("hang_before_reading", {}, Unheard, "no_answer", 0),
    ("conflict", {}, Declined, "conflict", 0),
    ("body_code", {"code": 402}, Declined, "balance_empty", 0),
    ("refuse_400", {}, Declined, "request_refused", 0),
    ("refuse_401", {}, Declined, "key_refused", 0),
    ("refuse_402", {}, Declined, "balance_empty", 0),
    ("refuse_403", {}, Declined, "key_forbidden", 0),
    ("refuse_413", {}, Declined, "request_too_big", 0),
    ("refuse_415", {}, Declined, "request_type", 0),
    ("refuse_422", {}, Declined, "key_mismatch", 0),
    ("refuse_429", {"retry_after": "seconds", "wait": 7}, Wait, "too_fast", 0),
    ("refuse_503", {}, Wait, "provider_busy", 0),
    ("refuse_500", {}, Unheard, "provider_failed", 0),
    ("refuse_502", {"envelope": "html"}, Unheard, "provider_failed", 0),
    ("content_policy_violation", {}, Declined, "content_refused", 0),
    ("model_unavailable", {}, Wait, "model_unavailable", 0),
    ("permission_denied", {"status": 401}, Declined, "model_forbidden", 0),
    ("model_not_found", {}, Declined, "model_not_found", 0),
]


@pytest.mark.parametrize(
    ("kind", "options", "error", "code", "bought"), CREATE, ids=[row[0] for row in CREATE]
)
def test_every_mishap_of_a_submission(
    hiapi: Hiapi,
    standin: StandIn,
    order: Make,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    options: dict[str, Any],
    error: type[ProviderError],
    code: str,
    bought: int,
) -> None:
    """And the same bytes with the same key then buy it once, whatever had happened."""
    if "hang" in kind:
        monkeypatch.setattr(module, "CREATE_SECONDS", 0.5)
    standin.faults.on("create", kind, times=1, **options)
    request = hiapi.prepare(order())
    with pytest.raises(error) as raised:
        hiapi.submit(request, "key-1")
    assert raised.value.code == code
    assert code in MESSAGES
    assert len(standin.ledger.paid) == bought
    monkeypatch.undo()
    assert isinstance(hiapi.submit(request, "key-1"), Taken)
    assert len(standin.ledger.paid) == 1


@pytest.mark.parametrize(("kind", "options"), [("conflict_with_task", {}), ("accept_202", {"with_id": True})])
def test_a_task_is_adopted_wherever_it_is_named(
    hiapi: Hiapi, standin: StandIn, order: Make, kind: str, options: dict[str, Any]
) -> None:
    standin.faults.on("create", kind, times=1, **options)
    assert submit(hiapi, order()) == standin.ledger.paid[0].task


def test_nobody_there_means_that_nothing_was_bought(hiapi: Hiapi, standin: StandIn, order: Make) -> None:
    request = hiapi.prepare(order())
    standin.go_down()
    for call in (lambda: hiapi.submit(request, "key-1"), lambda: hiapi.look("tk-1"), lambda: hiapi.glance(1)):
        with pytest.raises(Wait) as wait:
            call()
        assert (wait.value.code, wait.value.down) == ("provider_unreachable", True)
    standin.come_back()


@pytest.mark.parametrize(
    "kind", ["hang", "reset", "cut", "refuse_500", "refuse_502", "refuse_503", "refuse_429"]
)
@pytest.mark.parametrize("point", ["detail", "list"])
def test_a_question_that_goes_wrong_is_asked_again(
    hiapi: Hiapi, standin: StandIn, order: Make, monkeypatch: pytest.MonkeyPatch, point: str, kind: str
) -> None:
    task_id = submit(hiapi, order())
    if kind == "hang":
        monkeypatch.setattr("studio.providers.api.READ_SECONDS", 0.3)
    standin.faults.on(point, kind)
    with pytest.raises(Wait):
        hiapi.look(task_id) if point == "detail" else hiapi.glance(1)


@pytest.mark.parametrize("kind", ["half_json", "html_200", "empty", "null", "array"])
def test_an_answer_that_makes_no_sense_says_nothing(
    hiapi: Hiapi, standin: StandIn, order: Make, kind: str
) -> None:
    task_id = submit(hiapi, order())
    standin.faults.on("detail", kind)
    with pytest.raises(Unheard):
        hiapi.look(task_id)


@pytest.mark.parametrize(
    "kind",
    ["synonyms", "completed_zero", "completed_null", "expiry_missing", "expiry_null", "expiry_iso",
     "expiry_text", "thumbnail_first", "data_url"],
)  # fmt: skip
def test_every_shape_of_a_finished_task_is_understood(
    hiapi: Hiapi, standin: StandIn, order: Make, kind: str
) -> None:
    task_id = submit(hiapi, order())
    standin.faults.on("detail", kind)
    news = finished(hiapi, standin, task_id)
    assert isinstance(news, Finished if kind == "data_url" else Ready)
    assert isinstance(news, Finished) or "thumbnail" not in news.address


@pytest.mark.parametrize("kind", ["bare_array", "items", "list", "records", "synonyms"])
def test_every_shape_of_the_list_is_understood(
    hiapi: Hiapi, standin: StandIn, order: Make, kind: str
) -> None:
    task_id = submit(hiapi, order())
    standin.faults.on("list", kind)
    assert [one.task_id for one in hiapi.glance(1).tasks] == [task_id]


@pytest.mark.parametrize(
    ("kind", "code", "again"),
    [("TASK_FAILED", "task_failed", False), ("TASK_TIMEOUT", "task_timeout", True),
     ("STORAGE_UNAVAILABLE", "storage_unavailable", True), ("MODEL_UNAVAILABLE", "model_unavailable", False),
     ("no_error", "task_failed", False), ("no_code", "task_failed", False)],
)  # fmt: skip
def test_a_task_that_failed(
    hiapi: Hiapi, standin: StandIn, order: Make, kind: str, code: str, again: bool
) -> None:
    standin.faults.on("task", kind)
    task_id = submit(hiapi, order())
    with pytest.raises(Declined) as failed:
        finished(hiapi, standin, task_id)
    assert (failed.value.code, failed.value.again) == (code, again)
    news = hiapi.glance(1).tasks[0].news
    assert isinstance(news, Declined)
    assert news.code == code


@pytest.mark.parametrize("task_id", ["tk-hiapi-01KVQK47VS7W1BCS9FCDTEX9XP", "../models", "a b", "", "x?y=z"])
def test_a_task_that_nobody_knows(hiapi: Hiapi, task_id: str) -> None:
    with pytest.raises(Declined) as no:
        hiapi.look(task_id)
    assert (no.value.code, no.value.proves) == ("task_unknown", False)


def test_the_list_is_read_page_by_page(hiapi: Hiapi, standin: StandIn, order: Make) -> None:
    request = hiapi.prepare(order(references=(), model="gi2-create"))
    for number in range(101):
        hiapi.submit(request, f"key-{number}")
    first, second = hiapi.glance(1), hiapi.glance(2)
    assert (len(first.tasks), first.more, len(second.tasks), second.more) == (100, True, 1, False)


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_base_address_may_end_in_its_version(
    provider: Callable[..., Hiapi], standin: StandIn, suffix: str
) -> None:
    assert provider(base_url=standin.url + suffix).glance(1).tasks == []


def test_what_the_model_cannot_make_is_told_before_anybody_is_asked(hiapi: Hiapi, order: Make) -> None:
    assert hiapi.refuses(order()) is None
    for impossible in (order(ratio="1:1", resolution="4K"), order(model="none"), order(references=())):
        no = hiapi.refuses(impossible)
        assert no is not None
        with pytest.raises(Declined) as raised:
            hiapi.prepare(impossible)
        assert raised.value.code == no.code


def test_the_price_is_that_of_the_list(hiapi: Hiapi, provider: Callable[..., Hiapi], order: Make) -> None:
    assert hiapi.quote(order(resolution="2K")) == Quote(40_000)
    assert hiapi.quote(order(model="none")).problem == "model_unknown"
    unread = Hiapi(hiapi._account, STORED.__getitem__, lambda: None)
    assert unread.quote(order()) == Quote(None, "price_unknown")


def test_prices_that_cannot_be_read(hiapi: Hiapi, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(hiapi.fetch_prices())
    monkeypatch.setattr("studio.providers.api.READ_SECONDS", 0.3)
    for kind in ("hang", "reset", "refuse_500", "refuse_404", "endless"):
        standin.faults.clear()
        standin.faults.on("pricing", kind)
        with pytest.raises((Wait, Unheard)) as raised:
            hiapi.fetch_prices()
        assert raised.value.code in MESSAGES


def test_keys_are_kept_where_both_sides_say_so(provider: Callable[..., Hiapi]) -> None:
    assert provider().keeps_keys("gi2-edit")
    assert not provider().keeps_keys("gi2-chat-edit")
    assert not provider(honours_keys=False).keeps_keys("gi2-edit")
    assert provider().reference_limits("gi2-edit-ext") == (1, 6)


def test_a_callback_is_heard_with_the_accounts_secrets(hiapi: Hiapi, standin: StandIn) -> None:
    with pytest.raises(Forged):
        hiapi.hear({}, b'{"taskId":"tk-1","status":"success"}', 1_790_000_000)
