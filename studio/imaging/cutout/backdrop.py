"""What the picture would look like without the product: a smooth surface in Lab, and what strays from it."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import Mask, Pixels, Plane, blur, frame, shrink

_DEGREE = 3
_COARSE = 4  # px of the picture per px of the grid on which differences are spread
_SHADOW_HUE = 6.0  # Lab by which a shadow may stray in hue, for the share of light it takes
_LEAST_FRAME = 0.05  # share of the frame through which a surface can be laid
_DEEPEST = 0.3  # a shadow keeps at least this share of the backdrop's lightness


@dataclass(frozen=True)
class Noise:
    """Spread of an empty backdrop around its smooth surface, in Lab."""

    light: float
    chroma: float


def lab_of(rgb: Pixels) -> Plane:
    """RGB bytes -> CIE Lab as floats (L 0-100), H x W x 3."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def fit_frame(lab: Plane, product: Mask) -> tuple[Plane, Noise]:
    """A first surface through the frame of the picture, and how far the frame strays from it.

    What is likely product has no say, unless that is nearly all of the frame.
    """
    ring = frame(lab.shape, 0.05)
    plain = ring & ~product
    ring = plain if plain.sum() > _LEAST_FRAME * ring.sum() else ring
    surface = _fit(lab, ring)
    rest = np.abs((lab - surface)[ring])
    chroma = np.hypot(rest[:, 1], rest[:, 2])
    return surface, Noise(1.48 * float(np.median(rest[:, 0])), 1.48 * float(np.median(chroma)))


def fit_lit(lab: Plane, surface: Plane, reached: Mask) -> Plane:
    """The surface again, through all backdrop that is known and not in shadow."""
    lit = reached & (lab[..., 0] > surface[..., 0] - 3)
    if lit.mean() < 0.1:
        return surface
    surface = _fit(lab, lit)
    return nearby(lab, surface, reached & (np.abs(lab[..., 0] - surface[..., 0]) < 3))


def nearby(lab: Plane, surface: Plane, known: Mask) -> Plane:
    """The surface corrected by what was seen at the known pixels, shadows included, spread into the rest."""
    height, width = known.shape
    size = (max(4, width // _COARSE), max(4, height // _COARSE))
    inner = shrink(known, 2).astype(np.float32)
    total = cv2.resize((lab - surface) * inner[..., None], size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(inner, size, interpolation=cv2.INTER_AREA)
    spread = _spread(np.asarray(total, np.float32), np.asarray(weight, np.float32))
    return surface + np.asarray(
        cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def could_be_backdrop(lab: Plane, lit: Plane, noise: Noise) -> Mask:
    """Pixels that are the lit backdrop, or a shadow on it: darker, and of the same hue."""
    dim = lab[..., 0] < lit[..., 0] + max(3, 3 * noise.light)
    return np.asarray(dim & (lab[..., 0] > _DEEPEST * lit[..., 0]) & has_hue(lab, lit, noise))


def has_hue(lab: Plane, lit: Plane, noise: Noise) -> Mask:
    """Pixels of the backdrop's hue, however dark; deep shadows take on some hue of what casts them."""
    tint, share = tint_and_share(lab, lit)
    return np.asarray(tint < max(2.5, 4 * noise.chroma) + np.minimum(_SHADOW_HUE * (1 - share), 1.8))


def tint_and_share(lab: Plane, lit: Plane) -> tuple[Plane, Plane]:
    """How far each pixel's hue is from the backdrop dimmed to its lightness, and how much is left of that."""
    share = np.clip((lab[..., 0] + 16) / (lit[..., 0] + 16), 0, 1)  # Lab of a dimmed colour shrinks to -16
    return np.hypot(*(lab[..., i] - lit[..., i] * share for i in (1, 2))), share


def across(lab: Plane, known: Mask) -> Plane:
    """What each row shows between the nearest known pixels left and right: a sweep is lit by height."""
    trusted = shrink(known, 4)
    width = known.shape[1]
    at = np.broadcast_to(np.arange(width), known.shape)
    left = np.maximum.accumulate(np.where(trusted, at, -1), axis=1)
    right = np.minimum.accumulate(np.where(trusted, at, width)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.where(left < 0, right, left), np.where(right >= width, left, right)
    left, right = left.clip(0, width - 1), right.clip(0, width - 1)
    share = ((at - left) / np.maximum(right - left, 1)).clip(0, 1).astype(np.float32)[..., None]
    soft, rows = blur(lab, 2.0), np.arange(known.shape[0])[:, None]
    return np.asarray(soft[rows, left] * (1 - share) + soft[rows, right] * share, np.float32)


def _fit(lab: Plane, trusted: Mask) -> Plane:
    """The cubic surface through the trusted pixels, drawn over the whole frame; outliers lose their say."""
    height, width = trusted.shape
    step = max(1, min(height, width) // 64)
    y = lab[::step, ::step].reshape(-1, 3)
    start = trusted[::step, ::step].reshape(-1).astype(np.float32)
    a, weight = _terms(np.arange(0, height, step) / height, np.arange(0, width, step) / width), start
    for _ in range(6):
        weighted = a * weight[:, None]
        surface = np.linalg.solve(weighted.T @ a + 1e-3 * np.eye(a.shape[1]), weighted.T @ y)
        miss = np.linalg.norm(y - a @ surface, axis=1)
        spread = max(0.5, 1.48 * float(np.median(miss[start > 0])))
        weight = start / (1 + (miss / (2 * spread)) ** 2) ** 2
    return _draw(surface, height, width)


def _draw(surface: NDArray[np.floating[Any]], height: int, width: int) -> Plane:
    """The surface at full size, from a coarse grid: it bends too little to need more."""
    rows, columns = max(4, height // 8), max(4, width // 8)
    grid = _terms((np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns) @ surface
    coarse = grid.reshape(rows, columns, 3).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _terms(down: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row of the cubic's ten terms for every crossing of these places, given as shares of the frame."""
    y, x = (axis.ravel() * 2 - 1 for axis in np.meshgrid(down, across, indexing="ij"))
    columns = [x**i * y**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    return np.stack(columns, axis=1)


def _spread(total: Plane, weight: Plane) -> Plane:
    """Fills where nothing is known from coarser and coarser averages of what is."""
    totals, weights = [total], [weight]
    while min(weights[-1].shape) > 3:
        totals.append(np.asarray(cv2.pyrDown(totals[-1]), np.float32))
        weights.append(np.asarray(cv2.pyrDown(weights[-1]), np.float32))
    filled = totals[-1] / np.maximum(weights[-1], 1e-6)[..., None]
    for known, share in zip(totals[-2::-1], weights[-2::-1], strict=True):
        coarse = np.asarray(cv2.pyrUp(filled, dstsize=share.shape[::-1]), np.float32)
        filled = known + coarse * (1 - np.minimum(share, 1))[..., None]
    return np.asarray(filled, np.float32)
