"""What a file is, from its content alone: its leading bytes, then its decoder's reading of the header."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pillow_heif
from PIL import AvifImagePlugin, Image
from PIL.ExifTags import Base

from studio.imaging.errors import Refused
from studio.imaging.facts import MEDIA_TYPES, Facts, Limits
from studio.imaging.header import accept, cut_short

DECODERS = {"JPEG": ("JPEG", "MPO"), "PNG": ("PNG",), "WebP": ("WEBP",), "HEIC": ("HEIF",), "AVIF": ("AVIF",)}
SIDEWAYS = range(5, 9)

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def probe(data: bytes, limits: Limits) -> Facts:
    """Facts of the picture in `data`; raises Refused when it is not one that we take.

    Decodes no pixels, except of a PNG, whose orientation may stand behind them; elsewhere a good header
    with bad pixels passes.
    """
    with opened(data, limits) as (_, facts):
        return facts


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[tuple[Image.Image, Facts]]:
    """The picture, opened but not decoded, and its facts. Whatever a decoder throws inside becomes Refused.

    Not for threads: Pillow's own pixel limit is one number for the whole process.
    """
    name = accept(data, limits)
    try:
        with _pixel_limit(limits.max_pixels), Image.open(BytesIO(data), formats=DECODERS[name]) as image:
            yield image, _facts(image, name, limits)
    except (Refused, MemoryError):
        raise
    except (
        Exception
    ) as fault:  # decoders throw OSError, SyntaxError, ValueError and more: all mean one thing here
        short = "truncated" in str(fault).lower() or cut_short(data, name)
        raise Refused("truncated" if short else "broken", format=name) from fault


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 when it is missing or unreadable."""
    if image.format == "PNG":
        image.load()  # getexif() would do it too, and the fault would be lost below
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except Exception:  # hostile EXIF is no reason to refuse a good picture
        return 1
    return value if value in range(1, 9) else 1


@contextmanager
def _pixel_limit(max_pixels: int) -> Iterator[None]:
    """Covers pictures inside pictures, whose size our own look at the header cannot see."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _facts(image: Image.Image, name: str, limits: Limits) -> Facts:
    width, height = reversed(image.size) if orientation(image) in SIDEWAYS else image.size
    if width * height > limits.max_pixels:
        raise Refused("too_many_pixels", width=width, height=height, limit=limits.max_pixels)
    frames = int(getattr(image, "n_frames", 1))
    return Facts(name, MEDIA_TYPES[name], width, height, frames, image.has_transparency_data)
