"""What the bytes say they are, read without decoding. Cheap and safe in any process."""

import re
from collections.abc import Iterator
from typing import Final

from studio.imaging.errors import Refused
from studio.imaging.facts import Limits

HEIC_BRANDS: Final = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevm",
    b"hevs",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
}
AVIF_BRANDS: Final = {b"avif", b"avis"}
BRAND_NAMES: Final = {b"crx ": "camera raw", b"jp2 ": "JPEG 2000", b"jxl ": "JPEG XL"}
BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"II*\0\x10\0\0\0CR", "camera raw"),
    (b"IIRO", "camera raw"),
    (b"IIRS", "camera raw"),
    (b"MMOR", "camera raw"),
    (b"IIU\0", "camera raw"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"FOVb", "camera raw"),
    (b"\0MRM", "camera raw"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"%PDF-", "PDF"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"8BPS", "PSD"),
    (b"8BPB", "PSD"),
    (b"gimp xcf", "XCF"),
    (b"\0\0\1\0", "ICO"),
    (b"\0\0\2\0", "ICO"),
    (b"icns", "ICNS"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"DDS ", "DDS"),
    (b"qoif", "QOI"),
    (b"\xd7\xcd\xc6\x9a", "WMF"),
    (b"BM", "BMP"),
    (b"PK\3\4", "ZIP"),
    (b"PK\5\6", "ZIP"),
    (b"Rar!\x1a\7", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x1a\x45\xdf\xa3", "video"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office document"),
)
# The version tag of DNG, then two makers whose raw files are otherwise plain TIFF.
RAW_MARKS: Final = (
    b"\x12\xc6\x01\x00\x04\x00\x00\x00",
    b"\xc6\x12\x00\x01\x00\x00\x00\x04",
    b"NIKON COR",
    b"SONY\0",
)
SIZED_JPEG_MARKERS: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
ARITHMETIC_JPEG_MARKERS: Final = set(range(0xC9, 0xD0))
# A Huffman-coded JPEG spends at least one bit on each block of 8 × 8 pixels.
MOST_JPEG_PIXELS_A_BYTE: Final = 512


def accept(data: bytes, limits: Limits) -> str:
    """The format of `data` (a key of MEDIA_TYPES). Refused unless first bytes and size pass."""
    if not data:
        raise Refused("empty")
    if len(data) > limits.max_bytes:
        raise Refused("too_many_bytes", bytes=len(data), limit=limits.max_bytes)
    name = identify(data)
    if name not in ("JPEG", "PNG", "WebP", "HEIC", "AVIF"):
        raise Refused("format_refused", format=name) if name else Refused("not_an_image")
    width, height = declared_size(data, name)
    if width * height > limits.max_pixels:
        raise Refused("too_many_pixels", width=width, height=height, limit=limits.max_pixels)
    if name == "JPEG" and _hollow_jpeg(data):
        raise Refused("truncated", format=name)
    return name


def identify(data: bytes) -> str | None:
    """The name of the format that the first bytes tell, or None."""
    if data[4:8] == b"ftyp":
        return _branded(data)
    if data[:4] == b"RIFF":
        return "WebP" if data[8:12] == b"WEBP" else "video"
    name = next((name for beginning, name in BEGINNINGS if data.startswith(beginning)), None)
    if name == "TIFF" and any(mark in data[:4096] for mark in RAW_MARKS):
        return "camera raw"
    return name or _text(data[:1024])


def declared_size(data: bytes, name: str) -> tuple[int, int]:
    """Width and height that the header claims (before orientation), or (0, 0) when it claims none."""
    if name == "JPEG":
        return next(((wide, high) for _, wide, high in _jpeg_frames(data)), (0, 0))
    if name == "PNG":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if name == "WebP":
        return _webp_size(data)
    boxes = re.finditer(rb"ispe\0\0\0\0(.{4})(.{4})", data, re.DOTALL)
    sizes = [(int.from_bytes(box[1], "big"), int.from_bytes(box[2], "big")) for box in boxes]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))


def cut_short(data: bytes, name: str) -> bool:
    """Whether the end of the file is missing, by the lengths that the file itself declares."""
    if name == "JPEG":
        return b"\xff\xd9" not in data[-65536:]
    if name == "PNG":
        return b"IEND" not in data[-65536:]
    if name == "WebP":
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    return _boxes_end(data) > len(data)


def _branded(data: bytes) -> str:
    """ISO media files list their brands: the major one, then the compatible ones."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[at : at + 4] for at in (8, *range(16, length, 4))}
    if brands & AVIF_BRANDS:
        return "AVIF"
    if brands & HEIC_BRANDS:
        return "HEIC"
    return BRAND_NAMES.get(data[8:12], "video")


def _text(start: bytes) -> str | None:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "HTML"
    if text.startswith(b"<") and b"<svg" in text:
        return "SVG"
    return "XML" if text.startswith(b"<?xml") else "PDF" if b"%pdf-" in text else None


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, width, height) of each start-of-frame before the first scan."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            return
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
