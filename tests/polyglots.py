"""Good pictures that are something else too: behind the end, between the parts, or as the pixels."""

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.PngImagePlugin import PngInfo

from tests import pictures
from tests.pictures import MARKER

FORMATS = ("JPEG", "PNG", "WebP", "AVIF", "HEIC")
RIDERS = {
    "html": b"<!doctype html><html>" + MARKER + b"</html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'>" + MARKER + b"</svg>",
    "script": b"*/=1;" + MARKER + b"//",
    "php": b"<?php system($_GET['c']); ?>" + MARKER,
    "shell": b"\n#!/bin/sh\necho " + MARKER,
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(" + MARKER + b")>>>>endobj\n%%EOF",
    "zip": b"PK\3\4" + bytes(26) + MARKER + b"PK\5\6" + bytes(18),
    "gif": b"GIF89a" + bytes(7) + b"!\xfe" + bytes([len(MARKER)]) + MARKER + b"\0;",
    "program": b"MZ" + bytes(58) + MARKER,
}


@cache
def polyglots() -> dict[str, bytes]:
    """All are pictures that we take, and all hold MARKER in the clear."""
    behind = {
        f"{format} + {name}": _photo(format) + rider for format in FORMATS for name, rider in RIDERS.items()
    }
    return behind | _jpegs() | _pngs() | _others()


def impostors() -> dict[str, bytes]:
    """What only calls itself a picture: nothing of it is taken."""
    return {f"{name}.jpg": rider for name, rider in RIDERS.items()} | {
        "gif with a script.gif": b"GIF89a/*" + bytes(9) + b"*/=1;" + MARKER,
        "html behind white space.jpg": b" \n\t" + RIDERS["html"],
    }


def _jpegs() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[Base.ImageDescription] = MARKER.decode()
    exif.get_ifd(IFD.Exif)[Base.UserComment] = b"ASCII\0\0\0" + MARKER
    plain = _photo()
    return {
        "jpeg comment": _photo(comment=MARKER),
        "jpeg exif": _photo(exif=exif),
        "jpeg xmp": _photo(xmp=b"<x:xmpmeta>" + MARKER + b"</x:xmpmeta>"),
        "jpeg app1 of nobody": _with_segment(plain, 0xE1, b"nobody\0" + MARKER),
        "jpeg photoshop": _with_segment(plain, 0xED, b"Photoshop 3.0\x008BIM\4\4\0\0" + MARKER),
        "jpeg app15": _with_segment(plain, 0xEF, MARKER),
        "jpeg icc": _photo(icc_profile=bytes(128) + MARKER),
        "jpeg between two pictures": _photo() + MARKER + pictures.photo(50, 50),
        "jpeg tables, then html": plain[:-2] + b"\xff\xfe" + _sized(MARKER) + plain[-2:],
    }


def _pngs() -> dict[str, bytes]:
    texts, exif = PngInfo(), Image.Exif()
    texts.add_text("Comment", MARKER.decode())
    texts.add_itxt("Author", MARKER.decode())
    exif[Base.ImageDescription] = MARKER.decode()
    row = (b"\0" + bytes(192)) * 64
    small = zlib.compress(row)
    stored = zlib.compress((b"\0" + (MARKER * 9)[:192]) * 64, 0)
    clear = zlib.compress((b"\0" + (MARKER * 9)[:256]) * 64, 0)
    return {
        "png texts": _photo("PNG", pnginfo=texts),
        "png exif": _photo("PNG", exif=exif),
        "png chunk of nobody": pictures.png(64, 64, 8, 2, small, (b"prVt", MARKER)),
        "png time": pictures.png(64, 64, 8, 2, small, (b"tIME", MARKER)),
        "png rest of the pixels": pictures.png(64, 64, 8, 2, small + MARKER),
        "png pixels": pictures.png(64, 64, 8, 2, stored),
        "png transparent pixels": pictures.png(64, 64, 8, 6, clear),
        "png palette": _palette(),
    }


def _others() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[Base.ImageDescription] = MARKER.decode()
    free = struct.pack(">I", len(MARKER) + 8) + b"free" + MARKER
    return {
        "webp chunk of nobody": _with_chunk(_photo("WebP"), b"EVIL", MARKER + b"\0"),
        "webp exif": _photo("WebP", exif=exif),
        "webp xmp": _photo("WebP", xmp=MARKER),
        "avif free box": _photo("AVIF") + free,
        "avif exif": _photo("AVIF", exif=exif),
        "heic free box": _photo("HEIC") + free,
        "heic exif": _photo("HEIC", exif=exif),
    }


def _photo(format: str = "JPEG", **options: object) -> bytes:
    """Under the 64 px from which packshots are cut out: what is stored as its cut-out is all of it."""
    return pictures.photo(60, 48, format, **options)


def _sized(data: bytes) -> bytes:
    return struct.pack(">H", len(data) + 2) + data


def _with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    return jpeg[:2] + bytes([0xFF, marker]) + _sized(data) + jpeg[2:]


def _with_chunk(webp: bytes, name: bytes, data: bytes) -> bytes:
    data += bytes(len(data) % 2)
    longer = bytearray(webp + name + struct.pack("<I", len(data)) + data)
    longer[4:8] = struct.pack("<I", len(longer) - 8)
    return bytes(longer)


def _palette() -> bytes:
    """Its colours are the letters of MARKER."""
    image = Image.new("P", (64, 64))
    image.putpalette((MARKER * 21)[:768])
    image.putdata([number % 256 for number in range(64 * 64)])
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
