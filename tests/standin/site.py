"""What is read about models: which there are, what they take, what they cost. Only the first needs a key."""

from dataclasses import replace
from typing import Any

from tests.standin.answers import bare, flat, ok
from tests.standin.api import authorised
from tests.standin.dialects import MODELS, ROWS, Model
from tests.standin.price_faults import price_reply
from tests.standin.reply_faults import broken
from tests.standin.request import Request
from tests.standin.wire import Reply
from tests.standin.world import World


@authorised
def models(world: World, request: Request, account: str) -> Reply:
    names = sorted({model.id if model.route != "pro" else model.priced_as for model in MODELS})
    data = [{"id": name, "object": "model", "owned_by": "hiapi"} for name in names]
    return _with_fault(world, "models", request, bare({"object": "list", "data": data}))


def pricing(world: World, request: Request) -> Reply:
    fault = world.faults.pick("pricing", request)
    return replace(price_reply(fault, world.prices), fault=fault.kind if fault else "")


def schema(world: World, request: Request) -> Reply:
    """`?name=<model id>`, or `<id>@<route>`."""
    name = request.query.get("name", "")
    base, _, route = name.partition("@")
    model = ROWS.get((base, route))
    if model is None:
        return flat(404, None, f"model {name!r} does not exist")
    data = {"model_name": name, "input_schema": input_schema(name, model)}
    return _with_fault(world, "schema", request, ok(data))


def catalogue(world: World, request: Request) -> Reply:
    return _with_fault(world, "catalogue", request, bare({"models": [_listed(one) for one in MODELS]}))


def input_schema(name: str, model: Model) -> dict[str, Any]:
    """JSON Schema that lists `model` beside the input's fields, as HiAPI's does."""
    properties: dict[str, Any] = {"model": {"type": "string", "enum": [name]}}
    properties |= {field: _property(model, field) for field in model.fields}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["model", *_required(model)],
        "properties": properties,
    }


def _required(model: Model) -> list[str]:
    return ["prompt", *([model.references] if model.least else []), *model.required]


def _property(model: Model, field: str) -> dict[str, Any]:
    if field == "prompt":
        return {"type": "string", "minLength": 1, "maxLength": model.prompt}
    if field == model.references:
        items = {"type": "string"} if model.data_urls else {"type": "string", "pattern": "^https?://"}
        return {"type": "array", "items": items, "minItems": model.least, "maxItems": model.most}
    if field == "size":
        return {"type": "string", "pattern": "^(auto|[0-9]{3,5}x[0-9]{3,5})$", "default": "auto"}
    found: dict[str, Any] = {"type": "string", "enum": list(model.choices[field])}
    return found | ({"default": model.defaults[field]} if field in model.defaults else {})


def _listed(model: Model) -> dict[str, Any]:
    required = _required(model)
    fields = [
        {"name": field, "required": field in required, **_short(_property(model, field))}
        for field in model.fields
    ]
    kind = "image-to-image" if model.most else "text-to-image"
    return {
        "id": model.priced_as,
        "title": model.priced_as,
        "category": "image",
        "capability": kind,
        "input": fields,
    }


def _short(property: dict[str, Any]) -> dict[str, Any]:
    return {name: property[name] for name in ("type", "enum", "default") if name in property}


def _with_fault(world: World, point: str, request: Request, reply: Reply) -> Reply:
    fault = world.faults.pick(point, request)
    return replace(broken(fault, reply), fault=fault.kind) if fault else reply
