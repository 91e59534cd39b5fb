"""Where product and ground meet: the thin dark seam that keeps a product from floating."""

import numpy as np

from studio.imaging.compose.place import Stage
from studio.imaging.compose.product import Cutting
from studio.imaging.noise import Map, smooth


def seam(stage: Stage, cutting: Cutting, line: Map) -> Map:
    """Gain of the ground, (height, width): 1 where free, towards 0 under the product's standing `line`."""
    high, wide = cutting.alpha.shape
    touch = np.arange(high, dtype=np.float32)[:, None] - line[None, :]
    near = (np.abs(touch + 0.006 * stage.unit) < 0.014 * stage.unit) & (cutting.alpha > 128)
    marks = np.zeros((stage.height, stage.width), np.float32)
    marks[cutting.top : cutting.bottom, cutting.left : cutting.right] = near
    unit = stage.unit
    tight = smooth(marks, 0.012 * unit, 0.006 * unit)
    loose = smooth(marks, 0.035 * unit, 0.013 * unit)
    return 1 - np.clip(0.8 * tight**0.7 + 0.9 * loose, 0, 0.88)
