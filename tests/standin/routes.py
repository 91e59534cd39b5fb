"""Which address is answered by what; each answer is in the ledger before it is on the wire."""

import traceback
from collections.abc import Callable
from contextlib import suppress

from tests.standin import api, chat, files, site
from tests.standin.answers import Refusal, flat
from tests.standin.request import Request
from tests.standin.wire import Reply
from tests.standin.world import World

Route = Callable[[World, Request], Reply]
EXACT: dict[tuple[str, str], Route] = {
    ("POST", "/v1/tasks"): api.create,
    ("GET", "/v1/tasks"): api.listing,
    ("GET", "/v1/models"): site.models,
    ("POST", "/v1/chat/completions"): chat.chat,
    ("GET", "/api/pricing"): site.pricing,
    ("GET", "/api/models/content"): site.schema,
    ("GET", "/docs/models.json"): site.catalogue,
}
UNDER: dict[tuple[str, str], Route] = {
    ("GET", "/v1/tasks/"): api.detail,
    ("GET", "/files/tasks/"): files.file,
    ("GET", "/files/chat/"): chat.chat_file,
}


def answer(world: World, request: Request) -> Reply:
    try:
        reply = _route(request)(world, request)
    except Refusal as refusal:
        reply = refusal.reply
    except Exception:  # the stand-in's own mistake: seen by the client, and by whoever ends the test
        world.scheduler.errors.append(RuntimeError(traceback.format_exc()))
        reply = flat(500, None, "the stand-in broke: see its errors")
    _note(world, request, reply)
    return reply


def _route(request: Request) -> Route:
    method = "GET" if request.method == "HEAD" else request.method
    if route := EXACT.get((method, request.path)):
        return route
    for (known, prefix), route in UNDER.items():
        if known == method and request.path.startswith(prefix):
            return route
    raise Refusal(flat(404, None, f"no route {request.method} {request.path}"))


def _note(world: World, request: Request, reply: Reply) -> None:
    with suppress(Refusal, OSError):
        if reply.verdict not in ("unread", "connections refused") and request.method == "POST":
            request.body  # noqa: B018 - read, so that the ledger knows its digest
    body = request.seen
    world.ledger.request(
        method=request.method,
        path=request.path,
        query=request.raw_query,
        key=request.key,
        body_sha256=request.sha256 if body else "",
        body_bytes=len(body),
        status=reply.status,
        verdict=reply.verdict,
        task=reply.task,
        price=reply.price,
        fault=reply.fault,
        peer=f"{request.peer[0]}:{request.peer[1]}",
    )
