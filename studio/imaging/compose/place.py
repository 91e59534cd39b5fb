"""Where things stand: the frame's composition and the camera that goes with it."""

from dataclasses import dataclass
from math import radians, sin, tan
from typing import Final, NamedTuple

import numpy as np

from studio.imaging.noise import Map
from studio.imaging.scene import Scene

MARGIN: Final = 0.05
CAMERA: Final = 5.0  # distance in product heights: a long lens, as packshots are taken
DROPS: Final = {"none": 0.0, "podium": 0.62, "plinth": 0.13}  # how high a prop lifts the product
EYE: Final = CAMERA * tan(radians(10))  # eye level in product heights: packshots look down about 10 degrees


@dataclass(frozen=True)
class Stage:
    """One composition. World units are product heights: x right, y up, z away from the camera; 0 is the foot.

    Pixels: the product's box `left`, `top`, `wide`, `high`, its bottom row the foot; `unit`, one world unit.
    World: `back`, how far behind the foot the wall stands; `drop`, how far below it the floor lies.
    """

    width: int
    height: int
    left: float
    top: float
    wide: float
    high: float
    unit: float
    back: float
    drop: float

    @property
    def foot(self) -> float:
        return self.top + self.high

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2

    @property
    def horizon(self) -> float:
        """The row of the camera's eye level."""
        return self.foot - EYE * self.unit

    @property
    def edge(self) -> float:
        """The row where floor and wall meet."""
        return self.row(self.back, -self.drop)

    def row(self, z: float, y: float = 0.0) -> float:
        """The row at which a point `z` behind and `y` above the foot is seen."""
        return self.horizon + (EYE - y) * self.unit * CAMERA / (CAMERA + z)

    def plane(self, columns: Map, rows: Map, y: float, highest: float) -> tuple[Map, Map]:
        """World x (rows, columns) and z (rows, 1) of points on the level plane `y`, held at row `highest`."""
        seen = np.maximum(rows, highest) - self.horizon
        distance = (EYE - y) * self.unit * CAMERA / np.maximum(seen, 1e-3)
        z = (distance - CAMERA)[:, None].astype(np.float32)
        return self.across(columns, z), z

    def floor(self, columns: Map, rows: Map) -> tuple[Map, Map]:
        """World x (rows, columns) and z (rows, 1) of floor points."""
        return self.plane(columns, rows, -self.drop, min(self.edge, self.foot) - 0.04 * self.unit)

    def wall(self, columns: Map, rows: Map) -> tuple[Map, Map]:
        """World x (1, columns) and y (rows, 1) of wall points."""
        y = EYE - (rows - self.horizon) / self.unit * (1 + self.back / CAMERA)
        return self.across(columns, self.back), y[:, None].astype(np.float32)

    def across(self, columns: Map, z: Map | float) -> Map:
        """World x of columns seen at depth z."""
        return ((columns[None, :] - self.middle) / self.unit * (1 + z / CAMERA)).astype(np.float32)

    def scaled(self, factor: float) -> "Stage":
        """The same composition on a grid `factor` as large."""
        size = max(1, round(self.width * factor)), max(1, round(self.height * factor))
        sides = (self.left * factor, self.top * factor, self.wide * factor, self.high * factor)
        return Stage(*size, *sides, self.unit * factor, self.back, self.drop)


@dataclass(frozen=True)
class Shape:
    """What the rules know of a product: its pixels, and how far its hindmost foot rises (of its height)."""

    wide: int
    high: int
    rise: float


class Free(NamedTuple):
    """Shares of the frame without product: a channel's buttons cover them, or a cut takes them."""

    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0

    def room(self, width: float, height: float) -> tuple[float, float]:
        """What is left of width and height, in pixels."""
        return (1 - self.left - self.right) * width, (1 - self.top - self.bottom) * height


NOTHING_FREE: Final = Free()


def compose_frame(
    shape: Shape, scene: Scene, width: int, height: int, rng: np.random.Generator, free: Free = NOTHING_FREE
) -> Stage:
    """Place a product in a frame of width x height, by rule and a little chance."""
    if scene.ground.material == "none":
        return _fill_frame(shape, scene, width, height, free)
    share_x, share_y = _shares(shape, width / height, scene)
    scale = min(share_x * width / shape.wide, share_y * height / shape.high) * rng.uniform(0.88, 1.0)
    scale = min(scale, _fit(shape, free.room(width, height)))
    wide, high = shape.wide * scale, shape.high * scale
    unit = max(high, 0.55 * wide)
    left = _within(_column(wide, scene, width, height, rng), wide, width, free.left, free.right)
    top = _within(_row(high, scene, width, height, rng), high, height, free.top, free.bottom)
    drop = DROPS[scene.prop.kind]
    behind = 0.0 if drop else shape.rise * high / unit + 0.08
    return Stage(width, height, left, top, wide, high, unit, _depth(max(scene.horizon, behind), drop), drop)


def _fill_frame(shape: Shape, scene: Scene, width: int, height: int, free: Free) -> Stage:
    scale = _fit(shape, (scene.fill * width, scene.fill * height))
    scale = min(scale, _fit(shape, free.room(width, height)))
    wide, high = shape.wide * scale, shape.high * scale
    left = _within((width - wide) / 2, wide, width, free.left, free.right)
    top = _within((height - high) / 2, high, height, free.top, free.bottom)
    return Stage(width, height, left, top, wide, high, unit=high, back=1.0, drop=0.0)


def _fit(shape: Shape, room: tuple[float, float]) -> float:
    return min(room[0] / shape.wide, room[1] / shape.high)


def _within(start: float, extent: float, side: int, before: float, after: float) -> float:
    """`start` moved as little as keeps `extent` out of the free shares of `side`."""
    return float(np.clip(start, before * side, max(before * side, (1 - after) * side - extent)))


def _shares(shape: Shape, ratio: float, scene: Scene) -> tuple[float, float]:
    """The product's largest shares of width and height; narrow frames and flat products get more width."""
    flat = 0.12 * min(max(shape.wide / shape.high - 1.3, 0), 1)
    if ratio < 1:
        return min(1.1 * scene.fill + 0.35 * (1 - ratio) + flat, 1 - 2 * MARGIN - 0.06), scene.fill
    wider = min((ratio - 1) / 1.2, 1)
    most = float(np.interp(ratio, [1, 1.8, 3], [0.82, 0.72, 0.5]))
    return min(1.1 * scene.fill + flat, most), min(scene.fill * (1 + 0.18 * wider), 1 - 2 * MARGIN - 0.08)


def _column(wide: float, scene: Scene, width: int, height: int, rng: np.random.Generator) -> float:
    """Wide frames put the product towards the light, on a third at most: its shadow falls into free space."""
    aside = float(np.interp(width / height, [1.2, 1.78, 2.4, 3.0], [0.0, 0.07, 0.14, 0.165]))
    towards = 1 if sin(radians(scene.light.direction)) > 0 else -1
    middle = width * (0.5 + aside * towards + rng.uniform(-0.035, 0.035))
    return float(np.clip(middle - wide / 2, MARGIN * width, (1 - MARGIN) * width - wide))


def _row(high: float, scene: Scene, width: int, height: int, rng: np.random.Generator) -> float:
    """Free height is shared between headroom and floor; tall frames keep copy space above."""
    ratio = width / height
    above = float(np.interp(ratio, [0.33, 0.56, 1.0, 1.8, 3.0], [0.60, 0.60, 0.58, 0.56, 0.55]))
    below = DROPS[scene.prop.kind] / DROPS["podium"]
    above -= below * float(np.interp(ratio, [0.5, 1.0, 2.0], [0.13, 0.2, 0.24]))
    top = (height - high) * (above + rng.uniform(-0.02, 0.02))
    return float(np.clip(top, MARGIN * height, (1 - MARGIN) * height - high))


def _depth(horizon: float, drop: float) -> float:
    """How far back the wall stands so that the floor ends `horizon` units above the foot."""
    return float(np.clip(CAMERA * ((EYE + drop) / max(EYE - horizon, 0.05) - 1), 0.6, 40))
