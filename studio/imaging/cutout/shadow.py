"""The dark line where a product stands: shadow, although it has an edge of its own."""

import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, pieces
from studio.imaging.cutout.backdrop import Noise, has_hue

_TALLEST = 40  # px that a contact shadow reaches up below a product's edge
_BLACK = 0.2  # share of the backdrop's lightness below which hue says nothing
_LIGHTER = 0.7  # Lab per px by which a shadow may lighten towards what casts it
_LEAST = 12  # px of area


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


def _lower_part(product: Mask) -> int:
    """The row from which on a product can stand on something."""
    rows = np.flatnonzero(product.any(axis=1))
    return int(0.2 * rows[0] + 0.8 * rows[-1]) if len(rows) else 0


def _up(mask: Mask) -> Mask:
    return np.vstack([mask[1:], np.zeros_like(mask[:1])])


def _down(mask: Mask) -> Mask:
    return np.vstack([np.zeros_like(mask[:1]), mask[:-1]])
