"""A product's rough form, guessed from its silhouette: where it stands, and a cloud of points to cast shadows."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from .place import ELEVATION

ROWS: Final = 150  # of the silhouette's cloud: enough for soft shadows, cheap to cast
Line = NDArray[np.float32]


@dataclass(frozen=True)
class Cloud:
    """Points in world units (shape (n,) each), `spacing` apart."""

    x: Line
    y: Line
    z: Line
    weight: Line
    spacing: float

    def __add__(self, other: "Cloud") -> "Cloud":
        pairs = ((getattr(self, axis), getattr(other, axis)) for axis in ("x", "y", "z", "weight"))
        return Cloud(*(np.concatenate(pair) for pair in pairs), self.spacing)


def standing_line(alpha: NDArray[np.float32]) -> Line:
    """For each column the row at which the product touches, or would touch, its ground; alpha is (h, w), 0-1.

    Columns that touch follow the outline; those that overhang (handles, crowns) take the line between their
    neighbours, so that a shadow or mirror image of a handle starts where the ground is.
    """
    high, wide = alpha.shape
    solid = alpha > 0.5
    low = np.where(solid.any(0), high - 1 - np.argmax(solid[::-1], 0), -1).astype(np.float32)
    touching = _touching(low, float(low.max()), high)
    columns = np.arange(wide)
    line = np.interp(columns, columns[touching], low[touching]).astype(np.float32)
    return cv2.blur(line[None], (max(3, wide // 60) | 1, 1), borderType=cv2.BORDER_REPLICATE)[0]  # type: ignore[no-any-return]


def _touching(low: Line, bottom: float, high: int) -> NDArray[np.bool_]:
    reach = max(2, len(low) // 40)
    lowest = cv2.dilate(low[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    flat = lowest - low < 0.6 * reach
    feet = flat & (bottom - low < 0.14 * high)
    inside = np.zeros_like(feet)
    inside[np.argmax(feet) : len(feet) - np.argmax(feet[::-1])] = True
    return feet | (inside & flat & (bottom - low < 0.25 * high))  # a back leg, seen between the front ones


def cloud(alpha: NDArray[np.float32], line: Line, unit: float) -> Cloud:
    """The silhouette with a guessed thickness. `unit` is one world unit in alpha's pixels."""
    high, wide = alpha.shape
    shrink = ROWS / max(high, wide * 0.6)
    small = cv2.resize(
        alpha, (max(2, round(wide * shrink)), max(2, round(high * shrink))), interpolation=cv2.INTER_AREA
    )
    feet = cv2.resize(line[None] * shrink, (small.shape[1], 1), interpolation=cv2.INTER_LINEAR)[0]
    rows, columns = np.nonzero(small > 0.08)
    scale = 1 / (unit * shrink)
    x = (columns + 0.5 - small.shape[1] / 2) * scale
    y = np.maximum(feet[columns] - rows, 0) * scale
    near = (float(line.max()) * shrink - feet[columns]) * scale / ELEVATION
    thick = _thickness(small > 0.3)[rows, columns] * scale
    layers = [(x, y, near + share * thick, small[rows, columns]) for share in (0.0, 0.5, 1.0)]
    merged = (np.concatenate(axis).astype(np.float32) for axis in zip(*layers, strict=True))
    return Cloud(*merged, spacing=float(scale))


def _thickness(solid: NDArray[np.bool_]) -> Line:
    """Depth of each pixel as if its row's run were the cross-section of something round, a little flattened."""
    left = _run(solid)
    right = _run(solid[:, ::-1])[:, ::-1]
    depth = 2 * np.sqrt(np.maximum(left * right, 0))
    return np.minimum(0.62 * depth, 0.5 * solid.shape[0]).astype(np.float32)  # type: ignore[no-any-return]


def _run(solid: NDArray[np.bool_]) -> Line:
    """How many solid pixels lead up to each pixel from the left."""
    index = np.arange(1, solid.shape[1] + 1, dtype=np.float32)[None, :]
    last_gap = np.maximum.accumulate(np.where(solid, 0, index), axis=1)
    return np.where(solid, index - last_gap, 0).astype(np.float32)
