"""Where the picture has an outline: sharp steps, with the soft slopes of shadows taken out."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, disc, frame, pieces, pieces_touching, slope

_FINE, _COARSE = 0.9, 2.0  # blurs in px at which slopes are measured
_SCALES = ((_FINE, 6, 0.35), (_COARSE, 9, 0.18))  # blur, widest outline in px, least step in Lab per px
_CHROMA_STEP = 0.25  # JPEG stores colour in coarse blocks: smaller steps are its grid, not the picture's
_CHROMA_WEIGHT = 1.5
_RINGING = 0.05  # JPEG echoes a step beside it with up to this share of its strength


@dataclass(frozen=True)
class Edges:
    """All planes are H x W. The weight of a line says how badly it needs a product beside it."""

    strength: Plane  # a multiple of what noise alone gives
    lines: Mask  # every outline
    hard: Mask  # those too sharp for a shadow
    weight: Plane


def find_edges(lab: Plane) -> Edges:
    """Lab picture (H x W x 3) -> its outlines, and which of them may be the rim of a shadow."""
    strength = np.maximum.reduce([_at_scale(lab, *scale) for scale in _SCALES])
    lines = _lines(strength)
    sharp = _sharpness(lab[..., 0], lines & (strength > 4))
    hard = lines & (sharp > 0.5)
    _, labels, rows = pieces(hard)
    weight = np.clip(strength, 0, 3) / 9 * np.clip((sharp - 0.3) / 0.4, 0.05, 1) * lines
    return Edges(strength, lines, hard & (rows[:, 4] > 6)[labels], np.asarray(weight, np.float32))


def _at_scale(lab: Plane, sigma: float, widest: int, least: float) -> Plane:
    light = slope(blur(lab[..., 0], sigma))
    a, b = (slope(blur(lab[..., i], max(sigma, 1.6))) for i in (1, 2))
    edge = np.hypot(light, _CHROMA_WEIGHT * np.maximum(np.hypot(a, b) - _CHROMA_STEP, 0))
    ridge = np.asarray(edge - cv2.morphologyEx(edge, cv2.MORPH_OPEN, disc(widest)), np.float32)
    noise = float(np.percentile(ridge[frame(edge.shape, 0.06)], 98))
    return np.asarray(ridge / max(least, 1.6 * noise), np.float32)


def _lines(strength: Plane) -> Mask:
    """Crests worth stopping at: weak ones count if they run far or on from strong ones, specks never."""
    drawn = strength > np.maximum(1, _RINGING * np.asarray(cv2.dilate(strength, disc(8))))
    _, labels, rows = pieces(drawn)
    far = np.hypot(rows[:, 2], rows[:, 3]) > 40
    kept = (pieces_touching(drawn, strength > 2.5, connectivity=8) & (rows[:, 4] > 12)[labels]) | far[labels]
    return np.asarray(drawn & kept & (strength > 0.6 * np.asarray(cv2.dilate(strength, disc(2)))))


def _sharpness(light: Plane, typical: Mask) -> Plane:
    """1 for steps as sharp as most outlines of this picture, 0 for slopes that blurring does not change."""
    fine, coarse = (cv2.dilate(slope(blur(light, sigma)), disc(2)) for sigma in (_FINE, _COARSE))
    gain = np.asarray(fine / np.maximum(coarse, 0.05) - 1, np.float32)
    usual = float(np.percentile(gain[typical], 70)) if typical.sum() > 50 else 1.2
    return np.asarray(np.clip(gain / max(usual, 0.3), 0, 1), np.float32)
