"""Shapes as they are drawn: the class that carries a ratio, and sizes on one scale."""

from math import sqrt
from typing import Final

WORDS: Final = {
    "1:1": "square", "3:2": "landscape", "2:3": "portrait", "4:3": "landscape", "3:4": "portrait",
    "5:4": "landscape", "4:5": "portrait", "16:9": "wide", "9:16": "tall", "2:1": "wide",
    "1:2": "tall", "3:1": "banner", "1:3": "tower", "21:9": "banner", "9:21": "tower",
}  # fmt: skip
BARE_SIDE: Final = 1024  # a bare shape has no size of its own; it is drawn as a 1K picture


def css(ratio: str) -> str:
    """`"16:9"` -> `"r-16x9"`."""
    return f"r-{ratio.replace(':', 'x')}"


def within(ratio: str, side: int) -> tuple[int, int]:
    """Width and height of the ratio in a square of `side` pixels."""
    wide, high = (int(part) for part in ratio.split(":"))
    return max(1, round(side * wide / max(wide, high))), max(1, round(side * high / max(wide, high)))


def drawn(width: int, height: int, unit: float = 1.9) -> tuple[int, int]:
    """Pixels on screen for pixels in a file.

    The scale is a square root, so that a leaderboard beside a poster can still be seen; the shape stays true.
    """
    scale = unit * sqrt(max(width, height)) / max(width, height)
    return max(3, round(width * scale)), max(3, round(height * scale))
