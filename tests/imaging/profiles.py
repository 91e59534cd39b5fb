"""ICC profiles made by hand, and what their colours are in sRGB, worked out without a colour library."""

import struct

import numpy as np

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D65, D50 = np.array([0.95047, 1.0, 1.08883]), np.array([0.96422, 1.0, 0.82521])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
Primaries = tuple[tuple[float, float], ...]


def rgb_profile(primaries: Primaries, gamma: float = 2.2) -> bytes:
    """A display profile of these primaries (white D65) and one power curve."""
    adapted = _adaptation() @ to_xyz(primaries)
    tags = {b"wtpt": _xyz(D50), b"desc": _description("handmade")}
    for step, name in enumerate((b"r", b"g", b"b")):
        tags[name + b"XYZ"] = _xyz(adapted[:, step])
        tags[name + b"TRC"] = _curve(gamma)
    return _profile(b"mntr", b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    tags = {b"wtpt": _xyz(D50), b"desc": _description("handmade grey"), b"kTRC": _curve(gamma)}
    return _profile(b"mntr", b"GRAY", tags)


def printer_profile(table: bytes) -> bytes:
    """A CMYK profile; `table` is the content of its A2B0 tag, to Lab."""
    tags = {b"wtpt": _xyz(D50), b"desc": _description("handmade inks"), b"A2B0": table}
    return _profile(b"prtr", b"CMYK", tags, b"Lab ")


def lab_bytes(colour: tuple[int, int, int]) -> bytes:
    """An sRGB colour as a profile's table of bytes holds it: CIE Lab under D50."""
    light, a, b = _lab_of(_adaptation() @ to_xyz(SRGB) @ _linear(colour) / D50)
    return bytes(round(value) for value in (light * 2.55, a + 128, b + 128))


def in_srgb(colour: tuple[int, int, int], primaries: Primaries, gamma: float | None = 2.2) -> tuple[int, ...]:
    """What this colour is in sRGB, clipped where sRGB ends; without a gamma, sRGB's own curve holds."""
    light = _linear(colour) if gamma is None else (np.array(colour) / 255) ** gamma
    linear = np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries) @ light
    return tuple(round(255 * srgb_level(level)) for level in linear)


def srgb_level(linear: float) -> float:
    linear = min(max(linear, 0), 1)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def delta_e(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """CIE 1976 distance of two sRGB colours."""
    return float(np.linalg.norm(_lab(one) - _lab(other)))


def to_xyz(primaries: Primaries) -> np.ndarray:
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    return columns * np.linalg.solve(columns, D65)


def _lab(colour: tuple[int, ...]) -> np.ndarray:
    return _lab_of(to_xyz(SRGB) @ _linear(colour[:3]) / D65)


def _lab_of(share: np.ndarray) -> np.ndarray:
    """From XYZ as shares of the white's."""
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _linear(colour: tuple[int, ...]) -> np.ndarray:
    levels = np.array(colour) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _adaptation() -> np.ndarray:
    return np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ D65)) @ BRADFORD


def _profile(kind: bytes, space: bytes, tags: dict[bytes, bytes], to: bytes = b"XYZ ") -> bytes:
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    start = struct.pack(">I4sI4s4s4s", at + len(body), b"\0" * 4, 0x02100000, kind, space, to)
    middle = b"\0" * 12 + b"acsp" + b"\0" * 28 + struct.pack(">3i", *(round(65536 * value) for value in D50))
    return (start + middle).ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * value) for value in values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _description(text: str) -> bytes:
    words = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + bytes(78)
