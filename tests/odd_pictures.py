"""Good pictures that few programs write: every kind of PNG, EXIF in circles, a profile of inks."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests import pictures
from tests.imaging import profiles

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
INKS = {  # corners of the CMYK profile below: ink coverage -> what is printed, in sRGB
    (0, 0, 0, 0): (255, 255, 255),
    (255, 0, 0, 0): (40, 150, 190),
    (0, 255, 0, 0): (190, 50, 110),
    (0, 0, 255, 0): (235, 215, 60),
    (0, 255, 255, 0): (190, 60, 45),
    (255, 0, 255, 0): (40, 130, 80),
    (255, 255, 0, 0): (60, 60, 120),
    (0, 0, 0, 255): (0, 0, 0),
}
Levels = NDArray[np.int64]


@dataclass(frozen=True)
class Kind:
    """One of the kinds of PNG that its specification allows. `keyed` has a tRNS chunk."""

    colour: int
    depth: int
    interlaced: bool = False
    keyed: bool = False

    def __str__(self) -> str:
        name = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey alpha", RGBA: "rgba"}
        marks = " interlaced" * self.interlaced + " keyed" * self.keyed
        return f"{name[self.colour]} {self.depth}{marks}"


KINDS = [
    Kind(colour, depth, interlaced, keyed)
    for colour, depths in DEPTHS.items()
    for depth in depths
    for interlaced in (False, True)
    for keyed in ((False,) if colour in (GREY_ALPHA, RGBA) else (False, True))
]


def levels(kind: Kind, width: int, height: int) -> Levels:
    """Samples (H, W, channels) of the kind's depth without any symmetry."""
    shape = (height, width, CHANNELS[kind.colour])
    return np.random.default_rng(kind.depth).integers(0, 2**kind.depth, shape)


def png(kind: Kind, width: int = 32, height: int = 32) -> bytes:
    """`levels` as a PNG of this kind."""
    drawn = levels(kind, width, height)
    passes = ADAM7 if kind.interlaced else ((0, 0, 1, 1),)
    parts = [drawn[down::every_row, right::every] for right, down, every, every_row in passes]
    body = b"".join(_rows(part, kind.depth) for part in parts if part.size)
    chunks = [(b"PLTE", palette(kind).astype(np.uint8)[:, :3].tobytes())] if kind.colour == PALETTE else []
    if kind.keyed:
        chunks.append((b"tRNS", _key(kind, drawn)))
    packed = zlib.compress(body)
    return pictures.png(width, height, kind.depth, kind.colour, packed, *chunks, interlaced=kind.interlaced)


def seen(kind: Kind, width: int = 32, height: int = 32) -> NDArray[np.uint8]:
    """What that PNG looks like: (H, W, 4) of 8 bits, worked out from the samples."""
    drawn = levels(kind, width, height)
    if kind.colour == PALETTE:
        return palette(kind)[drawn[..., 0]].astype(np.uint8)
    bytes_ = np.rint(drawn * (255 / (2**kind.depth - 1))).astype(np.uint8)
    grey = kind.colour in (GREY, GREY_ALPHA)
    colour = bytes_[..., [0, 0, 0]] if grey else bytes_[..., :3]
    alpha = bytes_[..., -1] if kind.colour in (GREY_ALPHA, RGBA) else np.full((height, width), 255, np.uint8)
    if kind.keyed:
        alpha = np.where((drawn == drawn[0, 0]).all(axis=2), 0, 255).astype(np.uint8)
    return np.dstack([colour, alpha])


def palette(kind: Kind) -> Levels:
    """As many colours as the depth can name, with the alpha that tRNS gives them."""
    colours = np.random.default_rng(5).integers(0, 256, (2**kind.depth, 4))
    return colours if kind.keyed else np.hstack([colours[:, :3], np.full((len(colours), 1), 255)])


def _key(kind: Kind, drawn: Levels) -> bytes:
    """The alpha of each colour of a palette, else the one colour that is not seen."""
    if kind.colour == PALETTE:
        return palette(kind)[:, 3].astype(np.uint8).tobytes()
    return drawn[0, 0].astype(">u2").tobytes()


def _rows(part: Levels, depth: int) -> bytes:
    return b"".join(b"\0" + _packed(row.ravel(), depth) for row in part)


def _packed(row: Levels, depth: int) -> bytes:
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = row[:, None] >> np.arange(depth - 1, -1, -1) & 1
    return np.packbits(bits.astype(np.uint8)).tobytes()


def exif_loops() -> dict[str, bytes]:
    """EXIF that leads in circles or promises more than there is."""
    orientation = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    return {
        "next directory is itself": _exif(orientation, following=8),
        "exif directory is the first": _exif(orientation, struct.pack(">HHII", 0x8769, 4, 1, 8)),
        "gps directory is the first": _exif(orientation, struct.pack(">HHII", 0x8825, 4, 1, 8)),
        "four billion letters": _exif(orientation, struct.pack(">HHII", 0x010E, 2, 2**32 - 1, 8)),
        "four billion fractions": _exif(orientation, struct.pack(">HHII", 0x011A, 5, 2**32 - 1, 8)),
        "letters behind the end": _exif(orientation, struct.pack(">HHII", 0x010E, 2, 64, 2**31)),
        "65535 entries": _exif(orientation, count=65_535),
    }


def _exif(*entries: bytes, following: int = 0, count: int | None = None) -> bytes:
    number = struct.pack(">H", len(entries) if count is None else count)
    return b"Exif\0\0MM\0*\0\0\0\x08" + number + b"".join(entries) + struct.pack(">I", following)


def cmyk_profile() -> bytes:
    """A printer's profile whose table has two points per ink: the colours of INKS, black with any black."""
    corners = b""
    for corner in np.ndindex(2, 2, 2, 2):
        inks = tuple(255 * ink for ink in corner)
        corners += profiles.lab_bytes((0, 0, 0) if corner[3] else INKS.get(inks, (40, 40, 40)))
    straight = bytes(range(256))
    unit = struct.pack(">9i", *(65536 * value for value in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unit + straight * 4 + corners + straight * 3
    return profiles.printer_profile(table)
