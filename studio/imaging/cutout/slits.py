"""Corners, slits and gaps between stems, too narrow for the working size: taken out by colour at full size.

Only within another material than the backdrop: white inside a white product stays.
"""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import (
    Mask,
    Plane,
    blur,
    grow,
    pieces,
    pieces_touching,
    shrink,
    slope,
    window_around,
)
from studio.imaging.cutout.backdrop import Noise, could_be_backdrop

_LIGHT, _TINT = 1.5, 4.0  # Lab by which a slit may stray; JPEG lets tints bleed into it
_OTHER = 10.0  # Lab from which it is clearly another material
_FLAT = 1.5  # Lab per px
_DENSE = 0.2  # share of other material around
_PURE = 2.0  # how many times more of it than of what is only darker than the backdrop
_SCRAP = 0.01, 0.3  # share of the largest piece, share of other material: a scrap has less of both
_LEAST = 20  # px of area of a gap that is enclosed
_RIMMED = 0.75  # share of its rim that must be other material
_THIN = 22  # px at working size within which backdrop must follow again
_THIN_SIDE = 0.25  # on this share of the rim


def open_slits(lab: Plane, product: Mask, foretold: list[Plane], noise: Noise, scale: float) -> Mask:
    """The product (H x W, full size) without such gaps; `foretold` are surfaces of any size, same view."""
    exact, other = _compare(blur(lab, 0.7), foretold, noise)
    plain = exact & _amid(other, shrink(~exact & ~other, 1.5), scale)
    outside = shrink(~product, 2)
    opened = pieces_touching(plain | outside, outside)
    opened |= _enclosed(plain & product & ~opened, product & ~opened, other, _THIN * scale)
    return _without_scraps(product & ~grow(opened & product, 1), other)


def _without_scraps(product: Mask, other: Mask) -> Mask:
    """The product without small pieces of backdrop that are left between its parts."""
    count, labels, rows = pieces(product)
    inside = np.bincount(labels.ravel(), weights=other.ravel(), minlength=count)
    kept = (inside > _SCRAP[1] * rows[:, 4]) | (rows[:, 4] >= _SCRAP[0] * rows[1:, 4].max(initial=0))
    kept[0] = False
    return np.asarray(kept[labels])


def _amid(other: Mask, alike: Mask, scale: float) -> Mask:
    """Where there is other material close by, and hardly any that could be a shaded backdrop."""
    near, wide, wrong = (
        blur(mask.astype(np.float32), radius * scale) for mask, radius in ((other, 4), (other, 8), (alike, 8))
    )
    return np.asarray((near > _DENSE) & (wide > _PURE * wrong))


def _compare(lab: Plane, foretold: list[Plane], noise: Noise) -> tuple[Mask, Mask]:
    """Pixels that are flat and as foretold, and those that no backdrop can look like."""
    exact, other = np.zeros(lab.shape[:2], bool), np.ones(lab.shape[:2], bool)
    for small in foretold:
        surface = np.asarray(cv2.resize(small, lab.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        stray = np.abs(lab - surface)
        tint = np.hypot(stray[..., 1], stray[..., 2])
        exact |= (stray[..., 0] < max(_LIGHT, 3 * noise.light)) & (tint < max(_TINT, 3 * noise.chroma))
        other &= ~could_be_backdrop(lab, surface, noise) & (stray.max(axis=2) > _OTHER)
    return exact & (slope(lab[..., 0]) < _FLAT), other


def _enclosed(plain: Mask, product: Mask, other: Mask, thin: float) -> Mask:
    """The gaps between stems and leaves; inside anything thicker such a patch is a highlight."""
    found = np.zeros_like(plain)
    near = cv2.distanceTransform(product.astype(np.uint8), cv2.DIST_L2, 3) < thin
    count, labels, rows = pieces(plain, connectivity=4)
    for i in range(1, count):
        area = rows[i, 4]
        if area < _LEAST:
            continue
        window = window_around(rows[i], 8)
        gap = labels[window] == i
        rim = grow(gap, 5) & ~grow(gap, 2)
        if other[window][rim].mean() >= _RIMMED and near[window][rim].mean() >= _THIN_SIDE:
            found[window] |= gap
    return found
