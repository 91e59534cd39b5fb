"""What came back from an engine becomes a picture that can be shown."""

import hashlib
import io
from typing import Any, Final

from PIL import Image

from studio import storage
from studio.flow.engines import ENGINES
from studio.flow.intake import limits
from studio.flow.provenance import packet_of
from studio.imaging import decoder
from studio.imaging.encode import webp
from studio.imaging.facts import MEDIA_TYPES
from studio.models import Render

SCREEN, THUMB = 1600, 560  # longest side in pixels
SUFFIXES: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def keep(result: str, xmp: bytes, *, trusted: bool) -> dict[str, Any]:
    """Fields of a Render for the bytes stored under `result`: full picture, thumb, facts.

    `xmp` is the packet that the thumb carries.

    The copy for screens is made with the cuts, so that pictures arrive sooner.

    Bytes that are not our own are decoded in the limited child. Raises Refused when they are no picture.
    """
    data = storage.read(result)
    return _fields(data, xmp, *(_ours(data) if trusted else _theirs(data))) | {"picture": result}


def take_in(data: bytes, xmp: bytes) -> dict[str, Any]:
    """The same for what a provider sent. It is stored last, so that who dies over it leaves little behind.

    Raises Refused, and OSError when there is no room: then nothing is kept.
    """
    fields = _fields(data, xmp, *_theirs(data))
    try:
        suffix = SUFFIXES.get(fields["media_type"], "img")
        return fields | {"picture": storage.save(data, "pictures", suffix)}
    except OSError:
        storage.delete([fields["thumb"]])
        raise


def _fields(data: bytes, xmp: bytes, image: Image.Image, media_type: str) -> dict[str, Any]:
    return {
        "thumb": storage.save(webp(image, THUMB, quality=80, xmp=xmp), "thumbs", "webp"),
        "media_type": media_type,
        "width": image.width,
        "height": image.height,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def keep_screen(render: Render, image: Image.Image) -> None:
    """Stores the copy for screens; whoever made it first has the row, the other's file goes."""
    key = storage.save(webp(image, SCREEN, quality=86, xmp=packet_of(render)), "screens", "webp")
    if not Render.objects.filter(pk=render.pk, screen="").update(screen=key):
        storage.delete([key])
        return
    render.screen = key


def pixels(render: Render) -> Image.Image:
    """The full picture. Raises FileNotFoundError, and Refused for bytes that are no picture any more."""
    data = storage.read(render.picture)
    return (_ours if ENGINES[render.engine].trusted else _theirs)(data)[0]


def _ours(data: bytes) -> tuple[Image.Image, str]:
    image = Image.open(io.BytesIO(data), formats=("PNG",))
    image.load()
    return image, Image.MIME["PNG"]


def _theirs(data: bytes) -> tuple[Image.Image, str]:
    pixels = decoder.shared().decode(data, limits())
    image = Image.frombuffer(pixels.mode, (pixels.width, pixels.height), pixels.data)
    return image, MEDIA_TYPES[pixels.facts.format]
