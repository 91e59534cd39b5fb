"""The product mirrored in a glossy ground: sharp at its foot, softer with distance, gone after a while."""

import cv2
import numpy as np

from studio.imaging.compose.place import Stage
from studio.imaging.compose.product import Cutting
from studio.imaging.noise import Map, smooth


def mirror(stage: Stage, cutting: Cutting, colour: Map, line: Map, gloss: float) -> Map:
    """Premultiplied mirror image over the whole frame, (height, width, 4); `line` is the standing line."""
    alpha = cutting.alpha.astype(np.float32)[..., None] / 255
    product = np.concatenate([colour * alpha, alpha], 2)
    top, pad = min(max(int(cutting.top + line.min()) - 8, 0), stage.height - 1), round(0.3 * stage.unit)
    left, right = max(cutting.left - pad, 0), min(cutting.right + pad, stage.width)
    columns = np.arange(left, right, dtype=np.float32) - cutting.left
    rows = np.arange(top, stage.height, dtype=np.float32) - cutting.top
    feet = np.interp(columns, np.arange(len(line)), line).astype(np.float32)
    depth = rows[:, None] - feet[None, :]
    source = np.where(depth > 0, feet[None, :] - depth, -9).astype(np.float32)
    image = cv2.remap(product, np.repeat(columns[None], len(rows), 0), source, cv2.INTER_LINEAR)
    whole = np.zeros((stage.height, stage.width, 4), np.float32)
    whole[top:, left:right] = _fade(image, depth / stage.unit, stage.unit, gloss)
    return whole


def _fade(image: Map, depth: Map, unit: float, gloss: float) -> Map:
    """Blur and strength by depth; the part next to the foot shows the product's dark underside."""
    rough = unit * (0.01 + 0.045 * (1 - gloss))
    near = smooth(image, rough * 0.3, rough * 0.5)
    far = smooth(image, rough * 1.4, rough * 3)
    share = np.clip(depth / 0.35, 0, 1)[..., None]
    polish = (0.16 + 0.5 * gloss) * min(gloss / 0.12, 1)  # matt grounds hardly mirror at all
    strength = polish * np.exp(-np.maximum(depth, 0) / (0.15 + 0.5 * gloss))[..., None]
    mixed = (near * (1 - share) + far * share) * strength
    mixed[..., :3] *= (1 - 0.55 * np.exp(-np.maximum(depth, 0) / 0.05))[..., None]
    return mixed.astype(np.float32)
