"""Bites and holes that are none: an outline runs across the mouth, or none runs around the hole."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, disc, grow, pieces, shrink, window_around
from studio.imaging.cutout.backdrop import Noise
from studio.imaging.cutout.edges import Edges

_RADII = (4, 9, 18)  # px, half the mouth
_DRAWN = 0.8  # share of a mouth that must lie on a line
_ODD = 0.5  # share of a bite that must differ from the backdrop next to it
_LEAST = 8  # px of area
_SMALL = 0.01  # of the product: larger holes are what they seem
_LINE = 6.0  # strength of an edge that bounds an opening
_BOUNDED = 0.77  # share of its rim that must have one


def fill_pockets(product: Mask, lab: Plane, reached: Mask, noise: Noise, edges: Edges) -> Mask:
    """The product with such bites given back."""
    odd, lines = _odd(lab, reached, noise), grow(edges.lines, 1.5)
    for radius in _RADII:
        product = _filled(product, odd, lines, radius)
    return product


def fill_false_holes(product: Mask, strength: Plane) -> Mask:
    """The product without small holes that have no edge of their own all round: glare, or glass."""
    sharp = np.asarray(cv2.dilate(strength, np.ones((3, 3)))) >= _LINE
    count, labels, rows = pieces(~product)
    filled = product.copy()
    for i in range(1, count):
        x, y, w, h, area = rows[i]
        if (
            area > _SMALL * product.sum()
            or min(x, y) == 0
            or x + w == product.shape[1]
            or y + h == product.shape[0]
        ):
            continue
        window = window_around(rows[i], 3)
        hole = labels[window] == i
        if sharp[window][grow(hole, 2) & ~shrink(hole, 2)].mean() < _BOUNDED:
            filled[window] |= hole
    return filled


def _odd(lab: Plane, reached: Mask, noise: Noise) -> Mask:
    """Pixels that differ from the mean of the backdrop around them."""
    known = shrink(reached, 2).astype(np.float32)
    around = blur(lab * known[..., None], 8) / np.maximum(blur(known, 8), 1e-4)[..., None]
    stray = np.abs(blur(lab, 0.7) - around)
    tint = np.hypot(stray[..., 1], stray[..., 2])
    return np.asarray((stray[..., 0] > max(3, 5 * noise.light)) | (tint > max(3, 5 * noise.chroma)))


def _filled(product: Mask, odd: Mask, lines: Mask, radius: int) -> Mask:
    filled = product.copy()
    count, labels, rows = pieces(_closed(product, radius) & ~product, connectivity=4)
    for i in range(1, count):
        area = rows[i, 4]
        if area < _LEAST:
            continue
        window = window_around(rows[i], 3)
        bite = labels[window] == i
        mouth = bite & grow(~(product[window] | bite), 1)
        if mouth.any() and lines[window][mouth].mean() >= _DRAWN and odd[window][bite].mean() > _ODD:
            filled[window] |= bite
    return filled


def _closed(mask: Mask, radius: int) -> Mask:
    pad = radius + 1
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc(radius))[pad:-pad, pad:-pad] > 0)
