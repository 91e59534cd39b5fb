"""Where things stand: the frame's composition and the camera that goes with it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..scene import Scene

MARGIN: Final = 0.05
CAMERA: Final = 5.0  # distance in product heights: a long lens, as packshots are taken
ELEVATION: Final = np.tan(np.radians(10.0))  # packshots look down about this much
Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Stage:
    """One composition. World units are product heights: x right, y up, z away from the camera, 0 at the foot.

    Pixels: `left`, `top`, `wide`, `high` is the product's box, `foot` its lowest row, `unit` one world unit.
    """

    width: int
    height: int
    left: float
    top: float
    wide: float
    high: float
    unit: float
    back: float  # how far behind the product the wall stands
    drop: float  # how far below the product's foot the floor is (a podium's height)

    @property
    def foot(self) -> float:
        return self.top + self.high

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2

    @property
    def horizon(self) -> float:
        """The row of the camera's eye level."""
        return self.foot - CAMERA * ELEVATION * self.unit

    @property
    def edge(self) -> float:
        """The row where floor and wall meet."""
        return float(self.row(self.back, -self.drop))

    def row(self, z: float, y: float = 0.0) -> float:
        """The row at which a point `z` behind and `y` above the foot is seen."""
        return self.horizon + (CAMERA * ELEVATION - y) * self.unit * CAMERA / (CAMERA + z)

    def floor(self, columns: Rows, rows: Rows) -> tuple[Rows, Rows]:
        """World x (rows, columns) and z (rows, 1) of floor points; rows above the wall's foot are held there."""
        seen = np.maximum(rows, min(self.edge, self.foot) - 0.04 * self.unit) - self.horizon
        distance = (CAMERA * ELEVATION + self.drop) * self.unit * CAMERA / np.maximum(seen, 1e-3)
        z = (distance - CAMERA)[:, None].astype(np.float32)
        return self.across(columns, z), z

    def across(self, columns: Rows, z: Rows | float) -> Rows:
        """World x of columns seen at depth z."""
        return ((columns[None, :] - self.middle) / self.unit * (1 + z / CAMERA)).astype(np.float32)

    def wall(self, columns: Rows, rows: Rows) -> tuple[Rows, Rows]:
        """World x (1, columns) and y (rows, 1) of wall points."""
        y = CAMERA * ELEVATION - (rows - self.horizon) / self.unit * (1 + self.back / CAMERA)
        return self.across(columns, self.back), y[:, None].astype(np.float32)

    def scaled(self, factor: float, width: int, height: int) -> "Stage":
        """The same composition on another pixel grid."""
        sides = (
            self.left * factor,
            self.top * factor,
            self.wide * factor,
            self.high * factor,
            self.unit * factor,
        )
        return Stage(width, height, *sides, self.back, self.drop)


def compose_frame(
    wide: int, high: int, scene: Scene, width: int, height: int, rng: np.random.Generator
) -> Stage:
    """Place a product of wide x high pixels in a frame of width x height, by rule and a little chance."""
    if scene.ground.material == "none":
        return _fill_frame(wide, high, scene, width, height)
    share_x, share_y = _shares(width / height, scene)
    scale = min(share_x * width / wide, share_y * height / high)
    box_wide, box_high = wide * scale, high * scale
    unit = max(box_high, 0.55 * box_wide)
    left = _column(box_wide, scene, width, height, rng)
    top = _row(box_high, unit, scene, width, height, rng)
    drop = 0.0 if scene.prop.kind == "none" else 0.62
    return Stage(width, height, left, top, box_wide, box_high, unit, _depth(scene.horizon, drop), drop)


def _fill_frame(wide: int, high: int, scene: Scene, width: int, height: int) -> Stage:
    scale = min(scene.fill * width / wide, scene.fill * height / high)
    sides = ((width - wide * scale) / 2, (height - high * scale) / 2, wide * scale, high * scale)
    return Stage(width, height, *sides, unit=high * scale, back=1.0, drop=0.0)


def _shares(ratio: float, scene: Scene) -> tuple[float, float]:
    """The largest shares of width and height the product may take; narrow frames give it more of their short side."""
    short = min(scene.fill * 1.16, 1 - 2 * MARGIN - 0.08)
    if ratio >= 1:
        return min(scene.fill * 1.1, 0.8), min(
            scene.fill + (short - scene.fill) * min((ratio - 1) / 1.2, 1), short
        )
    return min(scene.fill * 1.1 + (1 - ratio) * 0.35, 1 - 2 * MARGIN - 0.06), scene.fill


def _column(wide: float, scene: Scene, width: int, height: int, rng: np.random.Generator) -> float:
    """Wide frames put the product towards the light, on a third at most, so that its shadow falls into the space."""
    ratio = width / height
    aside = float(np.interp(ratio, [1.2, 1.78, 2.4, 3.0], [0.0, 0.07, 0.14, 0.165]))
    towards = np.sign(np.sin(np.radians(scene.light.direction))) or -1.0
    middle = width * (0.5 + aside * towards + rng.uniform(-0.014, 0.014))
    return float(np.clip(middle - wide / 2, MARGIN * width, (1 - MARGIN) * width - wide))


def _row(high: float, unit: float, scene: Scene, width: int, height: int, rng: np.random.Generator) -> float:
    """Free height is shared between headroom and floor; tall frames keep copy space above."""
    ratio = width / height
    above = float(np.interp(ratio, [0.33, 0.56, 1.0, 1.8, 3.0], [0.60, 0.60, 0.58, 0.56, 0.55]))
    if scene.prop.kind != "none":
        above -= float(np.interp(ratio, [0.5, 1.0, 2.0], [0.13, 0.2, 0.24]))
    top = (height - high) * (above + rng.uniform(-0.02, 0.02))
    return float(np.clip(top, MARGIN * height, (1 - MARGIN) * height - high))


def _depth(horizon: float, drop: float) -> float:
    """The wall's distance that lets the floor end `horizon` units above the foot, or as near as the camera allows."""
    eye = CAMERA * ELEVATION
    seen = max(eye - horizon, 0.05)
    return float(np.clip(CAMERA * ((eye + drop) / seen - 1), 0.6, 40))
