"""The product mirrored in a glossy ground: sharp at its foot, softer with distance, gone after a while."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .colour import Pixels
from .place import Stage
from .product import Cutting

Map = NDArray[np.float32]


def mirror(stage: Stage, cutting: Cutting, colour: Pixels, line: Map, gloss: float) -> Pixels:
    """Premultiplied mirror image over the whole frame, (height, width, 4); `line` is the product's standing line."""
    alpha = cutting.alpha.astype(np.float32)[..., None] / 255
    product = np.concatenate([colour * alpha, alpha], 2)
    columns = np.arange(stage.width, dtype=np.float32) - cutting.left
    rows = np.arange(stage.height, dtype=np.float32) - cutting.top
    feet = np.interp(columns, np.arange(len(line)), line).astype(np.float32)
    depth = rows[:, None] - feet[None, :]
    source = feet[None, :] - depth
    at_x = np.repeat(columns[None], stage.height, 0)
    image = cv2.remap(product, at_x, np.where(depth > 0, source, -9).astype(np.float32), cv2.INTER_LINEAR)
    return _fade(image, depth / stage.unit, stage.unit, gloss)


def _fade(image: Pixels, depth: Map, unit: float, gloss: float) -> Pixels:
    rough = unit * (0.012 + 0.05 * (1 - gloss))
    near = cv2.GaussianBlur(image, (0, 0), rough * 0.35, sigmaY=rough * 0.6)
    far = cv2.GaussianBlur(image, (0, 0), rough * 1.4, sigmaY=rough * 3)
    share = np.clip(depth / 0.35, 0, 1)[..., None]
    strength = np.exp(-np.maximum(depth, 0) / (0.15 + 0.5 * gloss))[..., None]
    return ((near * (1 - share) + far * share) * strength).astype(np.float32)  # type: ignore[no-any-return]
