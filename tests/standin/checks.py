"""What a submission may say: every field by name, every value by its model's row."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.standin.answers import Refusal, flat, invalid, nested
from tests.standin.dialects import ROWS, SINGLE, Model, routes

SIBLINGS = ("callback", "route", "storage")
PIXEL_SIZE = re.compile(r"auto|[0-9]{3,5}x[0-9]{3,5}")
DATA_URL = re.compile(r"data:image/(png|jpeg|jpg|webp);base64,", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """A submission that may be sold. `values` are its input with defaults filled in, without references."""

    model: Model
    shown_model: str
    shown_route: str | None
    values: dict[str, Any]
    references: list[str]
    callback: str | None = None
    storage: str = "temp"


def order(document: dict[str, Any], leniencies: Iterable[str] = ()) -> Order:
    """Refusal with the reason for what HiAPI would not take. `leniencies` switch off disputed rules."""
    _known(document, ("model", "input", *SIBLINGS), "request")
    given = document.get("input")
    if not isinstance(given, dict):
        raise invalid("input is required and must be an object")
    model, shown, route = _model(document, given)
    for name in SIBLINGS:
        if name in given:
            raise invalid(f"{name} belongs beside input, not inside it")
    _known(given, model.fields, f"input of {shown}")
    values = _values(model, given)
    _rules(model, values, frozenset(leniencies))
    return Order(
        model,
        shown,
        route,
        values,
        _references(model, given),
        _callback(document.get("callback")),
        _one_of(document.get("storage", "temp"), ("temp", "persistent"), "storage"),
    )


def utf16(text: str) -> int:
    """Length in UTF-16 units: an emoji counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _known(given: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in allowed:
            raise invalid(f"unknown field {name!r} in {where}; allowed: {', '.join(allowed)}")


def _model(document: dict[str, Any], given: dict[str, Any]) -> tuple[Model, str, str | None]:
    """The row, the model's name as tasks show it, and the route if one was sent."""
    name, route = document.get("model"), document.get("route")
    if not isinstance(name, str) or not name:
        raise invalid("model is required")
    if not isinstance(route, str | None):
        raise invalid("route must be a string")
    base, _, spelt = name.partition("@")
    if spelt and route and spelt != route:
        raise invalid(f"route {route!r} contradicts model {name!r}")
    wanted = "" if (route or spelt) == "default" else route or spelt
    row = _row(base, wanted)
    if row.id == SINGLE.id and not row.route and "image" in given:
        row = SINGLE
    return row, row.priced_as if wanted else name, wanted if route and wanted else None


def _row(base: str, route: str) -> Model:
    known = routes(base)
    if not known or (not route and "default" not in known):
        raise Refusal(nested(404, "model_not_found", f"model {base!r} does not exist"))
    if (base, route) not in ROWS:
        raise invalid(f"unknown route {route!r} for model {base}; available routes: {', '.join(known)}")
    return ROWS[base, route]


def _values(model: Model, given: dict[str, Any]) -> dict[str, Any]:
    values = {**model.defaults, **{name: one for name, one in given.items() if name != model.references}}
    for name in model.required:
        if name not in values:
            raise invalid(f"{name} is required")
    for name, choices in model.choices.items():
        if name in values:
            _one_of(values[name], choices, name)
    if model.size and not PIXEL_SIZE.fullmatch(str(values["size"])):
        raise invalid("size must be auto or WxH with 3 to 5 digits each")
    _prompt(model, values.get("prompt"))
    return values


def _prompt(model: Model, prompt: Any) -> None:
    if not isinstance(prompt, str) or not prompt.strip():
        raise invalid("prompt is required")
    if (length := utf16(prompt.strip())) > model.prompt:
        raise invalid(f"prompt has {length} characters; at most {model.prompt} are allowed")


def _one_of(value: Any, choices: tuple[str, ...], name: str) -> str:
    if not isinstance(value, str) or value not in choices:
        raise invalid(f"{name} must be one of {', '.join(choices)}; got {value!r}")
    return value


def _rules(model: Model, values: dict[str, Any], leniencies: frozenset[str]) -> None:
    for rule in model.rules:
        if rule.unless in leniencies and rule.unless:
            continue
        if values.get(rule.field) == rule.value and values.get(rule.other) in rule.barred:
            raise invalid(
                f"{rule.other} {values[rule.other]} is not available with {rule.field} {rule.value}"
            )


def _references(model: Model, given: dict[str, Any]) -> list[str]:
    if not model.references:
        return []
    value = given.get(model.references)
    listed = [value] if model.most == 1 and isinstance(value, str) else value or []
    if not isinstance(listed, list) or (model.most == 1 and isinstance(value, list)):
        raise invalid(f"{model.references} must be {'a string' if model.most == 1 else 'an array'}")
    if not model.least <= len(listed) <= model.most:
        raise invalid(f"{model.references} takes {model.least} to {model.most} pictures; got {len(listed)}")
    for one in listed:
        reference_url(one, model.references, model.data_urls)
    return listed


def reference_url(value: Any, name: str, data_urls: bool = True) -> None:
    """Refusal for a text that is no http(s) address and no well-formed data URL of a picture."""
    if not isinstance(value, str):
        raise invalid(f"{name} must hold strings")
    if value[:5].lower() != "data:":
        if not is_http(value):
            raise invalid(f"{name} must hold http(s) URLs")
    elif not data_urls:
        raise invalid(f"{name} must match ^https?://")
    else:
        data_of(value, name)


def data_of(url: str, name: str = "data URL") -> bytes:
    match = DATA_URL.match(url)
    if not match:
        raise invalid(f"{name}: only base64 data URLs of png, jpeg or webp are allowed")
    try:
        return base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"{name}: data URL is not valid base64") from None


def is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _callback(callback: Any) -> str | None:
    if callback is None:
        return None
    if not isinstance(callback, dict):
        raise invalid("callback must be an object")
    _known(callback, ("url", "when"), "callback")
    _one_of(callback.get("when", "final"), ("final",), "callback.when")
    url = callback.get("url")
    if not isinstance(url, str) or not is_http(url):
        raise invalid("callback.url must be an http(s) URL")
    return url


def idempotency_key(key: str | None) -> None:
    """Refusal for a key that HiAPI would not take."""
    if key is None:
        return
    if not key or len(key.encode()) > 255 or any(ord(one) < 32 or ord(one) == 127 for one in key):
        raise Refusal(
            flat(400, "INVALID_REQUEST", "Idempotency-Key must have 1 to 255 bytes, no control characters")
        )
