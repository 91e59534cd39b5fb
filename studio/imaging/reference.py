"""What a provider works from: a small bare JPEG of a picture, or several pictures on one sheet."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image

from studio.imaging.decoder import shared
from studio.imaging.encode import jpeg
from studio.imaging.errors import Refused
from studio.imaging.facts import Limits
from studio.imaging.plain import on_white, within

MOST_BYTES: Final = 700_000  # a third more as base64: a few of them fit into one request
LONG_SIDE: Final = 1536
QUALITIES: Final = (90, 80, 70, 60)  # below, fine print on a product goes: fewer pixels are the smaller loss
STEP: Final = 0.9  # of a side: the next size to try is at most this, or what the bytes suggest
LEAST_SIDE: Final = 200
MOST_PICTURES: Final = 5
MARGIN: Final = 0.02  # of a cell's side, kept white all around
LIMITS: Final = Limits(max_bytes=80_000_000)  # what is stored was looked at once already

Cell = tuple[float, float, float]


def fit(data: bytes, most_bytes: int = MOST_BYTES, long_side: int = LONG_SIDE) -> bytes:
    """A picture as a bare sRGB JPEG of at most `most_bytes`; what is transparent shows on white.

    It may be what an engine made, which nobody vouches for. The same picture gives the same bytes. Raises
    Refused, "too_heavy" when it cannot be made so small.
    """
    return _light(_opened(data, long_side), most_bytes)


def sheet(pictures: Sequence[bytes], most_bytes: int = MOST_BYTES, long_side: int = LONG_SIDE) -> bytes:
    """One to five pictures on a white sheet, as a bare JPEG: the first one large, at the left.

    Raises ValueError for none or more than five, and Refused like `fit`.
    """
    cells = _cells(len(pictures))
    wide = max(left + side for left, _, side in cells)
    unit = long_side / wide
    ground = Image.new("RGB", (long_side, round(unit)), "white")
    for data, cell in zip(pictures, cells, strict=True):
        _place(ground, data, cell, unit)
    return _light(ground, most_bytes)


def _cells(count: int) -> list[Cell]:
    """Left, top and side of square cells, in heights of the sheet."""
    if not 1 <= count <= MOST_PICTURES:
        raise ValueError(f"A sheet shows 1 to {MOST_PICTURES} pictures, not {count}")
    if count <= 2:
        return [(float(one), 0, 1) for one in range(count)]
    return [(0, 0, 1), *((1 + one // 2 / 2, one % 2 / 2, 0.5) for one in range(count - 1))]


def _place(ground: Image.Image, data: bytes, cell: Cell, unit: float) -> None:
    left, top, side = (round(one * unit) for one in cell)
    image = _opened(data, round(side * (1 - 2 * MARGIN)))
    ground.paste(image, (left + (side - image.width) // 2, top + (side - image.height) // 2))


def _opened(data: bytes, long_side: int) -> Image.Image:
    """RGB, its longest side at most `long_side`. Foreign bytes meet a decoder in the limited child only."""
    copy = shared().normalise(data, LIMITS, long_side)
    with Image.open(BytesIO(copy.picture), formats=("JPEG", "PNG")) as image:
        return on_white(image)


def _light(image: Image.Image, most_bytes: int) -> bytes:
    """The largest and best that fits."""
    side: float = max(image.size)
    while True:
        smaller = within(image, round(side))
        for quality in QUALITIES:
            data = jpeg(smaller, quality)
            if len(data) <= most_bytes:
                return data
        if side <= LEAST_SIDE:
            raise Refused("too_heavy", limit=most_bytes, smallest=len(data))
        side = max(side * min(STEP, (most_bytes / len(data)) ** 0.5), LEAST_SIDE)
