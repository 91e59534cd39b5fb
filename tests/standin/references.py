"""Reference pictures: really fetched or decoded, looked at, and written down."""

import hashlib
import ipaddress
from io import BytesIO
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from PIL import Image
from PIL.ExifTags import IFD

from tests.standin.checks import data_of
from tests.standin.dialects import Model
from tests.standin.ledger import Reference

SECONDS, THUMBNAIL = 10.0, 512
FORMATS = ("JPEG", "PNG", "WEBP")
Facts = tuple[str, int, int, tuple[str, ...], str]
_known: dict[str, Facts] = {}  # by digest: many tasks send the same picture


class Unusable(Exception):
    """A reference that cannot be fetched or is no picture; its text is the task's error message."""


class _LoopbackOnly(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], *rest: Any) -> Request | None:
        request = super().redirect_request(req, fp, *rest)
        if request and not is_loopback(request.full_url):
            fp.close()
            raise Unusable("reference redirects to an address that cannot be reached")
        return request


_opener = build_opener(_LoopbackOnly)


def is_loopback(url: str) -> bool:
    """The stand-in reaches nothing but this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def collect(url: str, model: Model) -> bytes:
    """The bytes behind a reference. Unusable when there are none, or too many."""
    data = data_of(url) if url[:5].lower() == "data:" else _fetch(url, model.reference_bytes)
    if len(data) > model.reference_bytes:
        raise Unusable(f"reference is larger than {model.reference_bytes // 1_000_000} MB")
    return data


def describe(task: str, position: int, url: str, data: bytes, model: Model) -> Reference:
    """What arrived, for the ledger; `error` when it is no usable picture."""
    digest = hashlib.sha256(data).hexdigest()
    format, width, height, metadata, error = _known[digest] = _known.get(digest) or _look(data)
    if not error and width * height > model.reference_pixels:
        error = f"reference has more than {model.reference_pixels // 1_000_000} megapixels"
    source = "data" if url[:5].lower() == "data:" else url
    return Reference(task, position, source, digest, len(data), format, width, height, metadata, error)


def missing(task: str, position: int, url: str, error: str) -> Reference:
    return Reference(task, position, url, error=error)


def small(data: bytes) -> Image.Image:
    """The picture, no larger than needed to be seen in a result."""
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        return image.convert("RGBA")


def _look(data: bytes) -> Facts:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            facts = image.format or "", image.width, image.height, _metadata(image, data)
            image.verify()
    except Exception:  # Pillow raises many kinds for what is no picture
        return "", 0, 0, (), "reference is not a PNG, JPEG or WebP picture"
    return *facts, ""


def _metadata(image: Image.Image, data: bytes) -> tuple[str, ...]:
    """Read from the headers: nothing is decoded for it."""
    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    chunks = _chunks(data) if image.format == "PNG" else set()
    found = {
        "exif": bool(exif) or b"eXIf" in chunks,
        "gps": bool(exif.get_ifd(IFD.GPSInfo)),
        "xmp": "xmp" in image.info or "XML:com.adobe.xmp" in image.info,
        "icc": bool(image.info.get("icc_profile")),
        "comment": "comment" in image.info,
        "text": bool(chunks & {b"tEXt", b"zTXt", b"iTXt"}),
    }
    return tuple(name for name, there in found.items() if there)


def _chunks(png: bytes) -> set[bytes]:
    """Names of all chunks, behind the pixels too."""
    found, at = set(), 8
    while at + 8 <= len(png):
        found.add(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4])
    return found


def _fetch(url: str, limit: int) -> bytes:
    if not is_loopback(url):
        raise Unusable("reference cannot be reached")
    try:
        with _opener.open(Request(url, headers={"User-Agent": "HiAPI"}), timeout=SECONDS) as answer:
            data: bytes = answer.read(limit + 1)
            return data
    except HTTPError as error:
        error.close()
        raise Unusable(f"reference answered {error.code}") from None
    except OSError as error:
        raise Unusable(f"reference cannot be reached: {error}") from None
