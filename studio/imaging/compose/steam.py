"""A wisp of steam: thin sheets of noise, drawn up and apart by the warm air behind a product."""

from typing import Final

import cv2
import numpy as np

from studio.imaging.compose.place import Stage
from studio.imaging.noise import Map, cloud, f32, soften, step

LONG: Final = 512
_TILE: Final = 512


def steam(stage: Stage, rng: np.random.Generator) -> Map:
    """Brightness 0-1 over the whole frame, LONG pixels long."""
    small = stage.scaled(LONG / max(stage.width, stage.height))
    rows = np.arange(small.height, dtype=np.float32)[:, None] + 0.5
    columns = np.arange(small.width, dtype=np.float32)[None, :] + 0.5
    up = (small.top + 0.12 * small.high - rows) / small.unit
    x = (columns - small.middle) / small.unit + 0.05 * np.sin(3.1 * up + rng.uniform(0, 6))
    grown = np.maximum(up, 0)
    envelope = np.exp(-((x / (0.09 + 0.16 * grown)) ** 2)) * step(0.0, 0.3, up) * np.exp(-grown / 0.55)
    return f32(envelope * _sheets(x, up, grown, rng))


def _sheets(x: Map, up: Map, grown: Map, rng: np.random.Generator) -> Map:
    """Folded sheets: bright where the warped noise is near zero, wider and more torn higher up."""
    key = int(rng.integers(1 << 30))
    push, fold = soften(cloud(_TILE, 2.2, key), 3), soften(cloud(_TILE, 2.4, key + 1), 2)
    drift = _look(push, x * 0.35, up * 0.3) * (0.05 + 0.2 * grown)
    lift = _look(push, x * 0.3 + 0.5, up * 0.35) * 0.12
    seen = _look(fold, (x + drift) * 0.55, (up + lift) * 0.2)
    sheet = 0.6 * np.exp(-((seen / 0.3) ** 2))
    for side in (-1, 1):
        sheet += _filament(x + 0.6 * drift, side * (0.02 + 0.07 * grown), grown) * (
            0.75 + 0.25 * np.tanh(side * seen)
        )
    return np.clip(0.1 + sheet, 0, 1)


def _filament(x: Map, middle: Map, grown: Map) -> Map:
    """One thread of steam that widens and fades as it rises, sharper on its outer side."""
    away = (x - middle) / (0.022 + 0.06 * grown)
    return f32(np.exp(-(np.abs(away) ** np.where(away * np.sign(middle) > 0, 2.0, 1.1))) / (1 + 1.2 * grown))


def _look(tile: Map, u: Map, v: Map) -> Map:
    at_u, at_v = np.broadcast_arrays(np.mod(u * _TILE, _TILE), np.mod(-v * _TILE, _TILE))
    at_u, at_v = np.ascontiguousarray(at_u, np.float32), np.ascontiguousarray(at_v, np.float32)
    return cv2.remap(tile, at_u, at_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
