"""Patches of backdrop that the product encloses: the inside of a handle, the space between legs."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, grow, pieces
from studio.imaging.cutout.backdrop import Noise, could_be_backdrop
from studio.imaging.cutout.edges import Edges
from studio.imaging.cutout.flood import lonely_lines, room

_DISCS = (6, 3, 1)
_MARGIN = 20
_SLOPE = 0.1  # the more a backdrop varies, the less its lightness inside the product can be foretold


def find_holes(lab: Plane, lit: Plane, shaded: Plane, noise: Noise, reached: Mask, edges: Edges) -> Mask:
    """The enclosed backdrop, from the lit surface and the one with the shadows nearby."""
    lab = blur(lab, 1.0)
    exact = _exact(lab, lit, shaded, noise)
    loose = exact | could_be_backdrop(lab, lit, noise) | could_be_backdrop(lab, shaded, noise)
    return _patches(lab, exact, loose & ~reached & ~edges.hard, reached, edges)


def _exact(lab: Plane, lit: Plane, shaded: Plane, noise: Noise) -> Mask:
    """Pixels of the backdrop's own colour, anywhere between lit and shaded."""
    margin = max(1.5, 3 * noise.light, _SLOPE * float(np.ptp(lit[..., 0])))
    light = lit[..., 0], shaded[..., 0]
    within = (lab[..., 0] > np.minimum(*light) - margin) & (lab[..., 0] < np.maximum(*light) + margin)
    miss = [np.abs(lab - plane) for plane in (lit, shaded)]
    nearest = np.where((miss[0][..., 0] < miss[1][..., 0])[..., None], *miss)
    return np.asarray(within & (np.hypot(nearest[..., 1], nearest[..., 2]) < max(1.5, 3 * noise.chroma)))


def _patches(lab: Plane, exact: Mask, free: Mask, reached: Mask, edges: Edges) -> Mask:
    space, holes = room(edges.hard), np.zeros_like(free)
    for radius in _DISCS:
        count, labels, rows = pieces(free & ~holes & (space > radius), connectivity=4)
        for i in range(1, count):
            x, y, w, h, area = rows[i]
            window = np.s_[max(0, y - _MARGIN) : y + h + _MARGIN, max(0, x - _MARGIN) : x + w + _MARGIN]
            patch = grow(labels[window] == i, radius) & free[window]
            sure = float(exact[window][patch].mean()) if area >= 12 else 0
            if sure < 0.3:
                continue
            lines, weight = edges.hard[window], edges.weight[window]
            framed = _is_framed(patch, reached[window], lines, weight, 0.08 + 0.2 * sure)
            if framed and _stands_out(lab[window], patch, reached[window]):
                holes[window] |= patch
    return holes


def _is_framed(patch: Mask, reached: Mask, lines: Mask, weight: Plane, allowed: float) -> bool:
    """A hole has lines all around, with product on their other side, and nothing hanging free inside."""
    ring = grow(patch, 1) & ~patch
    around = float(grow(lines | reached, 2)[ring].mean())
    lonely = lonely_lines(reached | patch, ~lines, weight) - lonely_lines(reached, ~lines, weight)
    doubt = lonely / ring.sum() + 1 - around
    return bool(doubt < allowed and _islands(patch) < 0.05 * patch.sum())


def _islands(patch: Mask) -> float:
    """Area of what lies inside the patch without belonging to it."""
    contours, tree = cv2.findContours(patch.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    inner = [c for c, links in zip(contours, tree[0], strict=True) if links[3] >= 0]
    return float(sum(cv2.contourArea(c) for c in inner))


def _stands_out(lab: Plane, patch: Mask, reached: Mask) -> bool:
    """The product around a hole has another colour; around the inside of a printed O it has the same."""
    same = np.abs(lab - np.median(lab[patch], axis=0)).max(axis=2) < 4
    rings = (grow(patch, far) & ~grow(patch, near) & ~reached for near, far in ((5, 10), (10, 16)))
    return all(same[ring].mean() < 0.5 for ring in rings if ring.any())
