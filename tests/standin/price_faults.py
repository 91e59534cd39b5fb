"""What can be wrong with the price list. What a task really costs stays as it was, but for `changed`."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.standin.answers import bare
from tests.standin.faults import Fault
from tests.standin.pricing import PriceList
from tests.standin.reply_faults import ANY, broken
from tests.standin.wire import Reply

Rows = list[dict[str, Any]]


def price_reply(fault: Fault | None, prices: PriceList) -> Reply:
    if fault is None:
        return bare(prices.document)
    if fault.kind == "changed":
        _change(fault, prices)
        return bare(prices.document)
    if fault.kind in DOCUMENTS:
        return _document(fault, prices.copy())
    return broken(fault, bare(prices.document))


def _document(fault: Fault, document: dict[str, Any]) -> Reply:
    rows = document["data"]
    mine = [one for one in rows if fault.get("model") in (None, one["model_name"])]
    DOCUMENTS[fault.kind](rows, mine)
    reply = bare(rows if fault.kind == "bare_array" else document)
    if fault.kind == "malformed":
        reply.body = json.dumps(document).encode()[:-20] + b"]]"
    return reply


def _change(fault: Fault, prices: PriceList) -> None:
    """Every price grows by `factor`, for good: pages read it before and after."""
    for row in prices.document["data"]:
        if fault.get("model") in (None, row["model_name"]):
            row["base_usd_value"] = round(row["base_usd_value"] * fault.get("factor", 2), 6)
            for policy in row["policies"]:
                policy["usd_value"] = round(policy["usd_value"] * fault.get("factor", 2), 6)


def _without(rows: Rows, mine: Rows) -> None:
    rows[:] = [one for one in rows if one not in mine]


def _everywhere(usd: Any) -> Callable[[Rows, Rows], None]:
    def change(_: Rows, mine: Rows) -> None:
        for row in mine:
            row["base_usd_value"] = usd
            for policy in row["policies"]:
                policy["usd_value"] = usd

    return change


def _each(**more: Any) -> Callable[[Rows, Rows], None]:
    def change(_: Rows, mine: Rows) -> None:
        for row in mine:
            row.update(more)

    return change


def _old_row(_: Rows, mine: Rows) -> None:
    for row in mine:
        row["model_price"] = row.pop("base_usd_value")


def _as_is(_: Rows, __: Rows) -> None:
    """What is odd is done to the text."""


def _rule(rule: Any) -> Callable[[Rows, Rows], None]:
    return _each(policies=[{"rule": rule, "pricing_type": "fixed", "usd_value": 0.01}])


DOCUMENTS: Final[dict[str, Callable[[Rows, Rows], None]]] = {
    "missing_row": _without,
    "malformed": _as_is,
    "bare_array": _as_is,
    "negative": _everywhere(-0.03),
    "zero": _everywhere(0),
    "null_price": _everywhere(None),
    "text_price": _everywhere("cheap"),
    "factors": _each(factors=[{"field": "duration", "per": 1, "times": 2}]),
    "unknown_operator": _rule({"resolution": {"between": ["1K", "4K"]}}),
    "odd_condition": _rule({"resolution": "1K"}),
    "old_row": _old_row,
}
KINDS: Final = (*ANY, *DOCUMENTS, "changed")
