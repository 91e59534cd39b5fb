"""The price list: read exactly, rounded up, and unknown where anything is odd."""

import json
from typing import Any

import pytest

from studio.imaging.ratios import RATIOS
from studio.messages import say
from studio.providers import dialects
from studio.providers.base import Quote
from studio.providers.prices import PriceError, fingerprint, parse
from tests.standin.faults import Faults
from tests.standin.price_faults import KINDS, price_reply
from tests.standin.pricing import PriceList

MUG = "mugs/image-to-image"


def row(base: Any = 0.03, *policies: Any, **more: Any) -> dict[str, Any]:
    return {"model_name": MUG, "base_usd_value": base, "factors": [], "policies": list(policies)} | more


def policy(rule: Any, usd: Any = None, **more: Any) -> dict[str, Any]:
    return {"rule": rule} | ({"usd_value": usd} if usd is not None else {}) | more


def quote(*rows: Any, model: str = MUG, **values: object) -> Quote:
    return parse(json.dumps({"data": rows}).encode()).quote(model, {"resolution": "1K", **values})


def served(kind: str) -> bytes:
    """The stand-in's list with one thing wrong."""
    return price_reply(Faults(7, {"prices": KINDS}).on("prices", kind), PriceList()).body


def match(**wanted: Any) -> dict[str, Any]:
    return {name: {"match": value} for name, value in wanted.items()}


def test_every_row_that_is_enabled_costs_what_the_stand_in_charges() -> None:
    listed = PriceList()
    prices = parse(json.dumps(listed.document).encode())
    seen = set()
    for one in dialects.load().rows.values():
        for resolution in one.resolutions if one.enabled else ():
            given = one.input("A mug", RATIOS[0], resolution, ["https://a.example/b.jpg"] * one.least)
            told = prices.quote(one.price_id, given)
            assert told == Quote(listed.price(one.price_id, given)), (one.key, resolution)
            seen.add(told.amount)
    assert {30_000, 40_000, 60_000, 50_000, 80_000, 120_000, 67_200} <= seen


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("missing_row", "price_missing"),
        ("null_price", "price_missing"),
        ("text_price", "price_malformed"),
        ("negative", "price_negative"),
        ("zero", "price_zero"),
        ("factors", "price_factors"),
        ("unknown_operator", "price_rule_unknown"),
        ("odd_condition", "price_rule_unknown"),
        ("old_row", ""),
        ("bare_array", ""),
    ],
)
def test_each_odd_document_of_the_stand_in_is_told_apart(kind: str, problem: str) -> None:
    id = "gpt-image-2/image-to-image"
    told = parse(served(kind)).quote(id, {"resolution": "2K"})
    assert told.problem == problem
    assert told.amount == {"": 40_000, "price_zero": 0}.get(problem)
    assert "…" not in str(say(problem, **told.values)) if problem else told.values == {}


@pytest.mark.parametrize(
    "document",
    [
        b"", b"null", b"{}", b'{"data":{}}', b'{"data":null}', b"<html>busy</html>",
        b"\xff\xfe\xff", b'{"data":[',
        b'{"data":[{"model_name":"a","base_usd_value":NaN}]}',
        b'{"data":[{"model_name":"a","base_usd_value":Infinity}]}',
        b'{"data":[{"model_name":"a","base_usd_value":1e99999999999999999999}]}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_document_that_is_no_price_list_is_refused_whole(document: bytes) -> None:
    with pytest.raises(PriceError) as no:
        parse(document)
    assert no.value.code == "price_malformed"


def test_the_stand_ins_cut_document_is_refused_whole() -> None:
    with pytest.raises(PriceError):
        parse(served("malformed"))


@pytest.mark.parametrize(
    ("listed", "amount"),
    [("0.0399", 39_900), ("0.03000001", 30_001), ("1e-12", 1), ("1e-400000", 1), ("0.1", 100_000),
     ("0.7143", 714_300), ("1000", 1_000_000_000), ("2", 2_000_000),
     ("0.05000000000000000000000000000000001", 50_001)],
)  # fmt: skip
def test_a_price_is_read_as_it_is_written_and_rounded_up(listed: str, amount: int) -> None:
    document = b'[{"model_name":"a","base_usd_value":%s}]' % listed.encode()
    assert parse(document).quote("a", {}) == Quote(amount)


@pytest.mark.parametrize("listed", ["1000.01", "1e9", "1e999999", '"0.03"', "true", "[0.03]", "{}"])
def test_an_absurd_price_is_no_price(listed: str) -> None:
    document = b'[{"model_name":"a","base_usd_value":%s}]' % listed.encode()
    assert parse(document).quote("a", {}).problem == "price_malformed"


def test_the_most_specific_policy_wins_and_among_equals_the_dearest() -> None:
    policies = [
        policy(match(resolution="2K"), 0.04),
        policy(match(resolution=["2K", "4K"]), 0.05),
        policy(match(resolution="2K", quality="high"), 0.02),
        policy({}, 0.9),
    ]
    assert quote(row(0.03, *policies), resolution="1K").amount == 900_000
    assert quote(row(0.03, *policies), resolution="2K").amount == 50_000
    assert quote(row(0.03, *policies), resolution="2K", quality="high").amount == 20_000
    assert quote(row(0.03, *reversed(policies)), resolution="2K").amount == 50_000


def test_no_policy_that_fits_leaves_the_base() -> None:
    assert quote(row(0.03, policy(match(resolution="4K"), 0.06))).amount == 30_000
    assert quote(row(0.03, policies=None)).amount == 30_000


@pytest.mark.parametrize(
    ("condition", "value", "fits"),
    [
        ({"match": "2K"}, "2K", True),
        ({"match": "2K"}, "2k", False),
        ({"match": "2K"}, None, False),
        ({"match": ["1K", "2K"]}, "2K", True),
        ({"match": []}, "2K", False),
        ({"match": 2}, 2, True),
        ({"match": 2}, "2", False),
        ({"match": 1}, True, False),
        ({"match": True}, 1, False),
        ({"match": True}, True, True),
        ({"match": "2K"}, ["2K"], False),
        ({"with": True}, "2K", True),
        ({"with": True}, [], False),
        ({"with": True}, "", False),
        ({"with": True}, False, False),
        ({"with": False}, None, True),
        ({"with": False}, "2K", False),
        ({"with": True, "match": "2K"}, "4K", False),
        ({"with": True, "match": "2K"}, "2K", True),
    ],
)
def test_a_condition_holds_for_literal_values(condition: Any, value: object, fits: bool) -> None:
    assert quote(row(0.03, policy({"knob": condition}, 0.5)), knob=value).amount == (
        500_000 if fits else 30_000
    )


@pytest.mark.parametrize(
    "odd",
    [
        policy({"resolution": {"between": ["1K", "4K"]}}, 0.01),
        policy({"resolution": {"match": "4K", "unless": "x"}}, 0.01),
        policy({"resolution": {}}, 0.01),
        policy({"resolution": "4K"}, 0.01),
        policy({"resolution": {"match": None}}, 0.01),
        policy({"resolution": {"match": {"is": "4K"}}}, 0.01),
        policy({"resolution": {"match": ["4K", ["2K"]]}}, 0.01),
        policy({"resolution": {"with": "yes"}}, 0.01),
        policy(None, 0.01),
        policy(["resolution"], 0.01),
        "a policy",
    ],
)
def test_a_rule_that_is_not_known_makes_the_whole_row_unknown_even_where_another_fits(odd: Any) -> None:
    told = quote(row(0.03, policy(match(resolution="1K"), 0.02), odd))
    assert (told.amount, told.problem) == (None, "price_rule_unknown")


@pytest.mark.parametrize(
    ("one", "amount", "problem"),
    [
        (policy(match(resolution="1K"), pricing_type="multiply", times=2), 60_000, ""),
        (policy(match(resolution="1K"), pricing_type="multiply", pricing_value=1.33), 39_900, ""),
        (policy(match(resolution="1K"), 0.05, pricing_type="fixed"), 50_000, ""),
        (policy(match(resolution="1K"), 0.05, pricing_type=None), 50_000, ""),
        (policy(match(resolution="1K"), pricing_type="multiply"), None, "price_missing"),
        (policy(match(resolution="1K"), pricing_type="multiply", times=-1), None, "price_negative"),
        (policy(match(resolution="1K"), pricing_type="multiply", times=0), 0, "price_zero"),
        (policy(match(resolution="1K"), pricing_type="multiply", times="2"), None, "price_malformed"),
        (policy(match(resolution="1K"), pricing_type="fixed"), None, "price_missing"),
        (policy(match(resolution="1K")), None, "price_rule_unknown"),
        (policy(match(resolution="1K"), 0.05, pricing_type="tiered"), None, "price_rule_unknown"),
        (policy(match(resolution="1K"), -0.05), None, "price_negative"),
        (policy(match(resolution="1K"), 0), 0, "price_zero"),
    ],
)
def test_a_policy_that_fits_is_fixed_or_a_multiple(one: Any, amount: int | None, problem: str) -> None:
    told = quote(row(0.03, one))
    assert (told.amount, told.problem) == (amount, problem)


def test_a_product_that_grows_absurd_is_no_price() -> None:
    one = policy(match(resolution="1K"), pricing_type="multiply", times=900)
    assert quote(row(900, one)).problem == "price_malformed"


def test_of_equal_policies_one_that_is_unknown_spoils_the_price() -> None:
    rule = match(resolution="1K")
    assert quote(row(0.03, policy(rule, 0.05), policy(rule, -1))).problem == "price_negative"
    assert quote(row(0.03, policy(rule, 0.05), policy(rule, 0))).amount == 50_000


def test_two_rows_of_one_name_are_a_price_only_when_they_are_the_same() -> None:
    assert quote(row(0.03), row(0.03)).amount == 30_000
    assert quote(row(0.03), row(0.02)).problem == "price_malformed"


def test_rubbish_between_the_rows_harms_no_other_row() -> None:
    assert quote(None, 7, {"model_name": None}, {}, row(0.03)).amount == 30_000


def test_a_routed_price_never_falls_back_to_the_plain_one() -> None:
    assert quote(row(0.03), model=f"{MUG}@ext").problem == "price_missing"


def test_an_old_row_has_its_price_under_its_old_name_and_a_null_is_not_skipped() -> None:
    old = {"model_name": MUG, "model_price": 0.03}
    assert quote(old).amount == 30_000
    assert quote(old | {"base_usd_value": None}).problem == "price_missing"


@pytest.mark.parametrize(
    "more",
    [
        {"base_display_unit": {"en": "per image"}},
        {"base_display_unit": {"en": "Per call", "zh": "?"}},
        {"base_display_unit": "request"},
        {"base_display_unit": {}},
        {"base_display_unit": None, "output_type": None},
        {"output_type": "image"},
    ],
)
def test_a_price_for_a_picture_or_a_call_is_one(more: dict[str, Any]) -> None:
    assert quote(row(0.03, **more)).amount == 30_000


@pytest.mark.parametrize(
    "more",
    [
        {"base_display_unit": {"en": "per 1K tokens"}},
        {"base_display_unit": {"en": "per 4 images"}},
        {"base_display_unit": {"zh": "?"}},
        {"base_display_unit": "per second"},
        {"base_display_unit": 4},
        {"output_type": "video"},
        {"output_type": ["image"]},
    ],
)
def test_a_price_for_anything_else_is_none(more: dict[str, Any]) -> None:
    told = quote(row(0.03, **more))
    assert (told.amount, told.problem) == (None, "price_unit")


def test_documents_that_say_the_same_about_our_prices_have_one_fingerprint() -> None:
    def told(*rows: Any, **more: Any) -> str:
        return fingerprint(json.dumps({"data": rows} | more).encode(), {MUG})

    other = row(7) | {"model_name": "a-video"}
    same = [told(row()), told(other, row(), at=17), told(row(description="new words")), told(row(), row())]
    assert len(set(same)) == 1
    changed = [
        told(row(0.04)),
        told(row("0.03")),
        told(row(None)),
        told(row(0.03, policy(match(resolution="4K"), 0.06))),
        told(row(output_type="video")),
        told(row(), row(0.05)),
        told(),
    ]
    assert len({*same, *changed}) == 1 + len(changed)
    assert fingerprint(b"<html>", {MUG}) != fingerprint(b"<html> ", {MUG})
