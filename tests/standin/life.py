"""The life of a task: sold, handled, archived, ended, announced."""

import random
from dataclasses import replace
from functools import partial

from tests.standin.answers import Refusal, flat
from tests.standin.callbacks import planned
from tests.standin.checks import Order, is_http
from tests.standin.draw import Look, hue_of, size
from tests.standin.faults import Fault
from tests.standin.references import Unusable, collect, describe, missing, small
from tests.standin.request import Request
from tests.standin.task import Task
from tests.standin.world import TASK_FAULTS, World

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MESSAGES = {
    "TASK_FAILED": "generation failed",
    "TASK_TIMEOUT": "upstream took too long",
    "STORAGE_UNAVAILABLE": "output could not be stored",
    "MODEL_UNAVAILABLE": "model is temporarily unavailable",
}


def sell(world: World, request: Request, order: Order, account: str) -> Task:
    """The task, paid for. Refusal when the balance does not cover it."""
    price = world.prices.price(order.model.priced_as, order.values)
    with world.tasks.lock:
        if world.balance is not None and price > world.balance:
            raise Refusal(flat(402, None, "insufficient balance"))
        if world.balance is not None:
            world.balance -= price
        task = world.tasks.add(partial(_new, world, request.key, order, account, price))
        world.ledger.purchase(
            task=task.id, key=request.key, body_sha256=request.sha256, model=order.shown_model, price=price
        )
    _meet_faults(world, task)
    _schedule(world, task)
    return task


def ulid(at: float, dice: random.Random) -> str:
    """26 characters: ten of time, sixteen of chance."""
    number = int(at * 1000) << 80 | dice.getrandbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def address(world: World, task: Task, version: int) -> str:
    expires = int(task.expiries[version])
    return f"{world.url}/files/tasks/{task.id}/{version}.{task.extension}?expires={expires}"


def shown(world: World, task: Task) -> dict[str, object]:
    return task.shown(partial(address, world))


def renew(world: World, task: Task) -> None:
    """Gives the picture a fresh address when its last one has expired."""
    with world.tasks.lock:
        if task.expiries and task.is_expired(len(task.expiries) - 1, world.clock.now()):
            task.expiries.append(world.clock.now() + world.options.lifetime)


def _new(world: World, key: str | None, order: Order, account: str, price: int, number: int) -> Task:
    dice = random.Random(f"{world.options.seed}/task/{number}")
    now = world.clock.now()
    id = f"tk-hiapi-{ulid(now, dice)}"
    ends_at = now + dice.uniform(*world.options.latency)
    return Task(id, number, account, key, order, now, ends_at, price)


def _meet_faults(world: World, task: Task) -> None:
    for fault in world.faults.pick_all("task", task):
        _outcome(task, fault)
    if task.order.callback:
        task.plan = planned(world.faults.pick_all("callback", task))


def _outcome(task: Task, fault: Fault) -> None:
    if fault.kind in TASK_FAULTS:
        code = fault.get("code", "TASK_FAILED" if fault.kind == "fail" else fault.kind)
        message = fault.get("message", MESSAGES.get(code, "reason"))
        task.failure = {"code": code, "message": message}
    elif fault.kind == "no_code":
        task.failure = {"message": fault.get("message", "reason")}
    elif fault.kind == "no_error":
        task.failure = {}
    elif fault.kind == "slow":
        task.ends_at = task.created + fault.get("seconds", 60.0)
    elif fault.kind == "no_output":
        task.outputs = 0
    else:
        task.stuck = True


def _schedule(world: World, task: Task) -> None:
    if task.plan.early is not None:
        _early(world, task)
        return
    span = task.ends_at - task.created
    world.scheduler.at(task.created + span * 0.1, partial(_handle, world, task))


def _early(world: World, task: Task) -> None:
    """It is over, and the receiver knows, before the submitter has its answer."""
    _inspect(world, task)
    _end(world, task, announce=False)
    world.callbacks.at_once(str(task.order.callback), shown(world, task), task.plan)
    world.stopping.wait(task.plan.early or 0)


def _handle(world: World, task: Task) -> None:
    task.status = "handling"
    if task.stuck:
        return
    if any(is_http(url) for url in task.order.references):  # others answer when they like
        world.scheduler.aside(partial(_work, world, task))
    else:
        _work(world, task)


def _work(world: World, task: Task) -> None:
    _inspect(world, task)
    span = task.ends_at - task.created
    world.scheduler.at(task.created + span * 0.9, partial(_archive, world, task))


def _archive(world: World, task: Task) -> None:
    if not task.failure:
        task.status = "archiving"
    world.scheduler.at(task.ends_at, partial(_end, world, task))


def _end(world: World, task: Task, announce: bool = True) -> None:
    now = world.clock.now()
    with world.tasks.lock:
        task.completed = int(now)
        if task.failure is None:
            task.expiries.append(now + world.options.lifetime)
            task.status = "success"
        else:
            task.error = task.failure or None
            task.status = "fail"
    if task.failure is not None and not world.options.charge_failed:
        world.ledger.refund(task.id)
    if announce and task.order.callback:
        world.callbacks.announce(task.order.callback, shown(world, task), task.plan)


def _inspect(world: World, task: Task) -> None:
    """Collects the references; the first unusable one fails the task."""
    kept: list[tuple[str, tuple[int, int]]] = []
    for position, url in enumerate(task.order.references):
        if error := _reference(world, task, position, url, kept):
            task.failure = task.failure or {"code": "TASK_FAILED", "message": error}
    _plan_picture(world, task, *(kept[0] if kept else ("", None)))
    task.order = replace(task.order, references=[url[:100] for url in task.order.references])


def _reference(
    world: World, task: Task, position: int, url: str, kept: list[tuple[str, tuple[int, int]]]
) -> str:
    try:
        data = collect(url, task.order.model)
    except Unusable as unusable:
        world.ledger.reference(missing(task.id, position, url, str(unusable)))
        return str(unusable)
    seen = describe(task.id, position, url, data, task.order.model)
    world.ledger.reference(seen)
    if world.options.keep_references:
        world.reference_bytes[seen.sha256] = data
    if not seen.error:
        kept.append((seen.sha256, (seen.width, seen.height)))
        if world.options.pictures == "drawn" and seen.sha256 not in world.pictures:
            world.pictures[seen.sha256] = small(data)
    return seen.error


def _plan_picture(world: World, task: Task, digest: str, pixels: tuple[int, int] | None) -> None:
    values, model = task.order.values, task.order.model
    format = values.get("output_format", world.options.extension)
    task.extension = "jpg" if format == "jpeg" else format
    ratio = values.get("aspect_ratio", values.get("size", "1:1"))
    ratios = model.choices.get("aspect_ratio", ("1:1",))
    width, height = size(ratio, values.get("resolution", "1K"), pixels, ratios)
    reference = world.pictures.get(digest)
    hue = hue_of(f"{values['prompt']}/{task.number % 4}")
    task.look = Look(width, height, hue, task.extension, digest if reference else "", reference)
