"""What an engine made is fetched, checked and kept; anything odd about it is remarked."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.conf import settings

from studio.flow.engines import ENGINES, is_remote, remote
from studio.flow.picture import keep, take_in
from studio.flow.provenance import brief_packet_of
from studio.imaging.errors import Refused
from studio.imaging.ratios import LONG_SIDES, parts
from studio.models import Attempt, Render
from studio.providers.errors import ProviderError

READS: Final = 6  # times that a result may be gone or no picture before it counts as lost
IN_A_ROW: Final = 3  # the first of them; between the others is more and more time
TELLING: Final = ("address_refused", "result_elsewhere", "result_too_big")  # an operator can do something
OTHER_SHAPE: Final = 0.03  # difference of width to height that people see
FEWER: Final = 0.9


@dataclass(frozen=True)
class Kept:
    """A stored picture: its key, the render's fields, and the files made for it."""

    key: str
    fields: dict[str, Any]
    made: list[str]


def call(render: Render, attempt: Attempt) -> Callable[[], Kept]:
    """What takes time: fetching the result, unless it is here, and making it a picture for screens."""
    trusted, xmp = ENGINES[render.engine].trusted, brief_packet_of(render)
    if attempt.result or not is_remote(render.engine):
        return partial(_keep, attempt.result, xmp, trusted)
    return partial(_fetch, remote(render.engine).fetch, attempt.address, xmp)


def lost(error: Exception) -> str:
    """The code of a result that was paid for and cannot be had."""
    if isinstance(error, ProviderError) and error.code in TELLING:
        return error.code
    return "result_unusable" if isinstance(error, Refused) else "result_lost"


def remarks(render: Render, kept: Kept) -> list[dict[str, Any]]:
    """Whether the picture has the shape and the pixels that were asked for."""
    width, height = kept.fields["width"], kept.fields["height"]
    wide, high = parts(render.ratio)
    seen = {"width": width, "height": height}
    found = []
    if abs(width * high / (height * wide) - 1) > OTHER_SHAPE:
        found.append({"code": "other_shape", "ratio": render.ratio, **seen})
    if is_remote(render.engine) and max(width, height) < FEWER * LONG_SIDES[render.resolution]:
        found.append({"code": "fewer_pixels", "resolution": render.resolution, **seen})
    return found


def _fetch(fetch: Callable[[str, Any], None], address: str, xmp: bytes) -> Kept:
    with tempfile.TemporaryFile(dir=settings.DATA) as file:
        fetch(address, file)
        file.seek(0)
        fields = take_in(file.read(), xmp)
    return Kept(fields["picture"], fields, [fields["picture"], fields["thumb"]])


def _keep(key: str, xmp: bytes, trusted: bool) -> Kept:
    fields = keep(key, xmp, trusted=trusted)
    return Kept(key, fields, [fields["thumb"]])
