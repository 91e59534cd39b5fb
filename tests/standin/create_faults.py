"""What can go wrong with a submission: bought and never told, refused in every way, or never read."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Final

from tests.standin.answers import dumps, flat, html
from tests.standin.faults import Fault
from tests.standin.kill import kill_other_end
from tests.standin.reply_faults import REFUSALS, refusal
from tests.standin.request import Request
from tests.standin.wire import Reply, Sender, Wire, acting, cut, hang, late, reset

Hold = float | Event
Sell = Callable[[Hold], Reply]
"""Handles the submission in the ordinary way, after a time (seconds, or until the event) in which its key
counts as running."""


def faulty(fault: Fault, request: Request, sell: Sell) -> Reply:
    if fault.kind in REFUSALS:
        return refusal(fault)
    if fault.kind in UNSOLD:
        return UNSOLD[fault.kind](fault, request)
    reply = sell(fault.get("hold", 0.0))
    return AFTER[fault.kind](fault, reply) if reply.status == 200 else reply


def _unread(_: Fault, request: Request) -> Reply:
    request.is_read = True  # so that nobody drains it
    return Reply(0, verdict="unread", send=hang())


def _conflict(_: Fault, __: Request) -> Reply:
    return flat(409, "CONFLICT", "conflict")


def _disguised(fault: Fault, _: Request) -> Reply:
    """HTTP 200 around an error."""
    code = fault.get("code", 400)
    return replace(flat(code, fault.get("error_code", "INVALID_REQUEST"), "bad field"), status=200)


def _sent(send: Callable[[Fault], Sender]) -> Callable[[Fault, Reply], Reply]:
    return lambda fault, reply: replace(reply, send=send(fault))


def _error(status: int) -> Callable[[Fault, Reply], Reply]:
    def answer(_: Fault, reply: Reply) -> Reply:
        error = flat(500, None, "internal error") if status == 500 else html(status)
        return replace(reply, status=status, body=error.body, type=error.type)

    return answer


def _without_id(_: Fault, reply: Reply) -> Reply:
    return replace(reply, body=dumps({"code": 200, "message": "success", "data": {}}))


def _as_202(fault: Fault, reply: Reply) -> Reply:
    return replace(reply, status=202, body=reply.body if fault.get("with_id") else b"")


def _half(_: Fault, reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _conflict_with_task(_: Fault, reply: Reply) -> Reply:
    error = flat(409, "CONFLICT", "task exists already", {"taskId": reply.task})
    return replace(reply, status=409, body=error.body)


def _kill(fault: Fault, reply: Reply) -> Reply:
    """Options: allow(pid), without which nothing is killed; group; then (hang, answer).
    Who was killed stands in the option `killed` afterwards."""

    def send(wire: Wire, reply: Reply) -> None:
        killed = kill_other_end(wire.connection, fault.options["allow"], group=fault.get("group", False))
        fault.options.setdefault("killed", []).extend(killed)
        if fault.get("then") == "answer":
            late(0)(wire, reply)
        else:
            hang()(wire, reply)

    return replace(reply, send=send)


UNSOLD: Final = {
    "hang_before_reading": _unread,
    "conflict": _conflict,
    "body_code": _disguised,
    "refuse_connection": lambda *_: Reply(0, verdict="connections refused", send=reset),
}
AFTER: Final[dict[str, Callable[[Fault, Reply], Reply]]] = {
    "accept_then_hang": _sent(lambda fault: hang(fault.get("seconds", 3600.0))),
    "accept_then_reset": _sent(lambda _: reset),
    "accept_then_close": _sent(lambda _: hang(0)),
    "accept_then_cut": _sent(lambda fault: cut(fault.get("at"))),
    "accept_slowly": _sent(lambda fault: late(fault.get("seconds", 2.0))),
    "accept_then_act": _sent(lambda fault: acting(fault.options["act"])),
    "accept_then_500": _error(500),
    "accept_then_502": _error(502),
    "accept_then_504": _error(504),
    "accept_half_json": _half,
    "accept_without_id": _without_id,
    "accept_202": _as_202,
    "accept_then_kill_client": _kill,
    "conflict_with_task": _conflict_with_task,
    "hold": lambda _, reply: reply,
}
KINDS: Final = (*REFUSALS, *UNSOLD, *AFTER)
