"""What can go wrong with any answer: it is refused, or breaks on its way."""

import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from tests.standin.answers import ENVELOPES, html
from tests.standin.faults import Fault
from tests.standin.wire import HTML, Reply, acting, cut, drip, endless, hang, late, reset

MESSAGES: Final = {
    400: "bad field",
    401: "Invalid API key",
    402: "insufficient balance",
    403: "key lacks permission",
    404: "task not found",
    409: "conflict",
    413: "request body exceeds 10 MB",
    415: "Content-Type must be application/json",
    422: "unprocessable",
    429: "rate limit exceeded",
    500: "internal error",
    502: "bad gateway",
    503: "platform is busy",
    504: "gateway timeout",
}
CODES: Final = {400: "INVALID_REQUEST", 422: "IDEMPOTENCY_KEY_MISMATCH", 429: "rate_limit_exceeded"}
NAMED: Final = {
    "content_policy_violation": (400, "Your prompt was refused by our content policy", "nested"),
    "model_unavailable": (400, "model is temporarily unavailable", "flat"),
    "permission_denied": (403, "key may not use this model", "nested"),
    "model_not_found": (404, "model does not exist", "nested"),
}
Break = Callable[[Fault, Reply], Reply]


def refusal(fault: Fault) -> Reply:
    """`refuse_429` and the named ones. Options: status, code, message, envelope (flat, nested, text, html),
    retry_after (seconds, date, negative, huge, rubbish, or a header's own text) and wait in seconds."""
    status, code, message, envelope = _said(fault.kind)
    status, code = fault.get("status", status), fault.get("code", code)
    make = ENVELOPES[fault.get("envelope", envelope)]
    reply = make(status, code, fault.get("message", message))
    if form := fault.get("retry_after"):
        reply.headers["Retry-After"] = retry_after(form, fault.get("wait", 2))
    return reply


def retry_after(form: str, wait: float) -> str:
    forms = {
        "seconds": f"{wait:g}",
        "date": formatdate(time.time() + wait, usegmt=True),
        "negative": "-5",
        "huge": "86400000",
        "rubbish": "soon",
    }
    return forms.get(form, form)


def broken(fault: Fault, reply: Reply) -> Reply:
    """The answer with a fault of BREAKS or REFUSALS."""
    return BREAKS[fault.kind](fault, reply) if fault.kind in BREAKS else refusal(fault)


def _words(data: str) -> Break:
    """The answer's place taken by these words, with status 200."""
    return lambda _, reply: replace(reply, body=data.encode())


def _said(kind: str) -> tuple[int, str | None, str, str]:
    if kind in NAMED:
        status, message, envelope = NAMED[kind]
        code = "MODEL_UNAVAILABLE" if kind == "model_unavailable" else kind
        return status, code, message, envelope
    status = int(kind.removeprefix("refuse_"))
    return status, CODES.get(status), MESSAGES[status], "html" if status in (502, 504) else "flat"


def _half(_: Fault, reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _page(_: Fault, reply: Reply) -> Reply:
    return replace(reply, body=html(200, message="Please sign in").body, type=HTML)


def _elsewhere(fault: Fault, reply: Reply) -> Reply:
    return replace(
        reply, status=fault.get("status", 302), body=b"", headers={"Location": fault.options["to"]}
    )


REFUSALS: Final = (*(f"refuse_{status}" for status in MESSAGES), *NAMED)
BREAKS: Final[dict[str, Break]] = {
    "hang": lambda fault, reply: replace(reply, send=hang(fault.get("seconds", 3600.0))),
    "reset": lambda _, reply: replace(reply, send=reset),
    "cut": lambda fault, reply: replace(reply, send=cut(fault.get("at"))),
    "slow": lambda fault, reply: replace(reply, send=late(fault.get("seconds", 2.0))),
    "drip": lambda fault, reply: replace(reply, send=drip(fault.get("rate", 10.0))),
    "endless": lambda fault, reply: replace(reply, send=endless(rate=fault.get("rate"))),
    "act": lambda fault, reply: replace(reply, send=acting(fault.options["act"])),
    "half_json": _half,
    "html_200": _page,
    "redirect": _elsewhere,
    "empty": _words(""),
    "null": _words("null"),
    "array": _words("[]"),
}
ANY: Final = (*REFUSALS, *BREAKS)
