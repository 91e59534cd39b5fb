"""What a file's header claims, read without decoding: cheap and safe in any process."""

import math
import re
from collections.abc import Iterator
from typing import Final

from studio.imaging.errors import Refused
from studio.imaging.facts import MEDIA_TYPES, Limits
from studio.imaging.signature import identify

SIZED_JPEG_MARKERS: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
ARITHMETIC_JPEG_MARKERS: Final = set(range(0xC9, 0xD0))
# A Huffman-coded JPEG spends at least one bit on each block of 8 × 8 pixels.
MOST_JPEG_PIXELS_A_BYTE: Final = 512
MOST_JPEG_MARKERS: Final = 5000  # a real file has a few hundred; a hostile one must not keep us busy
MOST_SIZES: Final = 1000  # of an ISO media file; a real one has a handful, all tiles of a picture share one


def accept(data: bytes, limits: Limits) -> str:
    """The format of `data` (a key of MEDIA_TYPES). Refused unless first bytes and size pass."""
    if not data:
        raise Refused("empty")
    if len(data) > limits.max_bytes:
        raise Refused("too_many_bytes", bytes=len(data), limit=limits.max_bytes)
    name = identify(data)
    if name not in MEDIA_TYPES:
        raise Refused("format_refused", format=name) if name else Refused("not_an_image")
    width, height = declared_size(data, name)
    if width * height > limits.max_pixels:
        raise Refused("too_many_pixels", width=width, height=height, limit=limits.max_pixels)
    if name == "JPEG" and _hollow_jpeg(data):
        raise Refused("truncated", format=name)
    return name


def declared_size(data: bytes, name: str) -> tuple[int, int]:
    """Width and height that the header claims (before orientation), or (0, 0) when it claims none.

    Raises Refused("broken") for more claims than any real file makes.
    """
    if name == "JPEG":
        return next(((wide, high) for _, wide, high in _jpeg_frames(data)), (0, 0))
    if name == "PNG":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if name == "WebP":
        return _webp_size(data)
    return _boxed_size(data, name)


def cut_short(data: bytes, name: str) -> bool:
    """Whether the end of the file is missing, by the lengths that the file itself declares."""
    if name == "JPEG":
        return b"\xff\xd9" not in data[-65536:]
    if name == "PNG":
        return b"IEND" not in data[-65536:]
    if name == "WebP":
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    return _boxes_end(data) > len(data)


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, width, height) of each start-of-frame before the first scan."""
    at = 2
    for _ in range(MOST_JPEG_MARKERS):
        if at + 9 > len(data) or data[at] != 0xFF or data[at + 1] == 0xDA:
            return
        marker = data[at + 1]
        if marker in SIZED_JPEG_MARKERS:
            yield (
                marker,
                int.from_bytes(data[at + 7 : at + 9], "big"),
                int.from_bytes(data[at + 5 : at + 7], "big"),
            )
        standalone = marker in (0x01, 0xFF) or 0xD0 <= marker <= 0xD8
        at += (1 if marker == 0xFF else 2) if standalone else 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _hollow_jpeg(data: bytes) -> bool:
    """A few bytes that claim many pixels: libjpeg would fill them with grey and call it a picture."""
    frames = [frame for frame in _jpeg_frames(data) if frame[0] not in ARITHMETIC_JPEG_MARKERS]
    return any(wide * high > MOST_JPEG_PIXELS_A_BYTE * len(data) for _, wide, high in frames)


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk, body = data[12:16], data[20:30].ljust(10, b"\0")
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _boxed_size(data: bytes, name: str) -> tuple[int, int]:
    """The largest of an ISO media file. Looked for everywhere, so no odd box can hide one from us."""
    largest = (0, 0)
    for found, box in enumerate(re.finditer(rb"ispe\0\0\0\0(.{4})(.{4})", data, re.DOTALL)):
        if found == MOST_SIZES:
            raise Refused("broken", format=name)
        size = int.from_bytes(box[1], "big"), int.from_bytes(box[2], "big")
        largest = max(largest, size, key=math.prod)
    return largest


def _boxes_end(data: bytes) -> int:
    """Where the last top-level box of an ISO media file says that it ends."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if length == 0:
            return len(data)
        at += max(length, 8)
    return at
