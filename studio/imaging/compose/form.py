"""A product's rough form, guessed from its silhouette: where it stands, and points to cast shadows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.compose.place import CAMERA, EYE, Stage
from studio.imaging.noise import Map, f32

FINE: Final = 320  # rows of the silhouette
_BULGE: Final = 0.12  # world units
CAST: Final = 150  # rows of its cloud: enough for soft shadows, cheap to cast


@dataclass(frozen=True)
class Cloud:
    """Points in world units (shape (n,) each), about `spacing` apart."""

    x: Map
    y: Map
    z: Map
    weight: Map
    spacing: float

    def thinned(self, cell: float) -> "Cloud":
        """As many of the points as cells of this size need."""
        every = max(1, int(0.6 * (cell / self.spacing) ** 2))
        x, y, z, weight = (axis[::every] for axis in (self.x, self.y, self.z, self.weight))
        return Cloud(x, y, z, weight, self.spacing * every**0.5)

    def __add__(self, other: "Cloud") -> "Cloud":
        def both(one: Map, two: Map) -> Map:
            return np.concatenate([one, two])

        x, y, z = both(self.x, other.x), both(self.y, other.y), both(self.z, other.z)
        return Cloud(x, y, z, both(self.weight, other.weight), self.spacing)


@dataclass(frozen=True)
class Silhouette:
    """Coverage `alpha` (FINE long, 0-1) and, for each column, the row `line` where the product stands.

    Columns that touch the ground follow the outline; those that overhang (handles, crowns) take the line
    between their neighbours, so that a handle's shadow and mirror image start where the ground is.
    `shade` is how much light each part stops, where that is less than its coverage.
    """

    alpha: Map
    line: Map
    shade: Map

    @property
    def rise(self) -> float:
        """How far the hindmost foot stands above the nearest, as a share of the product's height."""
        return float(self.line.max() - self.line.min()) / len(self.alpha)

    def thinned(self, coverage: NDArray[np.uint8]) -> "Silhouette":
        """The same form where some of it lets light through; `coverage` (h, w) is what is left."""
        return replace(self, shade=_shrunk(coverage, self.alpha.shape[1::-1]))

    def depth(self, stage: Stage) -> float:
        """How far behind the nearest foot the hindmost stands, in world units."""
        return float(_depth_of(np.float32(self.rise * stage.high / stage.unit)))

    def line_on(self, width: int, height: int) -> Map:
        """The standing line in rows of another grid that the product fills."""
        line = cv2.resize(self.line[None], (width, 1), interpolation=cv2.INTER_LINEAR)[0]
        return f32(line * (height / len(self.alpha)))

    def cloud(self, stage: Stage) -> Cloud:
        """The silhouette in the world, with a guessed thickness behind its front."""
        shrink = CAST / max(len(self.alpha), 0.6 * len(self.line))
        size = max(2, round(len(self.line) * shrink)), max(2, round(len(self.alpha) * shrink))
        small = cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA)
        cell = stage.high / stage.unit / size[1]
        rows, columns = np.nonzero(small > 0.08)
        feet = self.line_on(*size)
        z = _depth_of((feet.max() - feet) * cell)[columns]
        away = 1 + z / CAMERA
        x = (columns + 0.5 - size[0] / 2) * cell * away
        y = np.maximum(feet[columns] - rows, 0) * cell * away
        thick = _thickness(small > 0.3) * cell
        z = z - _overhang(thick)[rows, columns]
        shade = cv2.resize(self.shade, size, interpolation=cv2.INTER_AREA)
        return _layers(x, y, z, thick[rows, columns], shade[rows, columns], cell)


def silhouette(alpha: NDArray[np.uint8]) -> Silhouette:
    """The form of a trimmed cut-out's coverage (h, w)."""
    scale = FINE / max(alpha.shape)
    size = max(2, round(alpha.shape[1] * scale)), max(2, round(alpha.shape[0] * scale))
    small = _shrunk(alpha, size)
    return Silhouette(small, _standing_line(small), small)


def _shrunk(alpha: NDArray[np.uint8], size: Sequence[int]) -> Map:
    return f32(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) / np.float32(255))


def _standing_line(alpha: Map) -> Map:
    high, wide = alpha.shape
    solid = alpha > 0.5
    low = np.where(solid.any(0), high - np.argmax(solid[::-1], 0), 0).astype(np.float32)
    touching = _touching(low, float(low.max()), high)
    columns = np.arange(wide)
    line = np.interp(columns, columns[touching], low[touching]).astype(np.float32)
    return f32(cv2.blur(line[None], (max(1, wide // 90) | 1, 1), borderType=cv2.BORDER_REPLICATE)[0])


def _touching(low: Map, bottom: float, high: int) -> NDArray[np.bool_]:
    """Columns whose lowest pixel is a foot: lower than its surroundings, and near the ground."""
    reach = max(2, len(low) // 40)
    around = cv2.dilate(low[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    flat = around - low < 0.6 * reach
    feet: NDArray[np.bool_] = flat & (bottom - low < 0.14 * high)
    feet |= low == bottom
    inside = np.zeros_like(feet)
    inside[np.argmax(feet) : len(feet) - np.argmax(feet[::-1])] = True
    # A back leg may be seen between the front ones.
    return np.asarray(feet | (inside & flat & (bottom - low < 0.25 * high)))


def _depth_of(rise: Map | np.float32) -> Map:
    """How far behind the foot a ground point lies that is seen `rise` units above it."""
    return CAMERA * (EYE / (EYE - np.minimum(rise, 0.8 * EYE)) - 1)


def _thickness(solid: NDArray[np.bool_]) -> Map:
    """Depth of each pixel as if its row's run were a section through something round, a little flattened."""
    left, right = _run(solid), _run(solid[:, ::-1])[:, ::-1]
    depth = 2 * np.sqrt(np.maximum(left * right, 0))
    return f32(np.minimum(0.62 * depth, 0.5 * solid.shape[0]))


def _overhang(thick: Map) -> Map:
    """How far what is wider than a broad foot comes out over it: its shadow lies in front of the foot too."""
    foot = float(thick[-max(1, len(thick) // 40) :].max())
    if foot < 0.3 * float(thick.max()):
        return np.zeros_like(thick)
    return f32(np.clip(0.5 * (thick - foot), 0, _BULGE))


def _run(solid: NDArray[np.bool_]) -> Map:
    """How many solid pixels lead up to each pixel from the left."""
    index = np.arange(1, solid.shape[1] + 1, dtype=np.float32)[None, :]
    last_gap = np.maximum.accumulate(np.where(solid, 0, index), axis=1)
    return np.where(solid, index - last_gap, 0)


def _layers(x: Map, y: Map, z: Map, thick: Map, weight: Map, cell: float) -> Cloud:
    """Points strewn from front to back: three layers, shaken so that no shadow shows them apart."""
    shake = np.random.default_rng(0).random((3, len(x)), dtype=np.float32)
    depth = (z + (np.arange(3, dtype=np.float32)[:, None] + shake) / 3 * thick).ravel()
    x, y, weight = np.tile(x, 3), np.tile(y, 3), np.tile(weight, 3)
    f32 = np.float32
    return Cloud(x.astype(f32), y.astype(f32), depth.astype(f32), weight.astype(f32), cell)
