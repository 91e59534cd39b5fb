"""What a person said about a cut-out with the brush: marks are truth."""

import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import Pixels, blur

KEEP, REMOVE = 1, -1
_SOFT = 1.0  # px over which a stroke fades into what it does not cover

Marks = NDArray[np.int8]


def impose(rgba: Pixels, rgb: Pixels, marks: Marks) -> Pixels:
    """The cut-out with alpha 255 where marks (H x W) are 1 and 0 where they are -1, soft at their rims."""
    keep, drop = marks == KEEP, marks == REMOVE
    alpha = rgba[..., 3].astype(np.float32)
    alpha = np.maximum(alpha, 255 * blur(keep.astype(np.float32), _SOFT))
    alpha = np.minimum(alpha, 255 * (1 - blur(drop.astype(np.float32), _SOFT)))
    alpha = np.where(keep, 255, np.where(drop, 0, alpha)).round().astype(np.uint8)
    back = (alpha > rgba[..., 3])[..., None]
    return np.dstack([np.where(back, rgb, rgba[..., :3]), alpha])
