"""How far a cut-out can be believed, and the one thing that speaks most against it."""

import math

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, disc, frame, grow, shrink
from studio.imaging.cutout.flood import STRAY
from studio.imaging.cutout.segment import Segments

_ALIKE = 5  # Lab difference below which product may as well be backdrop seen through it
_SURE = 0.7  # from here on a reason is not worth a person's time
_CORRIGIBLE = 0.3  # what is found, however badly seen, a person can put right with the brush
_CUT_OFF = 0.65  # at best, when some of it may lie beyond the frame
_LEAST_SHARE = 0.001  # of the picture, that a product covers
_LIKELY, _RIM = 0.7, 2  # likelihood from which the network is believed, and px of radius of what counts
# Shares from which, and up to which, what the network sees otherwise speaks against a cut-out
_MORE, _LESS = (0.005, 0.015), (0.02, 0.06)
_SOFT = 0.35  # by which a likelihood may be off a half, up to which it tells nothing
_CHAIN = (0.06, 0.09)  # excess of outline, as a share of the product's pixels, from which it is all links
_HALO, _LEAST_RING = 6, 0.1  # px around a product that its own outline takes; share of a frame that tells
_THIN = 3  # px at working size, half the width of a stem or spoke that may be lost


def is_empty(parts: Segments) -> bool:
    return bool(parts.product.mean() < _LEAST_SHARE)


def judge(parts: Segments, clear: float) -> tuple[float, str]:
    """Confidence 0..1 and a reason code, empty when confident.

    `clear` is the share of the outline at which there is an edge. Calibrated on packshots with exact masks:
    none of those whose overlap is below 0.95 may be sure.
    """
    plainness = _plainness(parts)
    if is_empty(parts):
        return 0.0, "nothing_found" if plainness > 0.5 else "background_not_plain"
    seen = _visibility(parts) * _falling(1 - clear, 0.06, 0.3)
    certain = seen if parts.share is None else _certainty(parts, parts.share)
    pale = parts.share is None or seen < _SURE
    drawn = {
        "low_contrast": _wholeness(parts) * (certain if pale else 1),
        "shape_unclear": 1 if pale else certain,
        "thin_parts": _solidity(parts),
        "parts_left_out": _completeness(parts) * _falling(_beside(parts), *_MORE),
        "backdrop_kept": _falling(_within(parts), *_LESS),
    }
    doubts = {"background_not_plain": plainness, "touches_edge": _clearance(parts)} | drawn
    reason = min(doubts, key=lambda code: doubts[code])
    corrigible = max(_CORRIGIBLE, math.prod(drawn.values()))
    confidence = doubts["background_not_plain"] * doubts["touches_edge"] * corrigible
    return round(confidence, 3), "" if confidence >= _SURE else reason


def _plainness(parts: Segments) -> float:
    """Little of the frame, but for the product, may be outlines or far from the smooth backdrop."""
    ring = frame(parts.product.shape, 0.04)
    if parts.share is not None:
        bare = ring & ~grow(parts.product, _HALO)
        ring = bare if bare.sum() > _LEAST_RING * ring.sum() else ring
    clutter = float((parts.edges[ring] > 2.5).mean()) + float((parts.misfit[ring] > STRAY).mean())
    return _falling(clutter, 0.02, 0.2)


def _clearance(parts: Segments) -> float:
    touching = float(parts.product[frame(parts.product.shape, 0.004)].mean())
    return 1.0 if touching < 0.0005 else _CUT_OFF * _falling(touching, 0.002, 0.1)


def _visibility(parts: Segments) -> float:
    """Product should differ from backdrop, most of all at its margin."""
    outline, inner = parts.product & ~shrink(parts.product, 2), shrink(parts.product, 2)
    if not outline.any():  # it fills the frame: nothing is left to differ from
        return 0.0
    margin = inner & ~shrink(inner, 3) if inner.any() else outline
    seen = float(np.percentile(parts.contrast[margin], 20))
    alike = float((parts.contrast[parts.product] < _ALIKE).mean())
    return float(np.clip(0.25 + 0.075 * seen, 0, 1)) * _falling(alike, 0.2, 0.9)


def _wholeness(parts: Segments) -> float:
    """Little of the product may look as if the backdrop were seen through a hole."""
    return _falling(float(parts.unsure.sum() / max(1, parts.product.sum())), 0.03, 0.12)


def _solidity(parts: Segments) -> float:
    """Where much is thin as spokes and stems, or chains, some of it is lost or grown together."""
    whole = max(1, float(parts.product.sum()))
    bulk = cv2.morphologyEx(parts.product.astype(np.uint8), cv2.MORPH_OPEN, disc(_THIN)) > 0
    rim = (parts.product & ~shrink(parts.product, 1)).sum() / whole
    round_rim = 2 * math.sqrt(math.pi / whole)  # of a disc as large
    return _falling((parts.product & ~bulk).sum() / whole, 0.015, 0.1) * _falling(rim - round_rim, *_CHAIN)


def _completeness(parts: Segments) -> float:
    """Little outside the product may have a colour that neither paper nor shadow has."""
    if parts.left_out is None:
        return 1.0
    return _falling(float(parts.left_out.sum() / max(1, parts.product.sum())), 0.002, 0.012)


def _certainty(parts: Segments, share: Plane) -> float:
    """Little of the picture may be something that the network cannot tell; outlines do not count."""
    return _falling(_opened(np.abs(share - 0.5) < _SOFT, parts), 0.03, 0.06)


def _beside(parts: Segments) -> float:
    """What the network sees beside the product, as a share of that; rims do not count."""
    return 0.0 if parts.share is None else _opened((parts.share > _LIKELY) & ~parts.product, parts)


def _within(parts: Segments) -> float:
    """What the network sees as backdrop within the product."""
    return 0.0 if parts.share is None else _opened((parts.share < 1 - _LIKELY) & parts.product, parts)


def _opened(mask: Mask, parts: Segments) -> float:
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc(_RIM))
    return float(opened.sum() / max(1, parts.product.sum()))


def _falling(value: float, good: float, bad: float) -> float:
    """1 up to `good`, 0 from `bad` on."""
    return float(np.clip((bad - value) / (bad - good), 0, 1))
