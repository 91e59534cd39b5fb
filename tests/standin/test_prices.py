"""The price list: what is served is what is charged, and each way in which it can be wrong."""

import json
from typing import Any

import pytest

from tests.standin import StandIn
from tests.standin.client import CREATE, EDIT, Client
from tests.standin.dialects import MODELS

LINK = "http://127.0.0.1:9/lamp.png"


def rows(client: Client) -> dict[str, dict[str, Any]]:
    client.http.headers.pop("Authorization", None)
    return {row["model_name"]: row for row in client.get("/api/pricing").json()["data"]}


@pytest.mark.parametrize(
    ("document", "price"),
    [
        ({"model": EDIT, "input_urls": [LINK]}, 30_000),
        ({"model": EDIT, "image": LINK}, 30_000),
        ({"model": EDIT, "input_urls": [LINK], "resolution": "2K", "aspect_ratio": "16:9"}, 40_000),
        ({"model": CREATE, "resolution": "4K", "aspect_ratio": "16:9"}, 60_000),
        ({"model": CREATE, "route": "beta"}, 20_000),
        ({"model": CREATE, "route": "ext", "resolution": "1K", "quality": "low"}, 7_000),
        ({"model": f"{CREATE}@ext", "resolution": "4K", "quality": "high"}, 760_000),
        ({"model": "gpt-image-2.5-flare/text-to-image", "resolution": "4K"}, 120_000),
        ({"model": "gpt-image-2.5-flare@pro"}, 67_200),
        ({"model": "gpt-image-2.5-flare@pro", "quality": "max"}, 714_300),
    ],
    ids=str,
)
def test_a_task_costs_what_the_list_says(client: Client, document: dict[str, Any], price: int) -> None:
    id = client.id(**document)
    (paid,) = client.hiapi.ledger.paid
    assert (paid.task, paid.price, type(paid.price)) == (id, price, int)
    assert client.hiapi.ledger.spent() == client.hiapi.ledger.posts()[0].price == price


def test_every_model_is_on_the_list_without_factors(client: Client) -> None:
    listed = rows(client)
    assert set(listed) == {model.priced_as for model in MODELS}
    assert all(row["factors"] == [] and row["base_usd_value"] > 0 for row in listed.values())


def test_a_price_may_be_set(hiapi: StandIn, client: Client) -> None:
    hiapi.prices.set(CREATE, 0.05, _4K=0.09)
    client.id()
    client.id(resolution="4K", aspect_ratio="16:9")
    client.id(resolution="2K", aspect_ratio="16:9")
    assert [paid.price for paid in hiapi.ledger.paid] == [50_000, 90_000, 50_000]
    assert rows(client)[CREATE]["base_usd_value"] == 0.05


def test_policies_multiply_and_ask_what_is_there(hiapi: StandIn, client: Client) -> None:
    hiapi.prices.row(CREATE)["policies"] = [
        {"rule": {"background": {"with": True}}, "pricing_type": "multiply", "times": 3},
        {"rule": {"resolution": {"match": ["1K", "2K"]}}, "usd_value": 0.04},
        {"rule": {"resolution": {"match": "4K"}}, "pricing_type": "multiply", "pricing_value": 2},
    ]
    for more in ({}, {"background": "opaque"}, {"resolution": "4K", "aspect_ratio": "16:9"}):
        client.id(**more)
    assert [paid.price for paid in hiapi.ledger.paid] == [40_000, 90_000, 60_000]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("negative", "base_usd_value", -0.03),
        ("zero", "base_usd_value", 0),
        ("null_price", "base_usd_value", None),
        ("text_price", "base_usd_value", "cheap"),
        ("factors", "factors", [{"field": "duration", "per": 1, "times": 2}]),
        ("old_row", "model_price", 0.03),
    ],
)
def test_a_row_may_be_odd(hiapi: StandIn, client: Client, kind: str, field: str, value: Any) -> None:
    hiapi.faults.on("pricing", kind, model=EDIT)
    listed = rows(client)
    assert listed[EDIT][field] == value
    assert listed[CREATE]["base_usd_value"] == 0.03
    assert hiapi.prices.row(EDIT)["base_usd_value"] == 0.03


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("unknown_operator", {"resolution": {"between": ["1K", "4K"]}}),
        ("odd_condition", {"resolution": "1K"}),
    ],
)
def test_a_rule_may_be_beyond_understanding(hiapi: StandIn, client: Client, kind: str, rule: Any) -> None:
    hiapi.faults.on("pricing", kind)
    assert rows(client)[EDIT]["policies"][0]["rule"] == rule


def test_a_row_may_be_missing(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("pricing", "missing_row", model=EDIT)
    assert set(hiapi.prices.copy()["data"][0]) <= set(rows(client)[CREATE])
    assert EDIT not in rows(client)


def test_the_list_may_be_bare_or_malformed(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("pricing", "bare_array", times=1)
    hiapi.faults.on("pricing", "malformed", times=1)
    assert isinstance(client.get("/api/pricing").json(), list)
    with pytest.raises(json.JSONDecodeError):
        client.get("/api/pricing").json()


def test_prices_may_change_between_two_reads(hiapi: StandIn, client: Client) -> None:
    hiapi.faults.on("pricing", "changed", factor=2, after=1, times=1, model=CREATE)
    client.id()
    before, after = (client.get("/api/pricing").json()["data"] for _ in range(2))
    client.id()
    assert [row["base_usd_value"] for row in before] != [row["base_usd_value"] for row in after]
    assert [paid.price for paid in hiapi.ledger.paid] == [30_000, 60_000]


@pytest.mark.parametrize(
    ("kind", "status"), [("refuse_500", 500), ("html_200", 200), ("slow", 200), ("null", 200)]
)
def test_the_list_fails_like_any_answer(hiapi: StandIn, client: Client, kind: str, status: int) -> None:
    hiapi.faults.on("pricing", kind, seconds=0.05)
    assert client.get("/api/pricing").status_code == status
