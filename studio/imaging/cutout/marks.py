"""What a person said about a cut-out with the brush: marks are truth, and speak for the part they lie in.

A stroke is coarse. How far it is carried on is a minimum cut between it and what lies far from it: along
lines a cut is cheap, so that it follows them and crosses their gaps the shortest way.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import (
    Mask,
    Pixels,
    Plane,
    blur,
    frame,
    pieces,
    pieces_touching,
    resized,
    window_around,
)
from studio.imaging.cutout.seam import cut, seam_costs
from studio.imaging.cutout.segment import Segments

KEEP, REMOVE = 1, -1
_SOFT = 1.0  # px over which a stroke fades into what it does not cover
_LIKE = 9.0  # Lab by which a part that is removed may differ from the stroke on it
_NEAREST, _EXTENTS = (
    40,
    1.5,
)  # how far a stroke is carried on at most: px at working size, and its own extents

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
    share = parts.share if parts.share is None else np.where(kept, 1, np.where(dropped, 0, parts.share))
    return replace(parts, product=(product & ~dropped) | kept, share=share, kept=kept)


def _carried(strokes: Mask, free: Mask, edges: Plane) -> Mask:
    """The strokes with what belongs to them out of the `free` pixels."""
    carried, rim = strokes.copy(), frame(strokes.shape, 0.004)
    count, labels, rows = pieces(strokes)
    for i in range(1, count):
        w, h = rows[i, 2:4]
        reach = round(max(_NEAREST, _EXTENTS * float(np.hypot(w, h))))
        window = window_around(rows[i], reach)
        stroke, open_to = labels[window] == i, free[window]
        far = cv2.distanceTransform((~stroke).astype(np.uint8), cv2.DIST_L2, 3) > 0.95 * reach
        others = open_to & (far | rim[window]) & ~stroke
        belongs = cut(stroke, others, seam_costs(edges[window]) * open_to)
        carried[window] |= pieces_touching((belongs & open_to) | stroke, stroke)
    return carried


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
