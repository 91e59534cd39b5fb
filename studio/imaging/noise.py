"""Periodic noise: square float32 tiles that repeat without a seam."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Tile = NDArray[np.float32]
GOLDEN: Final = 2.399963


def cloud(
    size: int, slope: float, key: int, stretch: tuple[float, float] = (1.0, 1.0), low: float = 1.0
) -> Tile:
    """Noise with power falling as frequency ** -slope: mean 0, deviation 1, shape (size, size).

    `stretch` lengthens the features along (x, y); frequencies under `low` cycles a tile are left out.
    """
    rng = np.random.default_rng(key)
    fy = np.fft.fftfreq(size, 1 / size)[:, None] * stretch[1]
    fx = np.fft.rfftfreq(size, 1 / size)[None, :] * stretch[0]
    radius = np.sqrt(fx * fx + fy * fy).astype(np.float32)
    power = np.where(radius >= low, np.maximum(radius, 1) ** -slope, 0).astype(np.float32)
    phase = rng.random(power.shape, dtype=np.float32) * np.float32(2 * np.pi)
    tile = np.fft.irfft2(power * np.exp(1j * phase), s=(size, size)).astype(np.float32)
    return (tile - tile.mean()) / max(float(tile.std()), 1e-9)  # type: ignore[no-any-return]


def warp(tile: Tile, dx: Tile, dy: Tile) -> Tile:
    """The tile looked up at positions moved by (dx, dy) pixels, wrapping around."""
    size = tile.shape[0]
    grid = np.arange(size, dtype=np.float32)
    at_x = np.mod(grid[None, :] + dx, size).astype(np.float32)
    at_y = np.mod(grid[:, None] + dy, size).astype(np.float32)
    return cv2.remap(tile, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # type: ignore[return-value]


def step(low: float, high: float, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
    return t * t * (3 - 2 * t)  # type: ignore[no-any-return]


def soften(tile: Tile, sigma: float) -> Tile:
    """Gaussian blur that wraps around; sigma in pixels."""
    pad = min(int(sigma * 3) + 1, tile.shape[0])
    wide = np.pad(tile, pad, mode="wrap")
    return cv2.GaussianBlur(wide, (0, 0), sigma)[pad:-pad, pad:-pad].copy()  # type: ignore[no-any-return]


def spiral(count: int) -> NDArray[np.float32]:
    """`count` points spread evenly over the unit disc, shape (count, 2)."""
    index = np.arange(count, dtype=np.float32)
    radius = np.sqrt((index + 0.5) / count)
    return np.stack([radius * np.cos(index * GOLDEN), radius * np.sin(index * GOLDEN)], 1).astype(np.float32)
