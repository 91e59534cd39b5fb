"""The older dialect: a picture inside the text of one answer."""

import base64
from typing import Any

import httpx
import pytest

from tests import pictures
from tests.living import eventually
from tests.standin import StandIn
from tests.standin.client import Client

EDIT = "gpt-image-2-image-to-image"
WIDE_2K = {"aspect_ratio": "16:9", "image_size": "2K"}


def ask(client: Client, *references: str, model: str = "", **more: Any) -> httpx.Response:
    parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": url}} for url in references]
    content = [*parts, {"type": "text", "text": "make the wall green"}] if parts else "a green wall"
    model = model or (EDIT if parts else "gpt-image-2")
    document = {"model": model, "messages": [{"role": "user", "content": content}], "stream": False}
    return client.post(document | more, path="/v1/chat/completions")


def content(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"][0]["message"]["content"]


def inlined(text: str) -> bytes:
    return base64.b64decode(text.partition("base64,")[2].rstrip(")"), validate=True)


def test_an_edit_answers_with_a_picture(hiapi: StandIn, client: Client, packshot: str) -> None:
    text = content(ask(client, packshot))
    assert text.startswith("![image](data:image/png;base64,")
    assert pictures.opened(inlined(text)).size == (1024, 768)
    (paid,) = hiapi.ledger.paid
    assert (paid.task, paid.price, paid.model) == ("chat-0", 30_000, EDIT)
    assert hiapi.ledger.references_of("chat-0")[0].format == "JPEG"


@pytest.mark.parametrize(
    ("more", "size", "price"),
    [
        ({"extra_body": {"size": "1024x1024"}}, (1024, 1024), 30_000),
        ({"extra_body": {"size": "2048x2048"}}, (2048, 2048), 40_000),
        ({"size": "1536x1024"}, (1536, 1024), 30_000),
        ({"extra_body": {"google": {"image_config": WIDE_2K}}}, (2048, 1152), 40_000),
        ({}, (1024, 1024), 30_000),
    ],
    ids=str,
)  # fmt: skip
def test_a_size_is_asked_for_in_three_forms(
    hiapi: StandIn, client: Client, more: dict[str, Any], size: tuple[int, int], price: int
) -> None:
    assert pictures.opened(inlined(content(ask(client, **more)))).size == size
    assert hiapi.ledger.paid[0].price == price


def test_a_picture_may_be_an_address(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("chat", "https")
    url = content(ask(client)).partition("](")[2].rstrip(")")
    assert pictures.opened(client.get(url).content).format == "PNG"


def test_an_answer_has_other_forms(hiapi: StandIn, client: Client) -> None:
    for kind in ("parts", "bare_data_url", "no_image", "two_images"):
        hiapi.faults.on("chat", kind, times=1)
    parts, bare, none, two = (content(ask(client)) for _ in range(4))
    assert [part["type"] for part in parts] == ["text", "image_url"]
    assert bare.startswith("data:image/png;base64,")
    assert ("base64" in none, two.count("![")) == (False, 2)


@pytest.mark.parametrize(
    ("references", "more", "status"),
    [
        (0, {"model": EDIT}, 400),
        (1, {"model": "gpt-image-2"}, 400),
        (6, {}, 400),
        (0, {"model": "gpt-image-2/text-to-image"}, 404),
        (0, {"messages": []}, 400),
        (0, {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, 5]}]}, 400),
        (0, {"stream": True}, 400),
        (0, {"size": "large"}, 400),
        (0, {"extra_body": {"google": {"image_config": {"aspect_ratio": "1:1", "image_size": "4K"}}}}, 400),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(
    hiapi: StandIn, client: Client, packshot: str, references: int, more: dict[str, Any], status: int
) -> None:
    assert ask(client, *[packshot] * references, **more).status_code == status
    assert hiapi.ledger.paid == []


def test_a_reference_that_is_no_picture_is_refused(hiapi: StandIn, client: Client) -> None:
    url = "data:image/png;base64," + base64.b64encode(b"<html>").decode()
    assert ask(client, url).status_code == 400
    assert hiapi.ledger.paid == []


@pytest.mark.parametrize(("kind", "paid"), [("refuse_429", 0), ("reset", 1), ("half_json", 1), ("hang", 1)])
def test_a_lost_answer_is_paid(hiapi: StandIn, client: Client, kind: str, paid: int) -> None:
    hiapi.faults.on("chat", kind)
    client.http.timeout = httpx.Timeout(10, read=0.3 if kind == "hang" else 10)
    try:
        assert ask(client).status_code in (200, 429)
    except httpx.TransportError:
        assert kind in ("reset", "hang")
    eventually(lambda: hiapi.ledger.entries)
    assert len(hiapi.ledger.paid) == paid
