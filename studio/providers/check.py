"""Would HiAPI make pictures for us? Asked without buying anything, for whoever runs the studio."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from studio.providers import answers, dialects
from studio.providers.account import Account
from studio.providers.api import Api, public_document
from studio.providers.dialects import Row
from studio.providers.errors import Declined, ProviderError, Wait
from studio.providers.http import Http
from studio.providers.prices import PriceError, Prices, parse

SCHEMA_BYTES: Final = 1_000_000
PRICE_BYTES: Final = 4_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that is as it should be, or not. `who` mends it; `bars`: without it nothing can be bought."""

    code: str
    ok: bool
    sentence: str
    who: str = ""
    bars: bool = False


def findings(account: Account) -> list[Finding]:
    """Everything that can be known beforehand, about the models that are offered and those that draft."""
    http = Http(account.allow | account.own_places)
    api = Api(account.base_url, account.key, account.secrets, http)
    try:
        rows = _offered(dialects.load(account.models))
    except Declined as no:
        return [
            _bad("models_named", f"HIAPI_MODELS names {no.values.get('model')}, which is no row", bars=True)
        ]
    try:
        found = [_key(api, account)]
        if found[0].ok:
            found += [_known(api, rows)]
        found += [
            *_prices(http, account.site_url, rows),
            *(_schema(http, account.site_url, row) for row in rows),
        ]
        return found
    finally:
        http.close()


def _offered(rows: dialects.Dialects) -> list[Row]:
    keys = [key for model in rows.offered() for key in (model.key, model.draft) if key]
    return [rows.of(key) for key in dict.fromkeys(keys)]


def _key(api: Api, account: Account) -> Finding:
    if not account.key:
        return _bad("key", "No key is set: HIAPI_API_KEY", bars=True)
    try:
        answer = api.get("/tasks?page=1&size=1")
        answers.answered(answer.status, answer.headers, answer.body)
    except Wait as wait:
        return _bad("reachable", f"{account.base_url} does not answer ({wait.code})", bars=True)
    except ProviderError as error:
        return _bad("key", f"The key does not work at {account.base_url} ({error.code})", bars=True)
    return Finding("key", True, f"The key works at {account.base_url}")


def _known(api: Api, rows: list[Row]) -> Finding:
    """Which models the account is shown. Without the list nothing is said against it."""
    try:
        answer = api.get("/models")
        listed = answers.answered(answer.status, answer.headers, answer.body)
    except ProviderError as error:
        return _bad("models", f"The list of models cannot be read ({error.code})")
    listed = listed if isinstance(listed, list) else []
    ids = {one["id"] for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)}
    missing = [row for row in rows if not {row.model, row.price_id} & ids]
    if not missing:
        return Finding("models", True, f"All {len(rows)} models are known")
    names = ", ".join(f"{row.key} ({row.model})" for row in missing)
    return _bad("models", f"Not among the account's models: {names}", bars=rows[0] in missing)


def _prices(http: Http, site_url: str, rows: list[Row]) -> Iterator[Finding]:
    try:
        prices = parse(public_document(http, f"{site_url.rstrip('/')}/api/pricing", PRICE_BYTES))
    except (ProviderError, PriceError) as error:
        yield _bad("prices", f"The price list cannot be used ({error.code})", bars=True)
        return
    for position, row in enumerate(rows):
        yield from _prices_of(prices, row, bars=position == 0)


def _prices_of(prices: Prices, row: Row, bars: bool) -> Iterator[Finding]:
    known = []
    for resolution in row.resolutions:
        told = prices.quote(row.price_id, row.input("", "1:1", resolution, [""] * row.least))
        if told.problem or told.amount is None:
            yield _bad("prices", f"No price of {row.key} at {resolution} ({told.problem})", bars=bars)
        else:
            known.append(f"{resolution} ${told.amount / 1_000_000:.4f}")
    if known:
        yield Finding("prices", True, f"{row.key} costs {', '.join(known)}")


def _schema(http: Http, site_url: str, row: Row) -> Finding:
    """Whether the published schema still takes what the row sends."""
    if row.api != "tasks":
        return Finding("schema", True, f"{row.key} has no published schema to compare")
    address = f"{site_url.rstrip('/')}/api/models/content?name={quote(row.price_id, safe='')}"
    try:
        document = json.loads(public_document(http, address, SCHEMA_BYTES))
        properties = document["data"]["input_schema"]["properties"]
        required = document["data"]["input_schema"].get("required", [])
        wrong = [*_disagreements(row, dict(properties), list(required))]
    except (ProviderError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _bad("schema", f"The published schema of {row.key} cannot be read", who="nobody")
    if wrong:
        return _bad(
            "schema", f"{row.key} and the published schema differ: {'; '.join(wrong)}", who="developer"
        )
    return Finding("schema", True, f"{row.key} agrees with the published schema")


def _disagreements(row: Row, properties: Mapping[str, Any], required: list[str]) -> Iterator[str]:
    sent = row.input("", "1:1", row.resolutions[0], [""])
    for name in sent.keys() - properties.keys():
        yield f"{name} is not a field of it"
    for name in set(required) - sent.keys() - {"model"}:
        yield f"{name} is required"
    for name, values in _values(row).items():
        allowed = properties.get(name, {}).get("enum")
        if allowed and (astray := [one for one in values if one not in allowed]):
            yield f"{name} does not take {', '.join(map(str, astray))}"
    for name, compare, ours, limit in _limits(row):
        theirs = properties.get(name, {}).get(limit)
        if isinstance(theirs, int) and not compare(ours, theirs):
            yield f"{name} has {limit} {theirs}, the row {ours}"


def _values(row: Row) -> dict[str, list[object]]:
    sizes: dict[str, list[object]] = {"aspect_ratio": [*row.ratios]}
    if row.has_resolution:
        sizes["resolution"] = [*row.resolutions]
    return sizes | {name: [value] for name, value in row.extras.items()}


def _limits(row: Row) -> list[tuple[str, Callable[[int, int], bool], int, str]]:
    limits: list[tuple[str, Callable[[int, int], bool], int, str]] = [
        ("prompt", int.__le__, row.prompt_limit, "maxLength")
    ]
    if row.reference_form == "list":
        limits += [(row.reference_field, int.__le__, row.most, "maxItems")]
        limits += [(row.reference_field, int.__ge__, row.least, "minItems")]
    return limits


def _bad(code: str, sentence: str, who: str = "operator", bars: bool = False) -> Finding:
    return Finding(code, False, sentence, who, bars)
