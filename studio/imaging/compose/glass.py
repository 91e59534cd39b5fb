"""Clear glass: where a packshot shows its own plain backdrop through the product, the set shows instead."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.noise import Map, f32, smooth, step

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_LONG: Final = 640  # pixels of the longer side on which clear parts are looked for
_CLEAR: Final = 0.88  # what clear glass lets through; the rest is its own sheen
_NEUTRAL: Final = 16  # difference of the channels, in bytes, up to which a pixel may be backdrop
_NEAR, _FAR = 9.0, 30.0  # distance from the backdrop's colour, in bytes: all clear, not clear
_LEAST: Final = 0.004  # share of the product below which a bright spot is a highlight
_DARKEST: Final = 150.0  # bytes: a backdrop that could be seen through glass is brighter
_EDGE: Final = 1.0  # bytes a pixel
_INK: Final = 45.0  # bytes that a stroke is darker than what is around it
_PRINT: Final = 0.012  # share of a part that its print covers


def let_through(product: Bytes) -> Bytes:
    """The cut-out (h, w, 4) with less coverage where it seems clear glass; so do plain white things."""
    high, wide = product.shape[:2]
    scale = min(1.0, _LONG / max(high, wide))
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    small = cv2.resize(product, size, interpolation=cv2.INTER_AREA)
    clear = cv2.resize(_clear(np.asarray(small, np.uint8)), (wide, high), interpolation=cv2.INTER_LINEAR)
    seen = product.copy()
    seen[..., 3] = (product[..., 3] * (1 - _CLEAR * clear) + 0.5).astype(np.uint8)
    return seen


def _clear(small: Bytes) -> Map:
    """How clear each pixel is, 0-1: near the brightest neutral colour that fills a part of the product."""
    solid = cv2.erode((small[..., 3] > 250).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    colour = cv2.GaussianBlur(small[..., :3].astype(np.float32), (0, 0), 0.8)
    bright = colour.max(2)
    neutral = solid & (bright - colour.min(2) < _NEUTRAL)
    if neutral.sum() < 4 * _LEAST * solid.sum():
        return np.zeros(bright.shape, np.float32)
    level = max(float(np.percentile(bright[neutral], 90)), _DARKEST)
    if not (neutral & (np.abs(bright - level) < 4)).any():
        return np.zeros(bright.shape, np.float32)
    backdrop = np.median(colour[neutral & (np.abs(bright - level) < 4)], axis=0)
    near = 1 - step(_NEAR, _FAR, f32(np.abs(colour - backdrop).max(2)))
    return smooth(near * _panes(neutral & (near > 0.4), bright, int(solid.sum())), 0.8)


def _panes(where: Mask, bright: Map, whole: int) -> Map:
    """1 for what is large enough for a pane, has an outline and bears no print: no glint, letter or label."""
    opened = cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_OPEN, _disc(1))
    strokes = cv2.morphologyEx(bright, cv2.MORPH_BLACKHAT, _disc(9)) > _INK
    slope = np.hypot(cv2.Sobel(bright, cv2.CV_32F, 1, 0), cv2.Sobel(bright, cv2.CV_32F, 0, 1)) / 8
    panes = np.zeros(bright.shape, np.uint8)
    count, parts, facts, _ = cv2.connectedComponentsWithStats(opened)
    for one in range(1, count):
        part = parts == one
        large = facts[one, cv2.CC_STAT_AREA] > _LEAST * whole
        if large and _outline(part, slope) > _EDGE and not _is_printed(part, strokes):
            panes |= part
    return f32(cv2.dilate(panes, _disc(1)))


def _outline(part: Mask, slope: Map) -> float:
    """How steep the picture is around a part, bytes a pixel: a mere shade of something white ends nowhere."""
    mask = part.astype(np.uint8)
    rim = cv2.dilate(mask, _disc(2)) > cv2.erode(mask, _disc(1))
    return float(np.median(slope[rim]))


def _is_printed(part: Mask, strokes: Mask) -> bool:
    """Whether fine dark strokes lie within it, as on a label; those on its outline are the glass's edge."""
    around = cv2.copyMakeBorder(part.astype(np.uint8), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0)
    filled = cv2.morphologyEx(around, cv2.MORPH_CLOSE, _disc(16))[20:-20, 20:-20]
    inside = cv2.erode(filled, _disc(5)) > 0
    return bool((strokes & inside).sum() > _PRINT * max(int(inside.sum()), 1))


def _disc(radius: int) -> Bytes:
    size = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
