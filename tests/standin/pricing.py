"""The price list that is served, and what a task costs by it, in millionths of a dollar."""

import copy
from decimal import Decimal
from typing import Any

from tests.standin.dialects import MODELS, Model

_CURVE = {"2K": 0.04, "4K": 0.06}
_MODE = {"2K": 0.08, "4K": 0.12}
_QUALITY = {"low": 0.0172, "high": 0.1829, "xhigh": 0.3572, "max": 0.7143, "auto": 0.3572}
_EXT = [
    ({"quality": "low"}, 0.007), ({"quality": "medium"}, 0.05), ({"quality": "high"}, 0.2),
    ({"quality": "medium", "resolution": "2K"}, 0.1), ({"quality": "medium", "resolution": "4K"}, 0.2),
    ({"quality": "high", "resolution": "2K"}, 0.38), ({"quality": "high", "resolution": "4K"}, 0.76),
]  # fmt: skip


class PriceList:
    """`document` is what /api/pricing serves. Change it, by `set` or by hand, and purchases follow."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"data": [_row(model) for model in MODELS]}

    def row(self, name: str) -> dict[str, Any]:
        """KeyError for a model that is not on the list."""
        rows: list[dict[str, Any]] = self.document["data"]
        for row in rows:
            if row["model_name"] == name:
                return row
        raise KeyError(name)

    def set(self, name: str, base: float, **by_resolution: float) -> None:
        """`prices.set("gpt-image-2", 0.03, _4K=0.06)`; resolutions are written with a leading underscore."""
        row = self.row(name)
        row["base_usd_value"] = base
        row["policies"] = _by("resolution", {key.strip("_"): usd for key, usd in by_resolution.items()})

    def price(self, name: str, values: dict[str, Any]) -> int:
        """Of one picture with these input values, defaults filled in. The most specific policy, then the
        dearest, wins; without one it is the base."""
        row = self.row(name)
        base = Decimal(str(row["base_usd_value"]))
        fitting = [one for one in row["policies"] if _fits(one["rule"], values)]
        most = max((len(one["rule"]) for one in fitting), default=0)
        prices = [_amount(one, base) for one in fitting if len(one["rule"]) == most]
        return int(max(prices, default=base) * 1_000_000)

    def copy(self) -> dict[str, Any]:
        return copy.deepcopy(self.document)


def _fits(rule: dict[str, Any], values: dict[str, Any]) -> bool:
    return all(_holds(condition, values.get(name)) for name, condition in rule.items())


def _holds(condition: dict[str, Any], value: Any) -> bool:
    if "with" in condition:
        return bool(value) is condition["with"]
    wanted = condition["match"]
    return value in wanted if isinstance(wanted, list) else value == wanted


def _amount(policy: dict[str, Any], base: Decimal) -> Decimal:
    if policy.get("pricing_type") == "multiply":
        return base * Decimal(str(policy.get("times", policy.get("pricing_value"))))
    return Decimal(str(policy["usd_value"]))


def _row(model: Model) -> dict[str, Any]:
    base, policies = _prices(model)
    return {
        "model_name": model.priced_as,
        "category": "image",
        "output_type": "image",
        "supported_endpoint_types": ["task"],
        "base_usd_value": base,
        "base_display_unit": {"en": "per image"},
        "factors": [],
        "policies": policies,
    }


def _prices(model: Model) -> tuple[float, list[dict[str, Any]]]:
    if model.route == "pro":
        return 0.0672, _by("quality", _QUALITY)
    if model.route == "ext":
        return 0.007, [_policy(rule, usd) for rule, usd in _EXT]
    if model.route == "beta":
        return 0.02, []
    if model.id.startswith("gpt-image-2.5"):
        return 0.05, _by("resolution", _MODE)
    return 0.03, _by("resolution", _CURVE)


def _by(field: str, prices: dict[str, float]) -> list[dict[str, Any]]:
    return [_policy({field: value}, usd) for value, usd in prices.items()]


def _policy(rule: dict[str, str], usd: float) -> dict[str, Any]:
    conditions = {field: {"match": value} for field, value in rule.items()}
    return {"rule": conditions, "pricing_type": "fixed", "usd_value": usd}
