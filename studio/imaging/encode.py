"""Write a finished picture as the file that a channel takes, a screen shows or the store keeps."""

from dataclasses import dataclass
from io import BytesIO
from math import floor, log

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.imaging.errors import Refused
from studio.imaging.facts import MEDIA_TYPES
from studio.imaging.plain import bare, on_white, solid, within

OPAQUE = ("JPEG", "WebP", "AVIF", "PNG")  # JPEG first: every channel and every tool of the trade takes it
TRANSPARENT = ("PNG", "WebP", "AVIF", "JPEG")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WebP": "webp", "AVIF": "avif"}
BEST, GOOD, LEAST = 92, 80, 40  # quality: tried first; below it another format is tried; never below
FULL_COLOUR = 86  # from this quality up, each pixel keeps its own colour (4:4:4)
LOSSLESS = 100
ENOUGH = 0.95  # of the limit: to come nearer is not worth another try
_POINTS = 28.0


@dataclass(frozen=True)
class Encoded:
    """A file. `format` is JPEG, PNG, WebP or AVIF; `quality` is that of a JPEG as good, 100 for lossless."""

    data: bytes
    format: str
    extension: str
    media_type: str
    quality: int


def encode(
    image: Image.Image, formats: tuple[str, ...], max_bytes: int | None = None, xmp: bytes = b""
) -> Encoded:
    """The best file of at most `max_bytes` in one of `formats` (any case; those we do not write are ignored).

    `image` is in sRGB. The same picture gives the same bytes, with no metadata but `xmp`, a packet.
    Raises Refused("too_heavy") when nothing fits, Refused("no_format") when none of the formats is ours.
    """
    image = bare(solid(image if image.mode in ("RGB", "RGBA") else image.convert("RGB")))
    taken = {name.strip().lower() for name in formats}
    order = [name for name in (TRANSPARENT if image.mode == "RGBA" else OPAQUE) if name.lower() in taken]
    if not order:
        raise Refused("no_format", formats=", ".join(formats))
    if max_bytes is None:
        return _file(image, order[0], BEST, xmp)
    return _first_good(image, order, max_bytes, xmp)


def png(image: Image.Image, xmp: bytes = b"") -> bytes:
    """A lossless master: written fast rather than small."""
    return _saved(bare(image), "PNG", xmp, compress_level=1)


def jpeg(image: Image.Image, quality: int) -> bytes:
    """A working copy: every pixel's own colour, written fast."""
    return _saved(bare(on_white(image)), "JPEG", quality=quality, subsampling="4:4:4")


def webp(image: Image.Image, long_side: int, quality: int = 80, xmp: bytes = b"") -> bytes:
    """A screen copy, its longest side at most `long_side` pixels; transparency is kept."""
    return _saved(bare(within(image, long_side)), "WEBP", xmp, quality=quality, method=2)


def _first_good(image: Image.Image, order: list[str], max_bytes: int, xmp: bytes) -> Encoded:
    """The first format that fits at a good quality, else the one that suffers least."""
    tried = []
    for name in order:
        file = _fitting(image, name, max_bytes, xmp)
        if len(file.data) <= max_bytes and file.quality >= GOOD:
            return file
        tried.append(file)
    fitting = [file for file in tried if len(file.data) <= max_bytes]
    if not fitting:
        raise Refused("too_heavy", limit=max_bytes, smallest=min(len(file.data) for file in tried))
    return max(fitting, key=lambda file: file.quality)


def _fitting(image: Image.Image, name: str, max_bytes: int, xmp: bytes) -> Encoded:
    """The best quality that fits, or nearly; when none does, the least.

    A file takes about e times the bytes for each `_POINTS` of quality, and exactly as many more as the last
    two tries tell: so a few tries find what a search by halves needs six for.
    """
    over = _file(image, name, BEST, xmp)
    if len(over.data) <= max_bytes or over.quality == LOSSLESS:
        return over
    under: Encoded | None = None
    low, high, points = LEAST - 1, BEST, _POINTS
    while high - low > 1 and not (under and len(under.data) >= ENOUGH * max_bytes):
        known = under or over
        guess = floor(known.quality + points * log(max(max_bytes, 1) / len(known.data)))
        tried = _file(image, name, min(max(guess, low + 1), high - 1), xmp)
        points = _slope(known, tried) or points
        if len(tried.data) <= max_bytes:
            under, low = tried, tried.quality
        else:
            over, high = tried, tried.quality
    return under or over


def _slope(one: Encoded, other: Encoded) -> float:
    """Points of quality for e times the bytes, as these two files tell."""
    apart = log(len(one.data) / len(other.data))
    return (one.quality - other.quality) / apart if apart else 0.0


def _file(image: Image.Image, name: str, quality: int, xmp: bytes) -> Encoded:
    if name == "JPEG":
        data = _progressive(image, quality, xmp)
    elif name == "PNG":
        data, quality = _saved(image, "PNG", xmp, compress_level=6), LOSSLESS
    elif name == "WebP":
        data = _saved(image, "WEBP", xmp, quality=quality, method=4)
    else:  # AVIF's own scale lies lower; one thread, so that the bytes are always the same
        data = _saved(image, "AVIF", xmp, quality=quality - 15, speed=8, max_threads=1)
    return Encoded(data, name, EXTENSIONS[name], MEDIA_TYPES[name], quality)


def _progressive(image: Image.Image, quality: int, xmp: bytes) -> bytes:
    subsampling = "4:4:4" if quality >= FULL_COLOUR else "4:2:0"
    options = {"quality": quality, "subsampling": subsampling, "progressive": True, "optimize": True}
    return _saved(on_white(image), "JPEG", xmp, **options)


def _saved(image: Image.Image, name: str, xmp: bytes = b"", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, name, **options, **_with(xmp, name))
    return out.getvalue()


def _with(xmp: bytes, name: str) -> dict[str, object]:
    """Pillow's option for the packet; for PNG that is a text of a fixed name."""
    if not xmp:
        return {}
    if name != "PNG":
        return {"xmp": xmp}
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
    return {"pnginfo": texts}
