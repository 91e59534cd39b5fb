"""What a person said about a cut-out with the brush: marks are truth, and speak for the part they lie in.

A stroke is coarse. How far it is carried on is a minimum cut between it and what lies far from it: along
lines a cut is cheap, so that it follows them and crosses their gaps the shortest way.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import Mask, Pixels, Plane, blur, pieces, pieces_touching, resized
from studio.imaging.cutout.segment import Segments

KEEP, REMOVE = 1, -1
_SOFT = 1.0  # px over which a stroke fades into what it does not cover
_LIKE = 9.0  # Lab by which a part that is removed may differ from the stroke on it
_NEAREST, _EXTENTS = (
    40,
    1.5,
)  # how far a stroke is carried on at most: px at working size, and its own extents
_CHEAPEST = 0.04  # what a cut along a line costs, where one through nothing costs 1

Marks = NDArray[np.int8]


def at_size(marks: Marks, size: tuple[int, ...]) -> Marks:
    """The marks on another grid; thin strokes stay."""
    keep, drop = (resized((marks == word).astype(np.float32), size) > 0.2 for word in (KEEP, REMOVE))
    return np.where(keep, KEEP, np.where(drop, REMOVE, 0)).astype(np.int8)


def corrected(parts: Segments, lab: Plane, marks: Marks) -> Segments:
    """The segments with the product as marked; everything at working size."""
    keep, drop, product = marks == KEEP, marks == REMOVE, parts.product
    kept = _carried(keep, ~product & ~drop, parts.edges)
    alike = product & _like(blur(lab, 1.0), drop)
    dropped = _carried(drop, alike & ~keep, parts.edges)
    return replace(parts, product=(product & ~dropped) | kept, kept=kept)


def _carried(strokes: Mask, free: Mask, edges: Plane) -> Mask:
    """The strokes with what belongs to them out of the `free` pixels."""
    carried = strokes.copy()
    count, labels, rows = pieces(strokes)
    for i in range(1, count):
        x, y, w, h, _ = rows[i]
        reach = round(max(_NEAREST, _EXTENTS * float(np.hypot(w, h))))
        window = np.s_[max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach]
        stroke, open_to = labels[window] == i, free[window]
        away = cv2.distanceTransform((~stroke).astype(np.uint8), cv2.DIST_L2, 3)
        belongs = _cut(stroke, open_to & (away > 0.95 * reach), open_to, edges[window])
        carried[window] |= pieces_touching((belongs & open_to) | stroke, stroke)
    return carried


def _cut(ours: Mask, others: Mask, free: Mask, edges: Plane) -> Mask:
    """The side of `ours` in the cheapest cut from `others`; OpenCV's seam finder is a minimum cut."""
    if not others.any():
        return np.ones_like(ours)
    cost = np.zeros((*ours.shape, 3), np.float32)
    cost[..., 0] = 100 * np.clip(1 / (1 + 4 * edges**2), _CHEAPEST, 1) * free
    sides: list[Any] = [np.where(taken, 0, 255).astype(np.uint8) for taken in (others, ours)]
    pictures: list[Any] = [cost, np.zeros_like(cost)]
    finder = cv2.detail.GraphCutSeamFinder("COST_COLOR", 1e6, 0.0)
    seam: Any = finder.find(pictures, [(0, 0), (0, 0)], sides)[0]
    return np.asarray(seam.get() if isinstance(seam, cv2.UMat) else seam) > 0


def _like(lab: Plane, stroke: Mask) -> Mask:
    """Pixels of about the colour that was marked."""
    if not stroke.any():
        return stroke
    return np.asarray(np.abs(lab - np.median(lab[stroke], axis=0)).max(axis=2) < _LIKE)


def impose(rgba: Pixels, rgb: Pixels, marks: Marks) -> Pixels:
    """The cut-out with alpha 255 where marks (H x W) are 1 and 0 where they are -1, soft at their rims."""
    keep, drop = marks == KEEP, marks == REMOVE
    alpha = rgba[..., 3].astype(np.float32)
    alpha = np.maximum(alpha, 255 * blur(keep.astype(np.float32), _SOFT))
    alpha = np.minimum(alpha, 255 * (1 - blur(drop.astype(np.float32), _SOFT)))
    alpha = np.where(keep, 255, np.where(drop, 0, alpha)).round().astype(np.uint8)
    back = (alpha > rgba[..., 3])[..., None]
    return np.dstack([np.where(back, rgb, rgba[..., :3]), alpha])
