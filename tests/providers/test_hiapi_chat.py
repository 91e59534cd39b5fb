"""The older dialect: a picture in the answer itself, or a person has to decide."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from studio.messages import MESSAGES
from studio.providers import data_url, hiapi_chat
from studio.providers.base import Finished, Order, Ready
from studio.providers.errors import Declined, ProviderError, Unheard, Wait
from studio.providers.hiapi import Hiapi
from studio.providers.http import Answer
from tests import pictures
from tests.standin import StandIn

PHOTO = pictures.photo(format="PNG")
INLINE, LINK = data_url.encode(PHOTO), "https://cdn.test/a.png"
PNG, READY = Finished(PHOTO, "image/png"), Ready(LINK)


def answer(content: Any, status: int = 200) -> Answer:
    document = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    return Answer(status, {}, json.dumps(document).encode())


@pytest.fixture
def hiapi(provider: Callable[..., Hiapi]) -> Hiapi:
    return provider(models=("gi2-chat-edit",))


@pytest.fixture
def order(order: Callable[..., Order]) -> Callable[..., Order]:
    return lambda **other: order(**{"model": "gi2-chat-edit", "ratio": "1:1", **other})


def test_pictures_stand_before_the_words() -> None:
    body = hiapi_chat.body("m", "make it green", "4:3", "2K", ["one", "two"])
    assert body == {
        "model": "m",
        "stream": False,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "one"}},
                    {"type": "image_url", "image_url": {"url": "two"}},
                    {"type": "text", "text": "make it green"},
                ],
            }
        ],
        "extra_body": {"size": "2048x1536"},
    }


def test_words_alone_are_a_text() -> None:
    body = hiapi_chat.body("m", "a green wall", "1:1", "1K", [])
    assert body["messages"][0]["content"] == "a green wall"
    assert body["extra_body"] == {"size": "1024x1024"}


@pytest.mark.parametrize(
    ("content", "made"),
    [
        (f"![image]({INLINE})", PNG),
        (f'Here it is:\n\n![an image](<{LINK}> "title")\n', READY),
        (f"![]( {LINK} )", READY),
        (INLINE, PNG),
        (f"see {INLINE}, please", PNG),
        (f"![one]({LINK}) ![two]({INLINE})", READY),
        (f"![broken](data:image/png;base64,AAAA) ![two]({INLINE})", PNG),
        ([{"type": "text", "text": "Here:"}, {"type": "image_url", "image_url": {"url": INLINE}}], PNG),
        ([{"type": "image_url", "image_url": LINK}], READY),
        ([{"type": "text", "text": f"![x]({LINK})"}], READY),
        ([f"![x]({LINK})"], READY),
    ],
)
def test_a_picture_is_found_wherever_it_stands(content: Any, made: Finished | Ready) -> None:
    assert hiapi_chat.made(answer(content)) == made


@pytest.mark.parametrize(
    "content",
    ["I cannot help with that picture.", "", None, 5, [], [None], {}, "![x](http://cdn.test/a.png)",
     "![x](javascript:alert(1))", "![x](data:text/html;base64,AAAA)", "![" * 10_000, "data:image/" * 10_000],
)  # fmt: skip
def test_an_answer_without_a_picture_may_have_been_charged(content: Any) -> None:
    with pytest.raises(Unheard) as raised:
        hiapi_chat.made(answer(content))
    assert raised.value.code == "answer_without_picture"
    assert raised.value.code in MESSAGES


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"<html>"])
def test_an_answer_that_cannot_be_read_may_have_been_charged(body: bytes) -> None:
    with pytest.raises(Unheard):
        hiapi_chat.made(Answer(200, {}, body))


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [(401, Declined, "key_refused"), (402, Declined, "balance_empty"), (429, Wait, "too_fast"),
     (503, Wait, "provider_busy"), (502, Unheard, "provider_failed")],
)  # fmt: skip
def test_a_refusal_is_read_like_any_other(status: int, error: type[ProviderError], code: str) -> None:
    with pytest.raises(error) as raised:
        hiapi_chat.made(Answer(status, {}, b""))
    assert raised.value.code == code


@pytest.mark.parametrize("kind", ["", "parts", "bare_data_url", "two_images"])
def test_the_stand_in_is_understood(
    hiapi: Hiapi, standin: StandIn, order: Callable[..., Order], kind: str
) -> None:
    if kind:
        standin.faults.on("chat", kind)
    assert isinstance(hiapi.submit(hiapi.prepare(order()), "key-1"), Finished)
    assert len(standin.ledger.paid) == 1
    assert len(standin.ledger.references) == 1


def test_it_is_switched_off_unless_it_is_named(
    provider: Callable[..., Hiapi], order: Callable[..., Order]
) -> None:
    with pytest.raises(Declined) as no:
        provider().prepare(order())
    assert no.value.code == "model_off"
