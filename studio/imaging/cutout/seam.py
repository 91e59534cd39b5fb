"""The cheapest line between two regions: along edges a cut costs little, and gaps are crossed straight."""

from typing import Any

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane

_CHEAPEST = 0.04  # what a cut along a line costs a px, where one through nothing costs 1


def seam_costs(edges: Plane) -> Plane:
    """Strength of edges, 1 being what noise gives -> what a cut through each pixel costs."""
    return np.asarray(np.clip(1 / (1 + 4 * edges**2), _CHEAPEST, 1), np.float32)


def cut(ours: Mask, others: Mask, cost: Plane) -> Mask:
    """The side of `ours` in the cheapest cut from `others`; OpenCV's seam finder is a minimum cut."""
    if not others.any():
        return np.ones_like(ours)
    picture = np.zeros((*ours.shape, 3), np.float32)
    picture[..., 0] = 100 * cost  # far above the 1 that the seam finder adds everywhere
    sides: list[Any] = [np.where(taken, 0, 255).astype(np.uint8) for taken in (others, ours)]
    pictures: list[Any] = [picture, np.zeros_like(picture)]
    seam: Any = cv2.detail.GraphCutSeamFinder("COST_COLOR", 1e6, 0.0).find(pictures, [(0, 0), (0, 0)], sides)[
        0
    ]
    return np.asarray(seam.get() if isinstance(seam, cv2.UMat) else seam) > 0
