"""Every row of the contract's error table: the picture's end, what people read, who acts, and the money."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from studio.flow import money
from studio.messages import UNKNOWN, say
from studio.models import Attempt, Brand, Cause, Gate, Render, State
from tests import market
from tests.standin import StandIn

Vendor = Callable[..., StandIn]
PRICE: Final = 30_000
EXTRA: Final = "unknown field 'input_urls' in input; allowed: prompt, image"
ROUTE: Final = "unknown route 'ext' for model gpt-image-2; available routes: default, beta"

# kind of fault, its options, code, what is closed by it, what the way out must say
REFUSED: Final[list[tuple[str, dict[str, Any], str, str, str]]] = [
    ("refuse_400", {}, "request_refused", "", "Change what it names"),
    ("refuse_400", {"envelope": "nested"}, "request_refused", "", "Change what it names"),
    ("refuse_400", {"message": EXTRA}, "dialect_wrong", "model", "operator"),
    ("refuse_400", {"message": ROUTE, "code": None}, "dialect_wrong", "model", "operator"),
    ("content_policy_violation", {}, "content_refused", "", "Reword"),
    ("refuse_400", {"message": "refused by our safety system"}, "content_refused", "", "Reword"),
    ("refuse_401", {}, "key_refused", "all", "HIAPI_API_KEY"),
    ("refuse_401", {"envelope": "html"}, "key_refused", "all", "HIAPI_API_KEY"),
    ("permission_denied", {"status": 401}, "model_forbidden", "model", "console"),
    ("permission_denied", {}, "model_forbidden", "model", "console"),
    ("refuse_402", {}, "balance_empty", "all", "Top it up"),
    ("refuse_403", {}, "key_forbidden", "all", "HIAPI_API_KEY"),
    ("refuse_403", {"message": "quota is used up"}, "balance_empty", "all", "Top it up"),
    ("model_not_found", {}, "model_not_found", "model", "operator"),
    ("model_not_found", {"status": 400, "envelope": "flat"}, "model_not_found", "model", "operator"),
    ("conflict", {}, "conflict", "", "operator"),
    ("refuse_413", {}, "request_too_big", "", "STUDIO_PUBLIC_URL"),
    ("refuse_413", {"envelope": "html"}, "request_too_big", "", "STUDIO_PUBLIC_URL"),
    ("refuse_415", {}, "request_type", "all", "operator"),
    ("refuse_422", {}, "key_mismatch", "", "operator"),
    ("body_code", {}, "request_refused", "", "Change what it names"),
    ("body_code", {"code": 402, "error_code": None}, "balance_empty", "all", "Top it up"),
]
PROCESSING: Final = {"code": "IDEMPOTENCY_KEY_PROCESSING", "retry_after": "seconds", "wait": 5}

# kind of fault, its options, the code meanwhile, and in which state the picture waits
GOES_ON: Final[list[tuple[str, dict[str, Any], str, State]]] = [
    ("model_unavailable", {}, "model_unavailable", State.QUEUED),
    ("model_unavailable", {"status": 503}, "model_unavailable", State.QUEUED),
    ("refuse_409", PROCESSING, "still_processing", State.UNSURE),
    ("refuse_429", {"envelope": "nested", "retry_after": "date"}, "too_fast", State.QUEUED),
    ("refuse_429", {"envelope": "text", "code": None}, "too_fast", State.QUEUED),
    ("refuse_503", {}, "provider_busy", State.QUEUED),
    ("refuse_503", {"envelope": "html"}, "provider_busy", State.QUEUED),
    ("accept_then_500", {}, "provider_failed", State.UNSURE),
    ("accept_then_502", {}, "provider_failed", State.UNSURE),
    ("accept_then_504", {}, "provider_failed", State.UNSURE),
    ("refuse_500", {}, "provider_failed", State.UNSURE),
    ("accept_then_reset", {}, "no_answer", State.UNSURE),
    ("accept_then_close", {}, "no_answer", State.UNSURE),
    ("accept_then_cut", {}, "no_answer", State.UNSURE),
    ("accept_half_json", {}, "answer_unreadable", State.UNSURE),
    ("accept_without_id", {}, "answer_without_task", State.UNSURE),
    ("accept_202", {}, "answer_unreadable", State.UNSURE),
]  # fmt: skip
UNSURE: Final = [one for one in GOES_ON if one[3] == State.UNSURE and one[0] != "refuse_500"]


def assert_said(render: Render, way_out: str = "") -> None:
    """The code has words of its own, every gap in them is filled, and they say what to do."""
    message = say(render.failure, **render.failure_values)
    words = f"{message.headline}. {message.explanation} {message.action}"
    assert message.headline != UNKNOWN.headline
    assert "…" not in words
    assert message.action
    assert way_out in message.action


def closed() -> str:
    gate = Gate.of("hiapi")
    return "all" if gate.closed_by else "model" if gate.closed_models else ""


@pytest.mark.parametrize(("kind", "options", "code", "closes", "way_out"), REFUSED)
def test_a_definite_no_is_said_once_and_the_money_goes_back(
    kind: str, options: dict[str, Any], code: str, closes: str, way_out: str, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor()
    standin.faults.on("create", kind, **options)
    render = market.finished(market.launched(brand, "gi2-edit"))
    assert (render.state, render.failure, render.reserved) == (State.FAILED, code, 0)
    assert_said(render, way_out)
    assert closed() == closes
    assert (len(standin.ledger.posts()), standin.ledger.paid) == (1, [])
    assert Attempt.objects.get().price_charged == 0
    assert (money.month(brand).spent, money.month(brand).held) == (0, 0)


@pytest.mark.parametrize(("kind", "options", "code", "waits_as"), GOES_ON)
def test_what_may_pass_is_asked_again_unchanged_and_bought_once(
    kind: str, options: dict[str, Any], code: str, waits_as: State, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor()
    standin.faults.on("create", kind, times=1, **options)
    render = market.launched(brand, "gi2-edit")
    market.turn()
    render.refresh_from_db()
    assert (render.state, render.failure, render.reserved) == (waits_as, code, PRICE)
    assert render.look_again_at is not None
    assert_said(render)
    assert market.finished(render).state == State.DONE
    assert len(standin.ledger.posts()) == 2
    assert len({(one.key, one.body_sha256) for one in standin.ledger.posts()}) == 1
    assert [one.price for one in standin.ledger.paid] == [PRICE]
    assert money.month(brand).spent == standin.ledger.spent()


@pytest.mark.parametrize(("kind", "options", "code", "_"), UNSURE)
def test_where_keys_are_ignored_a_person_decides_and_the_money_is_held(
    kind: str, options: dict[str, Any], code: str, _: State, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor(ignore_keys=True)
    standin.faults.on("create", kind, **options)
    render = market.launched(brand, "gi2-edit")
    for _turn in range(4):
        market.turn()
    render.refresh_from_db()
    assert (render.state, render.look_again_at, render.reserved) == (State.UNSURE, None, PRICE)
    assert_said(render, "picture's page")
    assert len(standin.ledger.posts()) == 1
    assert list(money.uncertain([brand])) == [render]


def test_nobody_reached_is_nothing_bought(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    render = market.launched(brand, "gi2-edit")
    standin.go_down()
    market.turn()
    render.refresh_from_db()
    assert (render.state, render.failure) == (State.QUEUED, "provider_unreachable")
    assert_said(render)
    assert not Attempt.objects.get().doubtful
    standin.come_back()
    assert market.finished(render).state == State.DONE
    assert len(standin.ledger.paid) == 1


def test_a_conflict_that_names_a_task_has_found_ours(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    standin.faults.on("create", "conflict_with_task", times=1)
    assert market.finished(market.launched(brand, "gi2-edit")).state == State.DONE
    assert (len(standin.ledger.posts()), len(standin.ledger.paid)) == (1, 1)


@pytest.mark.parametrize(
    "kind",
    ["refuse_404", "refuse_429", "refuse_500", "refuse_502", "refuse_503", "reset", "cut", "half_json",
     "html_200", "null", "array", "empty", "redirect"],
)  # fmt: skip
def test_a_question_without_an_answer_is_asked_again_and_costs_nothing(
    kind: str, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor()
    for point in ("detail", "list"):
        standin.faults.on(point, kind, times=2, **({"to": "/elsewhere"} if kind == "redirect" else {}))
    assert market.finished(market.launched(brand, "gi2-edit")).state == State.DONE
    assert len(standin.ledger.posts()) == len(standin.ledger.paid) == 1


def test_a_task_that_the_provider_does_not_know_is_told_while_it_is_looked_for(
    brand: Brand, vendor: Vendor
) -> None:
    standin = vendor(latency=(60, 60))
    render = market.launched(brand, "gi2-edit")
    market.turn()
    standin.faults.on("detail", "refuse_404")
    standin.faults.on("list", "array")
    market.turn()
    render.refresh_from_db()
    assert (render.state, render.failure, render.reserved) == (State.RUNNING, "task_unknown", PRICE)
    assert_said(render, "HIAPI_API_KEY")


# kind, its options, code, what the way out says; HiAPI does not say whether such a task is charged
FAILED: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    ("TASK_FAILED", {"message": "the reference cannot be reached"}, "task_failed", "STUDIO_PUBLIC_URL"),
    ("TASK_FAILED", {"message": "unsafe content"}, "content_refused", "Reword"),
    ("MODEL_UNAVAILABLE", {}, "model_unavailable", "another model"),
    ("fail", {"code": "SOMETHING_NEW", "message": "upstream"}, "task_failed", "Reword"),
    ("no_code", {}, "task_failed", "Reword"),
    ("no_error", {}, "task_failed", "Reword"),
]


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(("kind", "options", "code", "way_out"), FAILED)
def test_a_task_that_was_taken_and_failed_is_bought_once(
    kind: str, options: dict[str, Any], code: str, way_out: str, free: bool, brand: Brand, vendor: Vendor,
    settings: Any,
) -> None:  # fmt: skip
    settings.HIAPI_CHARGES_FAILURES = not free
    standin = vendor(charge_failed=not free)
    standin.faults.on("task", kind, **options)
    render = market.finished(market.launched(brand, "gi2-edit"))
    assert (render.state, render.failure, render.reserved) == (State.FAILED, code, 0)
    assert_said(render, way_out)
    assert len(standin.ledger.paid) == 1
    assert money.month(brand).spent == standin.ledger.spent() == (0 if free else PRICE)


@pytest.mark.parametrize(
    ("kind", "code"), [("TASK_TIMEOUT", "task_timeout"), ("STORAGE_UNAVAILABLE", "storage_unavailable")]
)
@pytest.mark.parametrize("times", [1, 5])
def test_the_providers_own_fault_is_bought_once_more_with_a_new_key(
    kind: str, code: str, times: int, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor()
    standin.faults.on("task", kind, times=times)
    render = market.finished(market.launched(brand, "gi2-edit"))
    assert render.state == (State.DONE if times == 1 else State.FAILED)
    assert render.failure == ("" if times == 1 else code)
    assert [one.cause for one in render.attempts.all()] == [Cause.FIRST, Cause.RETRY]
    assert len(standin.ledger.paid_by_key()) == len(standin.ledger.paid) == 2
    assert money.month(brand).spent == standin.ledger.spent() == 2 * PRICE
    if render.failure:
        assert_said(render, "Rerun")
