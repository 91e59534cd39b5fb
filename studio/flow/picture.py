"""What came back from an engine becomes a picture that can be shown."""

import hashlib
import io
from typing import Any

from PIL import Image

from studio import storage
from studio.flow.intake import limits
from studio.imaging import decoder
from studio.imaging.encode import webp

SCREEN, THUMB = 1600, 560  # longest side in pixels


def keep(result: str, *, trusted: bool) -> dict[str, Any]:
    """Fields of a Render for the bytes stored under `result`: full picture, screen copy, thumb, facts.

    Bytes that are not our own are decoded in the limited child. Raises Refused when they are no picture.
    """
    data = storage.read(result)
    image = _ours(data) if trusted else _theirs(data)
    return {
        "picture": result,
        "screen": storage.save(webp(image, SCREEN, quality=86), "screens", "webp"),
        "thumb": storage.save(webp(image, THUMB, quality=80), "thumbs", "webp"),
        "media_type": Image.MIME["PNG"],
        "width": image.width,
        "height": image.height,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _ours(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=("PNG",))
    image.load()
    return image


def _theirs(data: bytes) -> Image.Image:
    pixels = decoder.shared().decode(data, limits())
    return Image.frombuffer(pixels.mode, (pixels.width, pixels.height), pixels.data)
