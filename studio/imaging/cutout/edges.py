"""Where the picture has an outline: sharp steps, with the soft slopes of shadows taken out."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, disc, frame, pieces, pieces_touching, slope

_SCALES = ((0.9, 6, 0.35), (2.0, 9, 0.18))  # blur, widest outline in px, least step in Lab per px
_CHROMA_STEP = 0.25  # JPEG stores colour in coarse blocks: smaller steps are its grid, not the picture's
_CHROMA_WEIGHT = 1.5


def edge_strength(lab: Plane) -> Plane:
    """Sharpness at each pixel as a multiple of what noise alone gives: above 1 is an outline."""
    return np.asarray(np.maximum.reduce([_at_scale(lab, *scale) for scale in _SCALES]), np.float32)


def _at_scale(lab: Plane, sigma: float, widest: int, least: float) -> Plane:
    light = slope(blur(lab[..., 0], sigma))
    a, b = (slope(blur(lab[..., i], max(sigma, 1.6))) for i in (1, 2))
    edge = np.hypot(light, _CHROMA_WEIGHT * np.maximum(np.hypot(a, b) - _CHROMA_STEP, 0))
    ridge = edge - cv2.morphologyEx(edge, cv2.MORPH_OPEN, disc(widest))
    noise = float(np.percentile(np.asarray(ridge, np.float32)[frame(edge.shape, 0.06)], 98))
    return np.asarray(ridge / max(least, 1.6 * noise), np.float32)


def outlines(strength: Plane) -> Mask:
    """Edges worth stopping at: weak ones count where they run on from strong ones, specks never."""
    drawn = pieces_touching(strength > 1, strength > 2.5, connectivity=8)
    _, labels, rows = pieces(drawn)
    return np.asarray(drawn & (rows[:, 4] > 12)[labels])
