"""Tasks: submitted, read, listed. Everything that needs a key passes `authorised` first."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

from tests.standin import life
from tests.standin.answers import Refusal, flat, nested, ok
from tests.standin.checks import idempotency_key, order
from tests.standin.create_faults import Hold, faulty
from tests.standin.draw import TYPES, picture
from tests.standin.read_faults import SHAPES, SHAPES_OF_LISTS, odd, odd_list
from tests.standin.reply_faults import broken
from tests.standin.request import Request
from tests.standin.task import Task
from tests.standin.wire import Reply
from tests.standin.world import World


def account_of(world: World, request: Request) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or key.strip() not in world.keys_to_accounts:
        raise Refusal(nested(401, None, "API key is invalid"))
    return world.keys_to_accounts[key.strip()]


def authorised(answer: Callable[[World, Request, str], Reply]) -> Callable[[World, Request], Reply]:
    """Key first, then limits; both speak before the body is read. Limits show on every answer."""

    def guarded(world: World, request: Request) -> Reply:
        account = account_of(world, request)
        headers = world.limits.enter(account)
        done = partial(world.limits.leave, account)
        try:
            reply = refused(lambda: answer(world, request, account))
        except Exception:
            done()
            raise
        return replace(reply, headers={**headers, **reply.headers}, done=done)

    return guarded


def refused(answer: Callable[[], Reply]) -> Reply:
    try:
        return answer()
    except Refusal as refusal:
        return refusal.reply


@authorised
def create(world: World, request: Request, account: str) -> Reply:
    fault = world.faults.pick("create", request)
    if fault is None:
        return _create(world, request, account, 0)
    if fault.kind == "refuse_connection":
        world.refuse_connections(fault.get("seconds", 1.0))
    reply = faulty(fault, request, lambda hold: refused(lambda: _create(world, request, account, hold)))
    return replace(reply, fault=fault.kind)


def json_only(request: Request) -> None:
    if request.headers.get_content_type() != "application/json":
        raise Refusal(flat(415, None, "Content-Type must be application/json"))


def _create(world: World, request: Request, account: str, hold: Hold) -> Reply:
    json_only(request)
    idempotency_key(request.key)
    known = world.keys.claim(account, request.key, request.sha256)
    if known is not None:
        return replace(
            known, headers={"Idempotent-Replay": "true"}, verdict=f"replayed {known.task}", price=0
        )
    with _claimed(world, request, account) as keep:
        hold.wait(60) if isinstance(hold, Event) else world.stopping.wait(hold)
        wanted = order(request.json, world.options.leniencies)
        if wanted.model.id in world.barred:
            raise Refusal(nested(403, "permission_denied", f"this key may not use {wanted.model.id}"))
        _room(world, account)
        task = life.sell(world, request, wanted, account)
        reply = ok({"taskId": task.id}, f"accepted {task.id}", task=task.id, price=task.price)
        keep(reply)
        return reply


def _room(world: World, account: str) -> None:
    """Refusal when as many tasks are running as may."""
    if world.limits.running is None:
        return
    running = sum(task.account == account and not task.is_final for task in world.tasks)
    if running >= world.limits.running:
        raise Refusal(nested(429, "rate_limit_exceeded", "too many running tasks"))


@contextmanager
def _claimed(world: World, request: Request, account: str) -> Iterator[Callable[[Reply], None]]:
    """Whatever happens, the key is settled: its answer kept, or the key free again."""

    def keep(reply: Reply) -> None:
        world.keys.keep(account, request.key, reply)
        kept.append(reply)

    kept: list[Reply] = []
    try:
        yield keep
    except Refusal as refusal:
        if world.keys.remember_refusals:
            keep(refusal.reply)
        raise
    finally:
        if not kept:
            world.keys.drop(account, request.key)


@authorised
def detail(world: World, request: Request, account: str) -> Reply:
    id = request.path.removeprefix("/v1/tasks/")
    task = world.tasks.get(id, account)
    fault = world.faults.pick("detail", request)
    if task is None:
        return flat(404, None, "task not found")
    if world.options.renew:
        life.renew(world, task)
    data = life.shown(world, task)
    if fault is None:
        return ok(data, task=task.id)
    if fault.kind == "data_url":
        data = _inlined(task, data)
    if fault.kind in SHAPES or fault.kind == "data_url":
        return ok(odd(fault, data) if fault.kind in SHAPES else data, task=task.id, fault=fault.kind)
    return replace(broken(fault, ok(data, task=task.id)), task=task.id, fault=fault.kind)


@authorised
def listing(world: World, request: Request, account: str) -> Reply:
    page, size = _number(request, "page", 1, 10**9), _number(request, "size", 10, 100)
    total, tasks = world.tasks.page(account, page, size)
    shown = [life.shown(world, task) for task in tasks]
    data: Any = {"page": page, "size": size, "total": total, "tasks": shown}
    fault = world.faults.pick("list", request)
    if fault is None:
        return ok(data)
    if fault.kind in SHAPES or fault.kind in SHAPES_OF_LISTS:
        return ok(odd_list(fault, data), fault=fault.kind)
    return replace(broken(fault, ok(data)), fault=fault.kind)


def _number(request: Request, name: str, default: int, most: int) -> int:
    """Out of range silently becomes the default."""
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= most else default


def _inlined(task: Task, data: dict[str, Any]) -> dict[str, Any]:
    """The picture itself where its address should be."""
    if "output" not in data or task.look is None:
        return data
    url = data_url(picture(task.look, task.id), task.extension)
    return {**data, "output": [{**one, "url": url} for one in data["output"]]}


def data_url(picture: bytes, extension: str) -> str:
    return f"data:{TYPES[extension]};base64,{base64.b64encode(picture).decode()}"
