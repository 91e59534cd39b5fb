"""Periodic noise: square float32 tiles that repeat without a seam."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[Any]  # float32 throughout; the stubs of numpy and OpenCV cannot follow it
GOLDEN: Final = 2.399963


def f32(values: Any) -> Map:
    """Any numbers as float32, not copied where they are already."""
    return np.asarray(values, np.float32)


def cloud(
    size: int, slope: float, key: int, stretch: tuple[float, float] = (1.0, 1.0), low: float = 1.0
) -> Map:
    """Noise with power falling as frequency ** -slope: mean 0, deviation 1, shape (size, size).

    `stretch` lengthens the features along (x, y); frequencies under `low` cycles a tile are left out.
    """
    rng = np.random.default_rng(key)
    fy = f32(np.fft.fftfreq(size, 1 / size))[:, None] * np.float32(stretch[1])
    fx = f32(np.fft.rfftfreq(size, 1 / size))[None, :] * np.float32(stretch[0])
    radius = cv2.magnitude(*np.broadcast_arrays(fx, fy))
    power = np.where(radius >= low, cv2.pow(np.maximum(radius, 1), -slope), 0)
    turn = rng.random(power.shape, dtype=np.float32) * np.float32(2 * np.pi)
    spectrum = np.empty(power.shape, np.complex64)
    spectrum.real, spectrum.imag = cv2.polarToCart(f32(power), turn)
    tile = np.fft.irfft2(spectrum, s=(size, size))
    return f32((tile - tile.mean()) / max(float(tile.std()), 1e-9))


def warp(tile: Map, dx: Map, dy: Map) -> Map:
    """The tile looked up at positions moved by (dx, dy) pixels, wrapping around."""
    size = tile.shape[0]
    grid = np.arange(size, dtype=np.float32)
    at_x = np.mod(grid[None, :] + dx, size).astype(np.float32)
    at_y = np.mod(grid[:, None] + dy, size).astype(np.float32)
    return cv2.remap(tile, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def step(low: float, high: float, values: Map) -> Map:
    """A smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
    return t * t * (3 - 2 * t)


def soften(tile: Map, sigma: float) -> Map:
    """Gaussian blur that wraps around; sigma in pixels."""
    pad = min(int(sigma * 3) + 1, tile.shape[0])
    wide = np.pad(tile, pad, mode="wrap")
    return cv2.GaussianBlur(wide, (0, 0), sigma)[pad:-pad, pad:-pad].copy()


def smooth(picture: Map, sigma: float, sigma_y: float | None = None) -> Map:
    """Gaussian blur with reflected borders; wide ones are done on a smaller grid, where nobody sees it."""
    sigma_y = sigma if sigma_y is None else sigma_y
    shrink_x, shrink_y = (max(1, int(side / 3)) for side in (sigma, sigma_y))
    high, wide = picture.shape[:2]
    if shrink_x * shrink_y == 1 or min(wide / shrink_x, high / shrink_y) < 4:
        return cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.3), sigmaY=max(sigma_y, 0.3))
    size = -(-wide // shrink_x), -(-high // shrink_y)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink_x, sigmaY=sigma_y / shrink_y)
    return cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)


def spiral(count: int) -> Map:
    """`count` points spread evenly over the unit disc, shape (count, 2)."""
    index = np.arange(count, dtype=np.float32)
    radius = np.sqrt((index + 0.5) / count)
    return np.stack([radius * np.cos(index * GOLDEN), radius * np.sin(index * GOLDEN)], 1).astype(np.float32)
