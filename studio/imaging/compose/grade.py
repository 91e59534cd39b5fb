"""What lens and film do last: vignette, grain, bytes."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.compose.linear import to_display
from studio.imaging.noise import Map, f32

_GRAIN: Final = 1024


def vignette(columns: Map, rows: Map, width: int, height: int, amount: float) -> Map:
    """Gain towards the corners, (rows, columns, 1): 1 in the middle."""
    x, y = (columns / width - 0.5) * 2, (rows / height - 0.5) * 2
    away = 0.5 * (x * x)[None, :] + 0.5 * (y * y)[:, None]
    return (1 - 0.6 * amount * away**1.4)[..., None].astype(np.float32)


def develop(light: Map, grain: Map) -> NDArray[np.uint8]:
    """Linear light and grain (rows, columns), in display values, to sRGB bytes."""
    return np.clip((to_display(light) + grain[..., None]) * 255 + 0.5, 0, 255).astype(np.uint8)


class Grain:
    """Film grain of one picture: fine, monochrome, as large on a big print as on a small one."""

    def __init__(self, amount: float, long_side: int, rng: np.random.Generator) -> None:
        self._size = max(1.0, long_side / 2048)
        self._amount = np.float32(0.003 + 0.016 * amount)
        self._shift = rng.integers(0, _GRAIN, 2)

    def at(self, top: int, bottom: int, width: int) -> Map:
        sheet = _sheet(round(self._size * 2))
        rows = (np.arange(top, bottom) + self._shift[0]) % _GRAIN
        columns = (np.arange(width) + self._shift[1]) % _GRAIN
        return f32(sheet[rows[:, None], columns[None, :]] * self._amount)


@lru_cache(maxsize=4)
def _sheet(size: int) -> Map:
    noise = np.random.default_rng(size).standard_normal((_GRAIN, _GRAIN), dtype=np.float32)
    if size <= 2:
        return noise
    soft = cv2.GaussianBlur(noise, (0, 0), size / 4, borderType=cv2.BORDER_REFLECT)
    return soft / float(soft.std())
