"""How far a cut-out can be believed, and the one thing that speaks most against it."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import disc, frame, shrink
from studio.imaging.cutout.flood import STRAY
from studio.imaging.cutout.segment import Segments

_ALIKE = 5  # Lab difference below which product may as well be backdrop seen through it
_SURE = 0.7  # from here on a reason is not worth a person's time


def judge(parts: Segments) -> tuple[float, str]:
    """Confidence 0..1 and a reason code, empty when confident."""
    plainness = _plainness(parts)
    if parts.product.mean() < 0.001:
        return 0.0, "nothing_found" if plainness > 0.5 else "background_not_plain"
    doubts = {
        "background_not_plain": plainness,
        "touches_edge": _clearance(parts),
        "low_contrast": _visibility(parts),
    }
    reason = min(doubts, key=lambda code: doubts[code])
    confidence = float(np.prod(list(doubts.values())))
    return round(confidence, 3), "" if confidence >= _SURE else reason


def _plainness(parts: Segments) -> float:
    """Little of the frame may be outlines or far from the smooth backdrop."""
    ring = frame(parts.product.shape, 0.04)
    clutter = float((parts.edges[ring] > 2.5).mean()) + float((parts.misfit[ring] > STRAY).mean())
    return _falling(clutter, 0.03, 0.25)


def _clearance(parts: Segments) -> float:
    touching = float(parts.product[frame(parts.product.shape, 0.004)].mean())
    return _falling(touching, 0.002, 0.1)


def _visibility(parts: Segments) -> float:
    """Product should differ from backdrop, most of all at its margin, and its outline stand on an edge."""
    outline, inner = parts.product & ~shrink(parts.product, 2), shrink(parts.product, 2)
    if not outline.any():  # it fills the frame: nothing is left to differ from
        return 0.0
    margin = inner & ~shrink(inner, 3) if inner.any() else outline
    seen = float(np.percentile(parts.contrast[margin], 20))
    bare = 1 - float((cv2.dilate(parts.edges, disc(2))[outline] > 1).mean())
    alike = float((parts.contrast[parts.product] < _ALIKE).mean())
    return float(np.clip(0.25 + 0.075 * seen, 0, 1)) * _falling(bare, 0.02, 0.3) * _falling(alike, 0.2, 0.9)


def _falling(value: float, good: float, bad: float) -> float:
    """1 up to `good`, 0 from `bad` on."""
    return float(np.clip((bad - value) / (bad - good), 0, 1))
