"""HiAPI's price list: what one picture costs, in micro-dollars. What is not certain is not known."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any, Final

from studio.providers.base import Quote

MICRO: Final = 1_000_000
MOST: Final = 1_000  # dollars: a dearer picture is a mistake in the list
CONDITIONS: Final = {"match", "with"}
UNIT: Final = re.compile(r"((per|/) *)?(1 )?(image|picture|call|request|generation|task)s?", re.IGNORECASE)
TOLD: Final = ("base_usd_value", "model_price", "base_display_unit", "output_type", "factors", "policies")
UPWARDS: Final = Context(prec=50, rounding=ROUND_CEILING, traps=[])

Policy = Mapping[str, Any]


class PriceError(Exception):
    """A list, or a row of it, that nobody should pay by. `code` is a code of messages.py."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Prices:
    """Rows as they were served, by name. `doubles` are names that have several, different rows."""

    rows: Mapping[str, Mapping[str, Any]]
    doubles: frozenset[str]

    def quote(self, price_id: str, values: Mapping[str, object]) -> Quote:
        """The price of one picture with this input; with a problem where it is not certain."""
        try:
            dollars = self._dollars(price_id, values)
        except PriceError as error:
            return Quote(None, error.code, {"model": price_id, **error.values})
        if not dollars:
            return Quote(0, "price_zero", {"model": price_id})
        return Quote(int(UPWARDS.multiply(dollars, MICRO).to_integral_value(ROUND_CEILING)))

    def _dollars(self, price_id: str, values: Mapping[str, object]) -> Decimal:
        if price_id in self.doubles:
            raise PriceError("price_malformed")
        if price_id not in self.rows:
            raise PriceError("price_missing")
        row = self.rows[price_id]
        if row.get("factors"):
            raise PriceError("price_factors")
        if not _is_of_a_picture(row):
            raise PriceError("price_unit")
        fitting = [one for one in _policies(row) if _fits(one["rule"], values)]
        most = max((len(one["rule"]) for one in fitting), default=0)
        base = row["base_usd_value"] if "base_usd_value" in row else row.get("model_price")
        prices = [_price(one, base) for one in fitting if len(one["rule"]) == most]
        return max(prices) if prices else _dollars(base)


def parse(document: bytes) -> Prices:
    """The list as it is served: an object with `data`, or a bare array. Raises PriceError."""
    try:
        served = json.loads(document, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):  # Decimal's errors are arithmetic
        raise PriceError("price_malformed") from None
    listed = served.get("data") if isinstance(served, dict) else served
    if not isinstance(listed, list):
        raise PriceError("price_malformed")
    rows: dict[str, Mapping[str, Any]] = {}
    doubles = set()
    for row in listed:
        name = row.get("model_name") if isinstance(row, dict) else None
        if isinstance(name, str) and rows.setdefault(name, row) != row:
            doubles.add(name)
    return Prices(rows, frozenset(doubles))


def fingerprint(document: bytes, price_ids: Collection[str]) -> str:
    """The same for documents that say the same about these prices, whatever else stands in them.

    Of its bytes where the document makes no sense.
    """
    try:
        prices = parse(document)
    except PriceError:
        return hashlib.sha256(document).hexdigest()
    told = {
        name: [{key: row[key] for key in TOLD if key in row}, name in prices.doubles]
        for name, row in prices.rows.items()
        if name in price_ids
    }
    text = json.dumps(told, sort_keys=True, default=lambda number: {"number": str(number)})
    return hashlib.sha256(text.encode()).hexdigest()


def _is_of_a_picture(row: Mapping[str, Any]) -> bool:
    """Whether the price is for one picture or one call, as far as the row says; one that says nothing is."""
    unit = row.get("base_display_unit") or ""
    unit = unit.get("en") if isinstance(unit, dict) else unit
    is_one = isinstance(unit, str) and (not unit or UNIT.fullmatch(unit.strip()) is not None)
    return is_one and (row.get("output_type") or "image") == "image"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no price")


def _policies(row: Mapping[str, Any]) -> list[Policy]:
    """All of them, once every one is of a kind that we know."""
    policies = row.get("policies") or []
    if not isinstance(policies, list) or not all(_is_known(one) for one in policies):
        raise PriceError("price_rule_unknown")
    return policies


def _is_known(policy: Any) -> bool:
    rule = policy.get("rule") if isinstance(policy, dict) else None
    return isinstance(rule, dict) and all(_is_condition(one) for one in rule.values())


def _is_condition(condition: Any) -> bool:
    if not isinstance(condition, dict) or not condition or condition.keys() - CONDITIONS:
        return False
    wanted = condition.get("match", "")
    scalars = wanted if isinstance(wanted, list) else [wanted]
    is_match = all(isinstance(one, str | bool | Decimal) for one in scalars)
    return is_match and isinstance(condition.get("with", True), bool)


def _fits(rule: Mapping[str, Mapping[str, Any]], values: Mapping[str, object]) -> bool:
    return all(_holds(condition, values.get(name)) for name, condition in rule.items())


def _holds(condition: Mapping[str, Any], value: object) -> bool:
    if "with" in condition and bool(value) is not condition["with"]:
        return False
    if "match" not in condition:
        return True
    wanted = condition["match"]
    options = wanted if isinstance(wanted, list) else [wanted]
    return any(one == value and isinstance(one, bool) == isinstance(value, bool) for one in options)


def _price(policy: Policy, base: object) -> Decimal:
    kind = policy.get("pricing_type") or ("fixed" if "usd_value" in policy else "")
    if kind == "fixed":
        return _dollars(policy.get("usd_value"))
    if kind != "multiply":
        raise PriceError("price_rule_unknown")
    times = policy["times"] if "times" in policy else policy.get("pricing_value")
    return _dollars(UPWARDS.multiply(_dollars(base), _dollars(times)))


def _dollars(value: object) -> Decimal:
    if value is None:
        raise PriceError("price_missing")
    if not isinstance(value, Decimal) or value > MOST:
        raise PriceError("price_malformed")
    if value < 0:
        raise PriceError("price_negative")
    return value
