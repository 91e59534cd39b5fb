"""What may be submitted: every refusal names what it is about, and nothing that is refused is paid."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.standin import StandIn
from tests.standin.client import CREATE, EDIT, Client, submission

PRO = "gpt-image-2.5-flare@pro"
FLARE = "gpt-image-2.5-flare/image-to-image"
LINK = "http://127.0.0.1:9/lamp.png"
RETIRED = ["gpt-image-2-pro", "gpt-image-2-image-to-image-pro", "gpt-image-2.5-flare", "gpt-image-2-beta"]
SOLD: list[dict[str, Any]] = [
    {"model": EDIT, "input_urls": [LINK] * 16, "aspect_ratio": "21:9", "resolution": "4K"},
    {"model": EDIT, "input_urls": [LINK], "background": "transparent"},
    {"model": EDIT, "image": LINK, "aspect_ratio": "5:4"},
    {"model": EDIT, "route": "ext", "image_urls": [LINK] * 6, "resolution": "4K", "quality": "high"},
    {
        "model": f"{EDIT}@ext",
        "image_urls": [LINK],
        "resolution": "2K",
        "quality": "low",
        "aspect_ratio": "3:1",
    },
    {"model": CREATE, "route": "", "aspect_ratio": "1:3"},
    {"model": CREATE, "route": "default", "background": "opaque"},
    {"model": CREATE, "route": "ext", "resolution": "4K", "quality": "low", "aspect_ratio": "1:1"},
    {"model": CREATE, "route": "beta", "size": "1024x1536"},
    {"model": "gpt-image-2-image-to-image", "input_urls": [LINK] * 5},
    {"model": "gpt-image-2", "resolution": "2K", "aspect_ratio": "16:9"},
    {"model": FLARE, "image_urls": [LINK] * 16, "aspect_ratio": "27:16", "resolution": "4K"},
    {"model": "gpt-image-2.5-sunburst/text-to-image", "aspect_ratio": "9:8"},
    {"model": PRO, "aspect_ratio": "2048x1152", "quality": "xhigh", "background": "transparent"},
    {"model": "gpt-image-2.5-sunburst", "route": "pro", "image_urls": [LINK], "output_format": "png"},
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"size": "1024x1024"}, "size"),
    ({"image_urls": [LINK]}, "image_urls"),
    ({"storage": "temp"}, "storage"),
    ({"prompt": " "}, "prompt"),
    ({"prompt": 5}, "prompt"),
    ({"prompt": "x" * 20_001}, "20000"),
    ({"aspect_ratio": "7:3"}, "aspect_ratio"),
    ({"aspect_ratio": None}, "aspect_ratio"),
    ({"resolution": "1k"}, "resolution"),
    ({"resolution": "2K"}, "auto"),
    ({"resolution": "2K", "aspect_ratio": "5:4"}, "5:4"),
    ({"resolution": "4K", "aspect_ratio": "9:21"}, "9:21"),
    ({"resolution": "4K", "aspect_ratio": "1:1"}, "1:1"),
    ({"resolution": "2K", "aspect_ratio": "16:9", "background": "auto"}, "background"),
    ({"model": EDIT}, "input_urls"),
    ({"model": EDIT, "input_urls": []}, "input_urls"),
    ({"model": EDIT, "input_urls": LINK}, "input_urls"),
    ({"model": EDIT, "input_urls": [LINK] * 17}, "17"),
    ({"model": EDIT, "input_urls": ["ftp://127.0.0.1/a.png"]}, "input_urls"),
    ({"model": EDIT, "input_urls": [5]}, "input_urls"),
    ({"model": EDIT, "input_urls": ["data:text/html;base64,AAAA"]}, "data URL"),
    ({"model": EDIT, "input_urls": ["data:image/png;base64,?"]}, "base64"),
    ({"model": EDIT, "input_urls": [LINK], "image": LINK}, "input_urls"),
    ({"model": EDIT, "image": [LINK]}, "image"),
    ({"model": EDIT, "image": LINK, "aspect_ratio": "9:21"}, "aspect_ratio"),
    ({"model": EDIT, "route": "ext", "image_urls": [LINK], "quality": "low"}, "resolution"),
    ({"model": EDIT, "route": "ext", "image_urls": [LINK], "resolution": "1K"}, "quality"),
    ({"model": EDIT, "route": "ext", "input_urls": [LINK]}, "input_urls"),
    ({"model": CREATE, "route": "nowhere"}, "default, ext, beta"),
    ({"model": f"{CREATE}@nowhere"}, "default, ext, beta"),
    ({"model": f"{CREATE}@ext", "route": "beta"}, "contradicts"),
    ({"model": CREATE, "route": "beta", "size": "10x10"}, "size"),
    ({"model": CREATE, "route": "beta", "aspect_ratio": "1:1"}, "aspect_ratio"),
    ({"model": "gpt-image-2-image-to-image", "input_urls": [LINK] * 6}, "6"),
    ({"model": FLARE, "image_urls": [LINK], "prompt": "x" * 8_001}, "8000"),
    ({"model": FLARE, "image_urls": [LINK], "resolution": "2K", "background": "opaque"}, "background"),
    ({"model": PRO, "image_urls": ["data:image/png;base64,AAAA"]}, "^https?://"),
    ({"model": PRO, "background": "transparent", "output_format": "jpeg"}, "jpeg"),
    ({"model": PRO, "resolution": "1K"}, "resolution"),
]


@pytest.fixture(scope="module")
def shop() -> Iterator[StandIn]:
    """One stand-in for the many submissions that change nothing in it."""
    with StandIn(latency=(0, 0), pictures="flat") as hiapi:
        yield hiapi


def refused(client: Client, document: Any) -> dict[str, Any]:
    """The body of the refusal; nothing was bought."""
    before = len(client.hiapi.ledger.paid)
    answer = client.post(document)
    assert 400 <= answer.status_code < 500, answer.text
    assert len(client.hiapi.ledger.paid) == before
    body: dict[str, Any] = answer.json()
    return body


def test_an_ordinary_submission_is_taken(client: Client) -> None:
    answer = client.create()
    body = answer.json()
    assert (answer.status_code, body["code"], body["message"]) == (200, 200, "success")
    assert body["data"]["taskId"].startswith("tk-hiapi-")
    assert len(body["data"]["taskId"]) == 35


@pytest.mark.parametrize("header", ["", "Bearer sk-wrong", "Basic sk-standin"])
def test_a_wrong_key_is_refused(client: Client, header: str) -> None:
    client.http.headers["Authorization"] = header
    assert client.create().status_code == 401
    assert client.get("/v1/tasks").status_code == 401


def test_only_json_is_taken(client: Client) -> None:
    answer = client.http.post("/v1/tasks", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000], ids=len)
def test_a_body_that_is_no_json_object_is_refused(client: Client, body: bytes) -> None:
    assert refused(client, body)["error_code"] == "INVALID_REQUEST"


def test_a_body_over_10_mb_is_refused_and_the_connection_goes_on(client: Client) -> None:
    assert client.post(b" " * 10_000_001).status_code == 413
    assert client.post(json.dumps(submission()).encode().ljust(10_000_000)).status_code == 200


def test_a_body_in_chunks_is_read(client: Client) -> None:
    body = json.dumps(submission()).encode()
    headers = {"Content-Type": "application/json"}
    answer = client.http.post("/v1/tasks", content=iter([body[:9], body[9:]]), headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("document", SOLD, ids=str)
def test_every_model_takes_its_own_fields(shop: StandIn, document: dict[str, Any]) -> None:
    answer = Client(shop).create(**document)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("document", "named"), REFUSED, ids=lambda one: str(one)[:80])
def test_what_does_not_fit_is_refused_by_name(shop: StandIn, document: dict[str, Any], named: str) -> None:
    body = refused(Client(shop), submission(**document))
    assert body["error_code"] == "INVALID_REQUEST"
    assert named in body["message"]


@pytest.mark.parametrize("name", ["callback", "route", "storage", "n"])
def test_what_belongs_beside_the_input_is_refused_inside(shop: StandIn, name: str) -> None:
    document = submission()
    document["input"][name] = "x"
    assert name in refused(Client(shop), document)["message"]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"callback": {"url": "ftp://127.0.0.1/"}}, "callback.url"),
        ({"callback": {"when": "final"}}, "callback.url"),
        ({"callback": {"url": LINK, "when": "always"}}, "callback.when"),
        ({"callback": LINK}, "callback"),
        ({"storage": "glacier"}, "storage"),
        ({"priority": 1}, "priority"),
        ({"input": None}, "input"),
        ({"model": None}, "model"),
    ],
    ids=str,
)
def test_what_stands_beside_the_input_is_looked_at(shop: StandIn, more: dict[str, Any], named: str) -> None:
    assert named in refused(Client(shop), submission() | more)["message"]


@pytest.mark.parametrize("model", [*RETIRED, "gpt-image-2-text-to-image", "dall-e-3"])
def test_a_model_that_is_not_sold_is_not_found(shop: StandIn, model: str) -> None:
    assert refused(Client(shop), submission(model))["error"]["code"] == "model_not_found"


def test_a_barred_model_is_denied(client: Client) -> None:
    client.hiapi.bar(CREATE)
    answer = client.create()
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


def test_prompts_are_counted_in_utf_16_after_trimming(client: Client) -> None:
    assert client.create(prompt=" " + "🏮" * 10_000 + " ").status_code == 200
    assert "20002" in client.create(prompt="🏮" * 10_001).json()["message"]


def test_a_square_at_4k_is_a_matter_of_opinion_for_edits(client: Client) -> None:
    square = submission(EDIT, input_urls=[LINK], aspect_ratio="1:1", resolution="4K")
    assert client.post(square).status_code == 400
    client.hiapi.options.leniencies = frozenset({"square_4k"})
    assert client.post(square).status_code == 200
    assert client.create(aspect_ratio="1:1", resolution="4K").status_code == 400


def test_money_that_is_not_there_buys_nothing(client: Client) -> None:
    client.hiapi.world.balance = 50_000
    assert [client.create().status_code for _ in range(2)] == [200, 402]
    assert client.hiapi.world.balance == 20_000


def test_an_unknown_address_is_not_found(client: Client) -> None:
    assert client.get("/v1/balance").status_code == 404
    assert client.http.delete("/v1/tasks/tk-hiapi-1").status_code == 404
