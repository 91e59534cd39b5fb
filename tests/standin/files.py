"""The file host: results without a key, until their address expires."""

import hashlib
from dataclasses import replace

from tests.standin.answers import Refusal, xml
from tests.standin.draw import TYPES, picture
from tests.standin.file_faults import faulty_file
from tests.standin.request import Request
from tests.standin.task import Task
from tests.standin.wire import Reply
from tests.standin.world import World

EXPIRED = {403: "AccessDenied", 404: "NoSuchKey", 410: "Gone"}


def file(world: World, request: Request) -> Reply:
    """`/files/tasks/<id>/<version>.<extension>`: the same picture in every version."""
    task, version = _found(world, request)
    if task.is_expired(version, world.clock.now()):
        status = world.options.expired_status
        return replace(xml(status, EXPIRED[status]), verdict="expired", task=task.id)
    fault = None if "moved" in request.query else world.faults.pick("file", task)
    body = picture(task.look, task.id, world.options.weight) if task.look else b""
    reply = Reply(200, body, TYPES[task.extension], verdict="served", task=task.id)
    if fault is not None:
        reply = replace(faulty_file(fault, request, reply), fault=fault.kind)
    if fault is None or fault.kind == "act":  # what is done meanwhile may leave the picture whole
        world.ledger.serve(task=task.id, sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))
    return reply


def _found(world: World, request: Request) -> tuple[Task, int]:
    id, _, name = request.path.removeprefix("/files/tasks/").partition("/")
    version, _, extension = name.partition(".")
    task = world.tasks.get(id)
    if not task or not version.isdigit() or int(version) >= len(task.expiries) or extension != task.extension:
        raise Refusal(xml(404, "NoSuchKey"))
    return task, int(version)
