"""Profiles that a file means without carrying them: by its camera's mark or by a code of its container."""

import re
import struct
from typing import Final

from PIL import Image
from PIL.ExifTags import IFD, Interop

D50: Final = (0.96420, 1.0, 0.82491)
# Red, green and blue as seen under D50, from the specifications' primaries.
ADOBE_RGB: Final = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
DISPLAY_P3: Final = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
BT_2020: Final = ((0.67348, 0.27904, -0.00194), (0.16566, 0.67534, 0.02998), (0.12505, 0.04561, 0.79686))
SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# Codes of ITU-T H.273: the two wide gamuts, and every curve that is not of high dynamic range.
CODED: Final = {9: BT_2020, 12: DISPLAY_P3}
ORDINARY_CURVES: Final = {1, 2, 6, 13, 14, 15}
CODES: Final = re.compile(rb"colrnclx(?P<primaries>..)(?P<curve>..)|cICP(?P<first>.)(?P<second>.)", re.DOTALL)
Columns = tuple[tuple[float, float, float], ...]


def implied(image: Image.Image, data: bytes) -> bytes | None:
    """The ICC profile that a file without one implies, or None when that is sRGB or not to be known."""
    if image.format in ("JPEG", "MPO"):
        return profile(ADOBE_RGB, (563 / 256,)) if _from_camera_in_adobe_rgb(image) else None
    codes = CODES.search(data)
    if codes is None or image.format == "WEBP":
        return None
    primaries, curve = (int.from_bytes(code, "big") for code in codes.groups() if code is not None)
    if primaries not in CODED or curve not in ORDINARY_CURVES:
        return None
    return profile(CODED[primaries], SRGB_CURVE)


def profile(columns: Columns, curve: tuple[float, ...]) -> bytes:
    """An ICC profile of a display; `curve` is a power, or the five numbers of a power with a linear foot."""
    tags = {b"wtpt": _xyz(D50)}
    for name, column in zip((b"r", b"g", b"b"), columns, strict=True):
        tags |= {name + b"XYZ": _xyz(column), name + b"TRC": _curve(curve)}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(body), len(tag))
        body += tag
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x", start + len(body), 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return (head + _fixed(*D50)).ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _from_camera_in_adobe_rgb(image: Image.Image) -> bool:
    """Cameras mark it in EXIF as R03, many without embedding the profile."""
    try:
        return image.getexif().get_ifd(IFD.Interop).get(Interop.InteropIndex) == "R03"
    except Exception:  # hostile EXIF is no reason to refuse a good picture
        return False


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _curve(numbers: tuple[float, ...]) -> bytes:
    kind = {1: 0, 5: 3}[len(numbers)]
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(*numbers)


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(65536 * number)) for number in numbers)
