"""Shadow that the flood left to the product: the dark line where it stands, and pools beside its foot."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, grow, pieces
from studio.imaging.cutout.backdrop import Noise, has_hue, tint_and_share

_TALLEST = 40  # px that a contact shadow reaches up below a product's edge
_BLACK = 0.2  # share of the backdrop's lightness below which hue says nothing
_LIGHTER = 0.7  # Lab per px by which a shadow may lighten towards what casts it
_LEAST = 12  # px of area

_POOL = (60, 0.03)  # area of a pool beside the foot: least px, most of the product's
_POOL_HUE = 5.0  # Lab that it may differ from the dimmed backdrop: the product lends it some of its colour
_SMOOTH, _SHARP = 2.5, 4.0  # edge strength inside a pool, and of the product's outline behind it
_OPEN, _FADING = 0.3, 3.0  # share of its outer side that may be stronger than this
_CLOSED = 0.7  # share of its inner side that must be sharp
_REACH = 3  # px from a pool to the outline that bounds it
_SHORTEST = 30  # px of inner side


def contact_shadow(product: Mask, lab: Plane, lit: Plane, noise: Noise, hard: Mask) -> Mask:
    """The part of the mask below the product's true foot: of the backdrop's hue, up to a sharp line."""
    lab = blur(lab, 0.7)
    passable = product & has_hue(lab, lit, noise) & (lab[..., 0] > _BLACK * lit[..., 0]) & ~hard
    passable &= lab[..., 0] < np.vstack([lab[1:, :, 0], lab[-1:, :, 0]]) + _LIGHTER
    passable[: _lower_part(product)] = False
    runs, front = np.zeros_like(product), ~product
    for _ in range(_TALLEST):
        front = _up(front) & passable
        runs |= front
    endless = _up(front) & passable
    for _ in range(_TALLEST + 1):
        endless = _down(endless) & runs
        runs &= ~endless
    _, labels, rows = pieces(runs)
    return np.asarray(runs & (rows[:, 4] >= _LEAST)[labels])


def pools(product: Mask, lab: Plane, lit: Plane, strength: Plane) -> Mask:
    """Smooth dark parts of the mask that fade into the backdrop and end at a sharp outline behind them."""
    lab = blur(lab, 0.7)
    smooth = product & _dimmed(lab, lit) & (strength < _SMOOTH)
    smooth[: _lower_part(product, 0.5)] = False
    outside, most = ~product, _POOL[1] * product.sum()
    count, labels, rows = pieces(smooth)
    found = np.zeros_like(product)
    for i in np.unique(labels[grow(outside, _REACH) & smooth]):
        if i and _POOL[0] <= rows[i, 4] <= most and _is_pool(labels == i, product, strength):
            found |= labels == i
    passable = found | (product & (strength < _SHARP))
    for _ in range(_REACH):  # up to the outline, not over it
        found = grow(found, 1) & passable
    return found


def _dimmed(lab: Plane, lit: Plane) -> Mask:
    """Darker than the backdrop, of about its hue, and not black."""
    tint, _ = tint_and_share(lab, lit)
    return np.asarray(
        (tint < _POOL_HUE) & (lab[..., 0] > _BLACK * lit[..., 0]) & (lab[..., 0] < lit[..., 0] - 1)
    )


def _is_pool(piece: Mask, product: Mask, strength: Plane) -> bool:
    near_outside = grow(~product, _REACH)
    outer = grow(piece, 4) & ~piece & grow(~product, 2)
    inner = grow(piece, _REACH) & ~piece & product & ~near_outside
    if inner.sum() < _SHORTEST or (strength[outer] >= _FADING).mean() > _OPEN:
        return False
    behind = cv2.dilate(np.where(product & ~piece, strength, 0).astype(np.float32), np.ones((7, 7)))
    return bool((np.asarray(behind)[inner] >= _SHARP).mean() >= _CLOSED)


def _lower_part(product: Mask, share: float = 0.8) -> int:
    """The row from which on a product can stand on something."""
    rows = np.flatnonzero(product.any(axis=1))
    return int((1 - share) * rows[0] + share * rows[-1]) if len(rows) else 0


def _up(mask: Mask) -> Mask:
    return np.vstack([mask[1:], np.zeros_like(mask[:1])])


def _down(mask: Mask) -> Mask:
    return np.vstack([np.zeros_like(mask[:1]), mask[:-1]])
