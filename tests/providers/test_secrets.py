"""No key, secret, signed address or picture stands in what an error, an object or a log line says."""

import json
import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest

from studio.providers.base import Order
from studio.providers.errors import ProviderError
from studio.providers.hiapi import Hiapi
from tests.standin import StandIn

KEY, SECRET, TOKEN = "canary-key-0123456789", "canary-secret-0123456789", "canary-token"
ADDRESS = f"https://127.0.0.1/files/0.png?signature={TOKEN}"
CALLBACK = f"https://studio.test/callbacks/hiapi/{TOKEN}/"


@pytest.fixture
def hiapi(provider: Callable[..., Hiapi], standin: StandIn) -> Hiapi:
    standin.world.keys_to_accounts[KEY] = "ours"
    return provider(key=KEY, secrets=(SECRET,))


def told(call: Callable[[], object]) -> str:
    """Everything that anybody could print about what the call raised."""
    try:
        return repr(call())
    except ProviderError as error:
        return f"{error} {error!r} {json.dumps(error.values)} {''.join(traceback.format_exception(error))}"


def assert_quiet(text: str) -> None:
    assert text
    for canary in (KEY, SECRET, TOKEN, "base64,/9j", "base64,iVBOR"):
        assert canary not in text


def test_an_account_hides_what_opens_it(hiapi: Hiapi) -> None:
    assert_quiet(f"{hiapi._account!r} {hiapi._account} {vars(hiapi)}")


LEAKS = f"bad {KEY}, {SECRET}, {ADDRESS}, data:image/png;base64,iVBORw0KGgo= Bearer {KEY}"


@pytest.mark.parametrize(
    "kind",
    ["refuse_400", "refuse_401", "refuse_402", "refuse_403", "refuse_422", "refuse_429", "refuse_500",
     "refuse_503", "content_policy_violation", "permission_denied", "model_not_found", "model_unavailable"],
)  # fmt: skip
@pytest.mark.parametrize("envelope", ["flat", "nested", "text", "html"])
def test_a_provider_that_repeats_secrets_is_not_repeated(
    hiapi: Hiapi, standin: StandIn, order: Callable[..., Order], kind: str, envelope: str
) -> None:
    standin.faults.on("create", kind, envelope=envelope, message=LEAKS)
    standin.faults.on("list", kind, envelope=envelope, message=LEAKS)
    request = hiapi.prepare(order(callback=CALLBACK))
    assert_quiet(told(lambda: hiapi.submit(request, "key-1")))
    assert_quiet(told(lambda: hiapi.glance(1)))


@pytest.mark.parametrize(
    "kind",
    ["accept_then_hang", "accept_then_reset", "accept_then_cut", "accept_half_json", "accept_without_id"],
)
def test_a_call_that_broke_says_nothing_of_what_was_sent(
    hiapi: Hiapi, standin: StandIn, order: Callable[..., Order], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.providers.hiapi.CREATE_SECONDS", 0.3)
    standin.faults.on("create", kind)
    request = hiapi.prepare(order(callback=CALLBACK))
    assert_quiet(told(lambda: hiapi.submit(request, "key-1")))


def test_an_address_that_is_not_fetched_is_not_told(hiapi: Hiapi, standin: StandIn) -> None:
    for address in (ADDRESS, f"{standin.url}/files/x.png?{TOKEN}", f"http://[{TOKEN}/", f"data:,{TOKEN}"):
        assert_quiet(told(lambda address=address: hiapi.fetch(address, BytesIO())))  # type: ignore[misc]


@pytest.mark.parametrize("key", [f"{KEY}é", f"{KEY}\n", f"{KEY} x", f"{KEY}\x00", f"{KEY}\u2028"])
def test_a_key_that_cannot_be_sent_is_refused_here(
    provider: Callable[..., Hiapi], standin: StandIn, key: str
) -> None:
    """A library's error about a header would show it."""
    text = told(lambda: provider(key=key).glance(1))
    assert "key_refused" in text
    assert_quiet(text)
    assert standin.ledger.entries == []


def test_nothing_is_logged_that_should_not_be(
    hiapi: Hiapi, standin: StandIn, order: Callable[..., Order], caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level: libraries included."""
    caplog.set_level(logging.DEBUG)
    standin.faults.on("detail", "unknown_status", status=f"pondering {'x' * 100}\n")
    request = hiapi.prepare(order(callback=CALLBACK))
    made: Any = hiapi.submit(request, "key-1")
    hiapi.look(made.task_id)
    hiapi.glance(1)
    for address in (ADDRESS, f"{standin.url}/files/x.png?{TOKEN}"):
        with suppress(ProviderError):
            hiapi.fetch(address, BytesIO())
    assert "pondering" in caplog.text
    assert_quiet(caplog.text)
