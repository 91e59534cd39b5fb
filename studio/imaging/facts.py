"""What goes into and comes out of the decoder: limits, facts, pictures. Nothing here touches a pixel."""

from dataclasses import dataclass

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
}


@dataclass(frozen=True)
class Limits:
    """The most that is decoded: bytes of a file, pixels of a picture."""

    max_bytes: int = 50_000_000
    max_pixels: int = 50_000_000


@dataclass(frozen=True)
class Facts:
    """What a file's header says. Width and height are pixels as the picture is looked at, after orientation.

    `frames` counts the pictures inside (animation, phone JPEGs); only the first is used. `has_alpha` says
    that there is a place for transparency, not that any pixel is transparent.
    """

    format: str
    media_type: str
    width: int
    height: int
    frames: int
    has_alpha: bool


@dataclass(frozen=True)
class Normalised:
    """The working copy: upright, sRGB, no metadata. JPEG when opaque, PNG when any pixel is transparent.

    `width` and `height` are those of `picture`; `facts` describe the file that came in. `thumb` is a WebP.
    """

    picture: bytes
    media_type: str
    width: int
    height: int
    thumb: bytes
    facts: Facts


@dataclass(frozen=True)
class Pixels:
    """All pixels, upright, sRGB, 8 bits a channel, no padding. `mode` is RGB or RGBA (not premultiplied)."""

    data: bytes
    mode: str
    width: int
    height: int
    facts: Facts
