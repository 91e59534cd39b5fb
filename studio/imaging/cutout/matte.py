"""From the small mask to coverage and colour on the packshot's own grid."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Pixels, Plane, Window, blur, disc, grow, resized, scaled
from studio.imaging.cutout.backdrop import lab_of
from studio.imaging.cutout.outline import trace
from studio.imaging.cutout.segment import Segments
from studio.imaging.cutout.slits import open_slits

_FINEST_SIDE = 2600  # px; beyond, a lens or a resize has softened the outline, and memory counts
_LEANING = 0.6  # likelihood where the segments alone tell
_DECIDED = 3  # px at working size, half the width of an opening that the network would fill
_WHOLE = 0.98  # coverage from which a pixel shows the product alone


def matte(rgb: Pixels, parts: Segments) -> tuple[Pixels, float]:
    """RGB (H x W x 3) and its segments -> RGBA: the product's own colour, alpha = coverage.

    Also the share of the outline at which there is anything to see.
    """
    whole = np.zeros((*rgb.shape[:2], 4), np.uint8)
    small, large = _windows(parts.product, rgb.shape[:2])
    seen = rgb[large]
    scale = min(1.0, _FINEST_SIDE / max(rgb.shape[:2]))
    size = (max(1, round(seen.shape[0] * scale)), max(1, round(seen.shape[1] * scale)))
    fine = resized(seen, size)
    coverage, colour, clear = _matte(
        fine, parts, small, max(rgb.shape[:2]) * scale / max(parts.product.shape)
    )
    alpha = resized(coverage, seen.shape[:2])
    rim = (alpha > 0) & (alpha < _WHOLE)
    whole[large][..., :3] = seen
    whole[large][rim, :3] = resized(colour, seen.shape[:2])[rim]
    whole[large][..., 3] = (alpha * 255).round()
    return whole, clear


def _windows(small: Mask, size: tuple[int, ...]) -> tuple[Window, Window]:
    """The part that holds the product and some backdrop around it, of the small picture and the full one."""
    inner = []
    for axis in (1, 0):
        at, most = np.flatnonzero(small.any(axis=axis)), small.shape[1 - axis]
        inner.append(slice(max(0, int(at[0]) - 20), min(most, int(at[-1]) + 21)))
    window = (inner[0], inner[1])
    return window, scaled(window, small.shape, size)


def _matte(rgb: Pixels, parts: Segments, small: Window, scale: float) -> tuple[Plane, Pixels, float]:
    lab = lab_of(rgb)
    rough = resized(parts.product[small].astype(np.float32), rgb.shape[:2]) > 0.5
    rough = open_slits(lab, rough, [plane[small] for plane in parts.foretold], parts.noise, scale)
    if parts.kept is not None:
        rough |= resized(parts.kept[small].astype(np.float32), rough.shape) > 0.5
    coverage, clear = trace(lab, rough, _belief(parts, small, rough), scale)
    return coverage, _own_colour(rgb, coverage > _WHOLE, 1 + scale), clear


def _belief(parts: Segments, small: Window, rough: Mask) -> Plane:
    """How likely each pixel of the window is product: as the network says, else weakly as the segments do."""
    belief = np.where(parts.product, _LEANING, 1 - _LEANING).astype(np.float32)
    if parts.share is not None:
        filled = ((parts.share > 0.5) & ~parts.product).astype(np.uint8)
        openings = cv2.morphologyEx(filled, cv2.MORPH_OPEN, disc(_DECIDED)) > 0
        belief = np.where(grow(openings, _DECIDED), belief, parts.share)
    return np.asarray(resized(belief[small], rough.shape), np.float32)


def _own_colour(rgb: Pixels, whole: Mask, sigma: float) -> Pixels:
    """The colour of the product at and around its rim, spread from within, where no backdrop mixes in."""
    depth = cv2.distanceTransform(whole.astype(np.uint8), cv2.DIST_L2, 3)
    weight = np.asarray(np.clip(depth - 1, 0.02, 4) * whole, np.float32)
    total = blur(rgb.astype(np.float32) * weight[..., None], sigma)
    spread = total / np.maximum(blur(weight, sigma), 1e-5)[..., None]
    return spread.round().clip(0, 255).astype(np.uint8)
