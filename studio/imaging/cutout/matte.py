"""From the small mask to coverage and colour on the packshot's own grid."""

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Pixels, Plane, blur, disc, grow, pieces_touching, shrink

_BAND = 2.5  # px on either side of the outline that may be partly covered
_CLEAR = 30.0  # RGB distance from which a fringe of backdrop can be told from the product
_TRUST = 20.0  # RGB distance of product and backdrop above which colour decides the coverage


def matte(rgb: Pixels, small: Mask) -> Pixels:
    """RGB (H x W x 3) and the mask at working size -> RGBA: the product's own colour, alpha = coverage."""
    full = np.zeros((*rgb.shape[:2], 4), np.uint8)
    window = _window(small, rgb.shape[:2])
    if window is None:
        return full
    full[window] = _matte(
        rgb[window], _enlarge(small, rgb.shape[:2])[window], max(rgb.shape[:2]) / max(small.shape)
    )
    return full


def _window(small: Mask, size: tuple[int, ...]) -> tuple[slice, slice] | None:
    """The part of the full picture that holds the product, with some backdrop around it."""
    if not small.any():
        return None
    found = []
    for axis, length in ((1, size[0]), (0, size[1])):
        at = np.flatnonzero(small.any(axis=axis))
        scale, margin = length / small.shape[1 - axis], 16 + length // 60
        found.append(
            slice(max(0, int(at[0] * scale) - margin), min(length, int((at[-1] + 1) * scale) + margin))
        )
    return found[0], found[1]


def _enlarge(small: Mask, size: tuple[int, ...]) -> Mask:
    soft = cv2.resize(small.astype(np.float32), (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft > 0.5)


def _matte(rgb: Pixels, rough: Mask, scale: float) -> Pixels:
    hard, line = _snap(rgb, rough, max(2, round(scale)))
    seen, sigma = rgb.astype(np.float32), 2 + scale
    share, contrast, _ = _coverage(seen, hard, line, sigma)
    hard = np.where(line, share > 0.5, hard)
    hard = _peeled(hard, (share < 0.5) & (contrast > _CLEAR), 1 + 2.5 * scale)
    share, contrast, colour = _coverage(seen, hard, np.zeros_like(hard), sigma)
    trust = contrast**2 / (contrast**2 + _TRUST**2)
    mixed = trust * share + (1 - trust) * blur(hard.astype(np.float32), 0.8)
    band = (_depth(hard) < _BAND) & (_depth(~hard) < _BAND)
    alpha = np.where(band, mixed, hard)
    colour = np.where((alpha > 0.98)[..., None], seen, colour)
    return np.dstack([colour, alpha * 255]).round().clip(0, 255).astype(np.uint8)


def _coverage(seen: Plane, hard: Mask, unsure: Mask, sigma: float) -> tuple[Plane, Plane, Plane]:
    """Where colours lie from backdrop (0) to product (1), how far those are apart, and the product's own."""
    product = _around(seen, np.clip(_depth(hard & ~unsure) - 1, 0.02, 4) * hard, sigma)
    backdrop = _around(seen, np.clip(_depth(~hard & ~unsure) - 1.5, 0.001, 3) * ~hard, sigma)
    towards = product - backdrop
    length2 = (towards**2).sum(axis=2)
    share = np.clip(((seen - backdrop) * towards).sum(axis=2) / np.maximum(length2, 1), 0, 1)
    return share, np.sqrt(length2), product


def _peeled(hard: Mask, like_backdrop: Mask, deepest: float) -> Mask:
    """The mask without the fringe of backdrop that the small mask left on it."""
    fringe = hard & like_backdrop & (_depth(hard) < deepest)
    return hard & ~pieces_touching(fringe | ~hard, ~hard)


def _snap(rgb: Pixels, rough: Mask, reach: int) -> tuple[Mask, Mask]:
    """The enlarged mask moved to the sharpest crest within `reach` px; also the crest line itself."""
    sure = shrink(rough, reach)
    thin = rough & ~np.asarray(cv2.morphologyEx(rough.astype(np.uint8), cv2.MORPH_OPEN, disc(reach)) > 0)
    sure |= shrink(rough, max(1, reach // 2)) & thin
    marks = np.zeros(rough.shape, np.int32)
    marks[~grow(rough, reach)] = 1
    marks[sure] = 2
    smooth = cv2.GaussianBlur(rgb, (0, 0), 0.8)
    steps = [cv2.Scharr(smooth, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0)]
    crest = np.clip(np.sqrt(np.hypot(*steps).max(axis=2)) * 4, 0, 255).astype(np.uint8)
    flooded = cv2.watershed(cv2.merge([crest] * 3), marks)
    line = flooded == -1
    line[[0, -1]] = line[:, [0, -1]] = False
    return np.where(line, rough, flooded == 2), line


def _depth(mask: Mask) -> Plane:
    """How far inside the mask each of its pixels lies."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def _around(values: Plane, weight: Plane, sigma: float) -> Plane:
    """The weighted mean colour of the neighbourhood."""
    weight = weight.astype(np.float32)
    total, share = blur(values * weight[..., None], sigma), np.maximum(blur(weight, sigma), 1e-5)
    return np.asarray(total / share[..., None], np.float32)
