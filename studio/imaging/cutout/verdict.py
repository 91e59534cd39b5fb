"""How far a cut-out can be believed, and the one thing that speaks most against it."""

import numpy as np

from studio.imaging.cutout.arrays import frame, shrink
from studio.imaging.cutout.segment import Segments

_SURE = 0.7  # from here on a reason is not worth a person's time


def judge(parts: Segments) -> tuple[float, str]:
    """Confidence 0..1 and a reason code, empty when confident."""
    if parts.product.mean() < 0.001:
        return 0.0, "nothing_found"
    doubts = {
        "background_not_plain": _plainness(parts),
        "touches_edge": _clearance(parts),
        "low_contrast": _support(parts),
    }
    reason = min(doubts, key=lambda code: doubts[code])
    confidence = float(np.prod(list(doubts.values())))
    return round(confidence, 3), "" if confidence >= _SURE else reason


def _plainness(parts: Segments) -> float:
    """Little of the frame may be outlines or far from the smooth backdrop."""
    ring = frame(parts.product.shape, 0.04)
    clutter = float((parts.edges[ring] > 2.5).mean()) + float((parts.misfit[ring] > 15).mean())
    return _falling(clutter, 0.03, 0.25)


def _clearance(parts: Segments) -> float:
    touching = float(parts.product[frame(parts.product.shape, 0.004)].mean())
    return _falling(touching, 0.002, 0.1)


def _support(parts: Segments) -> float:
    """How much of the outline stands on an edge that can be seen."""
    outline = parts.product & ~shrink(parts.product, 2)
    seen = float((parts.edges[outline] > 1).mean())
    return _falling(1 - seen, 0.1, 0.6)


def _falling(value: float, good: float, bad: float) -> float:
    """1 up to `good`, 0 from `bad` on."""
    return float(np.clip((bad - value) / (bad - good), 0, 1))
