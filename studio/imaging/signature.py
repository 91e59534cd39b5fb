"""What a file is by its first bytes, whatever its name says."""

from typing import Final

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
