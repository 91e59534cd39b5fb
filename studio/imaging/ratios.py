"""The fifteen shapes a picture is made in, and the arithmetic between shapes."""

from typing import Final

RATIOS: Final = (
    "1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9",
    "9:16", "2:1", "1:2", "3:1", "1:3", "21:9", "9:21",
)  # fmt: skip
LONG_SIDES: Final = {"1K": 1024, "2K": 2048, "4K": 4096}


def parts(ratio: str) -> tuple[int, int]:
    """`"16:9"` -> `(16, 9)`. Raises ValueError for a ratio that is not one of RATIOS."""
    if ratio not in RATIOS:
        raise ValueError(f"{ratio!r} is not one of {', '.join(RATIOS)}")
    wide, high = ratio.split(":")
    return int(wide), int(high)


def size(ratio: str, long_side: int) -> tuple[int, int]:
    """Width and height in pixels of a picture of this ratio whose longer side is `long_side`."""
    wide, high = parts(ratio)
    scale = long_side / max(wide, high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def crop_loss(ratio: str, width: int, height: int) -> float:
    """The share of a picture of `ratio` (0–1) that is trimmed away to fill width × height."""
    wide, high = parts(ratio)
    have, want = wide / high, width / height
    return 1 - min(have, want) / max(have, want)


def nearest(width: int, height: int) -> str:
    """The ratio that loses the least area when cropped to width × height."""
    return min(RATIOS, key=lambda ratio: crop_loss(ratio, width, height))
