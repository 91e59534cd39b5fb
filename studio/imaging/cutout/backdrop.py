"""What the picture would look like without the product: a smooth surface in Lab."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Pixels, Plane

_DEGREE = 3


def lab_of(rgb: Pixels) -> Plane:
    """RGB bytes -> CIE Lab as floats (L 0-100), H x W x 3."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def fit_surface(lab: Plane, trusted: Mask) -> Plane:
    """The cubic surface through the trusted pixels, drawn over the whole frame; outliers lose their say."""
    height, width = trusted.shape
    terms = _terms(height, width)
    step = max(1, min(height, width) // 120)
    a = terms[::step, ::step].reshape(-1, terms.shape[-1])
    y = lab[::step, ::step].reshape(-1, 3)
    start = trusted[::step, ::step].reshape(-1).astype(np.float32)
    weight = start
    for _ in range(6):
        weighted = a * weight[:, None]
        surface = np.linalg.solve(weighted.T @ a + 1e-3 * np.eye(a.shape[1]), weighted.T @ y)
        miss = np.linalg.norm(y - a @ surface, axis=1)
        spread = max(0.5, 1.48 * float(np.median(miss[start > 0])))
        weight = start / (1 + (miss / (2 * spread)) ** 2) ** 2
    return np.asarray(terms @ surface.astype(np.float32), np.float32)


def _terms(height: int, width: int) -> Plane:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width * 2 - 1, y / height * 2 - 1
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=-1)


def nearby(lab: Plane, surface: Plane, known: Mask) -> Plane:
    """The surface corrected by what was seen at the known pixels, shadows included, spread into the rest."""
    return surface + _spread(lab - surface, known)


def _spread(values: Plane, known: Mask) -> Plane:
    """Fills the unknown from coarser and coarser averages of the known."""
    sums, weights = [values * known[..., None].astype(np.float32)], [known.astype(np.float32)]
    while min(weights[-1].shape) > 3:
        sums.append(np.asarray(cv2.pyrDown(sums[-1]), np.float32))
        weights.append(np.asarray(cv2.pyrDown(weights[-1]), np.float32))
    filled = sums[-1] / np.maximum(weights[-1], 1e-6)[..., None]
    for total, weight in zip(sums[-2::-1], weights[-2::-1], strict=True):
        coarse = cv2.pyrUp(filled, dstsize=weight.shape[::-1])
        share = np.minimum(weight, 1)[..., None]
        filled = total / np.maximum(weight, 1e-6)[..., None] * share + coarse * (1 - share)
    return np.asarray(filled, np.float32)
