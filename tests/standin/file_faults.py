"""What can be wrong with a result file."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image

from tests.standin.answers import html, xml
from tests.standin.draw import EXTENSIONS, encode
from tests.standin.faults import Fault
from tests.standin.request import Request
from tests.standin.wire import HTML, Reply, acting, cut, drip, endless, hang, late, reset

GZIP_MB = 100


def faulty_file(fault: Fault, request: Request, reply: Reply) -> Reply:
    if fault.kind == "redirect":
        return _redirect(fault.options["to"], request, reply)
    return FILES[fault.kind](fault, reply)


def _redirect(to: str, request: Request, reply: Reply) -> Reply:
    """`to` may say {path}; a request with `moved=1` gets the picture. See StandIn.places."""
    headers = {"Location": to.format(path=request.path)}
    return Reply(302, headers=headers, verdict="redirected", task=reply.task)


def _page(_: Fault, reply: Reply) -> Reply:
    """A web page under a picture's name and type."""
    return replace(reply, body=html(200, message="Not a picture").body)


def _remade(change: Callable[[Fault, Image.Image], Image.Image]) -> Callable[[Fault, Reply], Reply]:
    def remake(fault: Fault, reply: Reply) -> Reply:
        with Image.open(BytesIO(reply.body)) as image:
            extension = next(name for name, format in EXTENSIONS.items() if format == image.format)
            return replace(reply, body=encode(change(fault, image.convert("RGB")), extension))

    return remake


def _other_size(fault: Fault, image: Image.Image) -> Image.Image:
    scale = fault.get("scale", 0.5)
    return image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))


def _other_ratio(_: Fault, image: Image.Image) -> Image.Image:
    return image.resize((image.width, max(1, image.height // 3)))


def _tiny(_: Fault, image: Image.Image) -> Image.Image:
    return image.resize((1, 1))


def _as(extension: str) -> Callable[[Fault, Reply], Reply]:
    """Another format than name and type say."""

    def remake(_: Fault, reply: Reply) -> Reply:
        with Image.open(BytesIO(reply.body)) as image:
            return replace(reply, body=encode(image.convert("RGB"), extension))

    return remake


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(GZIP_MB * 1_000_000), 1)


def _gzip_bomb(_: Fault, reply: Reply) -> Reply:
    return replace(reply, body=_bomb(), headers={**reply.headers, "Content-Encoding": "gzip"})


def _sent(reply: Reply, send: Callable[..., None]) -> Reply:
    return replace(reply, send=send)


FILES: Final[dict[str, Callable[[Fault, Reply], Reply]]] = {
    "html": _page,
    "html_type": lambda _, reply: replace(reply, type=HTML),
    "no_bytes": lambda _, reply: replace(reply, body=b""),
    "cut": lambda fault, reply: _sent(reply, cut(fault.get("at"))),
    "reset": lambda fault, reply: _sent(reply, cut(fault.get("at"), by_reset=True)),
    "act": lambda fault, reply: _sent(reply, acting(fault.options["act"], fault.get("at", 0))),
    "reset_at_once": lambda _, reply: _sent(reply, reset),
    "hang": lambda _, reply: _sent(reply, hang()),
    "slow": lambda fault, reply: _sent(reply, late(fault.get("seconds", 2.0))),
    "drip": lambda fault, reply: _sent(reply, drip(fault.get("rate", 1.0))),
    "endless": lambda fault, reply: _sent(reply, endless(b"\0", fault.get("rate"))),
    "damaged": lambda _, reply: replace(reply, body=reply.body[: len(reply.body) // 2]),
    "wrong_size": _remade(_other_size),
    "other_ratio": _remade(_other_ratio),
    "tiny": _remade(_tiny),
    "as_jpeg": _as("jpg"),
    "as_webp": _as("webp"),
    "gzip_bomb": _gzip_bomb,
    "403": lambda *_: xml(403, "AccessDenied"),
    "404": lambda *_: xml(404, "NoSuchKey"),
    "410": lambda *_: xml(410, "Gone"),
    "500": lambda *_: xml(500, "InternalError"),
    "503": lambda *_: xml(503, "SlowDown"),
}
KINDS: Final = (*FILES, "redirect")
