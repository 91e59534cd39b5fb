"""HiAPI's envelopes, and what a proxy says instead."""

import json
from collections.abc import Callable
from typing import Any

from tests.standin.wire import HTML, TEXT, XML, Reply


class Refusal(Exception):
    """Raised anywhere below a route: its reply is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.verdict)
        self.reply = reply


def ok(data: Any, verdict: str = "read", **more: Any) -> Reply:
    return Reply(200, dumps({"code": 200, "message": "success", "data": data}), verdict=verdict, **more)


def bare(document: Any) -> Reply:
    """JSON without the envelope, as the site's documents are."""
    return Reply(200, dumps(document), verdict="read")


def flat(status: int, code: str | None, message: str, data: Any = None) -> Reply:
    """The task API's error."""
    body = {"code": status, "message": message, "data": data}
    if code:
        body["error_code"] = code
    return Reply(status, dumps(body), verdict=f"refused {code or status}")


def nested(status: int, code: str | None, message: str) -> Reply:
    """The gateway's error."""
    error = {"code": code, "message": message, "type": "hiapi_error", "request_id": "20260101-standin"}
    return Reply(status, dumps({"error": error}), verdict=f"refused {code or status}")


def text(status: int, code: str | None, message: str) -> Reply:
    return Reply(status, message.encode(), TEXT, verdict=f"refused {code or status}")


def html(status: int, code: str | None = None, message: str = "Bad gateway") -> Reply:
    page = f"<html><head><title>{status}</title></head><body><h1>{message}</h1><hr>nginx</body></html>"
    return Reply(status, page.encode(), HTML, verdict=f"refused {code or status}")


def xml(status: int, code: str) -> Reply:
    """What the file host says about an expired address."""
    page = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Reply(status, page.encode(), XML, verdict=f"refused {code}")


ENVELOPES: dict[str, Callable[[int, str | None, str], Reply]] = {
    "flat": flat,
    "nested": nested,
    "text": text,
    "html": html,
}


def invalid(message: str) -> Refusal:
    return Refusal(flat(400, "INVALID_REQUEST", message))


def dumps(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
