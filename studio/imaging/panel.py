"""Lets the ground of a picture go on beyond its edges, for shapes that no crop of it can fill.

What is added is calm: the edge's own tones run on, and the ground's fine grain with them, mirrored. Larger
patterns fade out, so that nothing of the scene is seen twice.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.noise import Map

Bytes = NDArray[np.uint8]
BLOCK: Final = 256  # columns at once, so that a wide banner needs little memory
NEAR: Final = 0.4  # of what is beside the product, where its shadow lies
FINE: Final = 0.02  # of the edge's length: patterns below it go on for ever
GRAIN: Final = 1.8  # times the usual strength: more than that is a single thing
FADE: Final = 0.35  # of the strip's width: how far patterns are mirrored before they are gone
CALM: Final = 0.12  # of the edge's length: over so much the tones melt into each other far out


def extend(
    picture: Bytes, pads: tuple[int, int, int, int], product: tuple[int, int, int, int] | None = None
) -> Bytes:
    """The picture (h, w, channels) with so many pixels more at left, top, right, bottom.

    `product` is its edges in the picture's pixels, in the same order: only what is beside it is mirrored.
    """
    left, top, right, bottom = pads
    high, wide = picture.shape[:2]
    first, above, last, below = product or (wide // 3, high // 3, wide - wide // 3, high - high // 3)
    picture = _sideways(picture, left, right, first, last)
    turned = _sideways(picture.transpose(1, 0, 2), top, bottom, above, below)
    return np.ascontiguousarray(turned.transpose(1, 0, 2))


def _sideways(picture: Bytes, left: int, right: int, first: int, last: int) -> Bytes:
    wide = picture.shape[1]
    parts = [picture]
    if left:
        free = picture[:, : min(max(1, first), wide)]
        parts.insert(0, _beyond(_far(free[:, ::-1]), left)[:, ::-1])
    if right:
        parts.append(_beyond(_far(picture[:, max(0, min(last, wide - 1)) :]), right))
    return np.concatenate(parts, axis=1) if len(parts) > 1 else picture


def _far(side: Bytes) -> Bytes:
    """The part of one side that the product's shadow hardly reaches, a column at least."""
    return side[:, min(round(NEAR * side.shape[1]), side.shape[1] - 1) :]


def _beyond(strip: Bytes, count: int) -> Bytes:
    """`count` columns that follow this strip (h, n, channels), which is free of the product."""
    high, wide, channels = strip.shape
    light = np.ascontiguousarray(strip, np.float32)
    grain = _grain(light)
    tones = _tones(light, wide // 2 | 1)
    pattern = light - grain - tones
    mirrored, added = _to_and_fro(count, wide), np.empty((high, count, channels), np.uint8)
    for start in range(0, count, BLOCK):
        here = mirrored[start : start + BLOCK]
        distance = np.arange(start, start + len(here), dtype=np.float32)[None, :, None]
        fading = np.exp(-distance / (FADE * wide))
        block = _running_on(tones, distance) + grain[:, here] + pattern[:, here] * fading
        added[:, start : start + BLOCK] = np.clip(block + 0.5, 0, 255)
    return added


def _grain(light: Map) -> Map:
    """What is fine and everywhere: wood, stone, film. Single hard edges, of shadows or lights, are none."""
    fine = light - cv2.GaussianBlur(light, (0, 0), max(1.0, FINE * light.shape[0])).reshape(light.shape)
    usual = GRAIN * float(np.median(np.abs(fine)))
    return np.asarray(np.clip(fine, -usual, usual), np.float32)


def _running_on(tones: Map, distance: Map) -> Map:
    """The tones at the edge, going on level: farther out those of the whole strip, ever softer."""
    high = tones.shape[0]
    edge, whole = tones[:, -1:], tones.mean(axis=1, keepdims=True)
    calm = cv2.GaussianBlur(whole, (0, 0), sigmaX=0.1, sigmaY=CALM * high, borderType=cv2.BORDER_REPLICATE)
    out, far = (1 - np.exp(-distance / (times * high)) for times in (0.6, 2.0))
    return np.asarray(edge + (whole - edge) * out + (calm.reshape(edge.shape) - whole) * far, np.float32)


def _tones(light: Map, columns: int) -> Map:
    """Each row, smoothed along itself."""
    return cv2.blur(light, (columns, 1), borderType=cv2.BORDER_REPLICATE).reshape(light.shape)


def _to_and_fro(count: int, wide: int) -> NDArray[np.intp]:
    """Columns of a strip as they follow its right edge: back to its left one, and out again."""
    step = np.arange(count) % (2 * wide)
    return np.where(step < wide, wide - 1 - step, step - wide)
