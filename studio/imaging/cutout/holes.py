"""Patches of backdrop that the product encloses: the inside of a handle, the space between legs."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, grow, pieces
from studio.imaging.cutout.backdrop import Noise, could_be_backdrop
from studio.imaging.cutout.flood import lonely_lines, room

_DISCS = (6, 3, 1)
_MARGIN = 14


def find_holes(
    lab: Plane, backdrops: tuple[Plane, Plane], noise: Noise, reached: Mask, lines: Mask, weight: Plane
) -> Mask:
    """The enclosed backdrop. `backdrops` are the lit surface and the one with the shadows nearby."""
    lab = blur(lab, 1.0)
    exact = _exact(lab, backdrops, noise)
    lit, shaded = backdrops
    loose = exact | could_be_backdrop(lab, lit, noise) | could_be_backdrop(lab, shaded, noise)
    free = loose & ~reached & ~lines
    space, holes = room(lines), np.zeros_like(lines)
    for radius in _DISCS:
        count, labels, rows = pieces(free & ~holes & (space > radius), connectivity=4)
        for i in range(1, count):
            x, y, w, h, area = rows[i]
            window = np.s_[max(0, y - _MARGIN) : y + h + _MARGIN, max(0, x - _MARGIN) : x + w + _MARGIN]
            patch = grow(labels[window] == i, radius) & free[window]
            seen = area >= 12 and exact[window][patch].mean() > 0.3
            if seen and _is_hole(patch, reached[window], lines[window], weight[window]):
                holes[window] |= patch
    return holes


def _exact(lab: Plane, backdrops: tuple[Plane, Plane], noise: Noise) -> Mask:
    """Pixels of the backdrop's own colour, anywhere between lit and shaded."""
    margin = max(1.5, 3 * noise.light)
    light = [plane[..., 0] for plane in backdrops]
    within = (lab[..., 0] > np.minimum(*light) - margin) & (lab[..., 0] < np.maximum(*light) + margin)
    miss = [np.abs(lab - plane) for plane in backdrops]
    nearest = np.where((miss[0][..., 0] < miss[1][..., 0])[..., None], *miss)
    return np.asarray(within & (np.hypot(nearest[..., 1], nearest[..., 2]) < max(1.5, 3 * noise.chroma)))


def _is_hole(patch: Mask, reached: Mask, lines: Mask, weight: Plane) -> bool:
    """A hole has lines all around, with product on their other side, and nothing hanging free inside."""
    ring = grow(patch, 1) & ~patch
    around = float(grow(lines | reached, 2)[ring].mean())
    lonely = lonely_lines(reached | patch, ~lines, weight) - lonely_lines(reached, ~lines, weight)
    doubt = lonely / ring.sum() + 1 - around
    return bool(doubt < 0.2 and _islands(patch) < 0.05 * patch.sum())


def _islands(patch: Mask) -> float:
    """Area of what lies inside the patch without belonging to it."""
    contours, tree = cv2.findContours(patch.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    inner = [c for c, links in zip(contours, tree[0], strict=True) if links[3] >= 0]
    return float(sum(cv2.contourArea(c) for c in inner))
