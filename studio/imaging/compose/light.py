"""How much light reaches each part of the set: soft fields over the frame, worked out once on a small grid."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ..scene import Scene
from . import shadow
from .colour import linear
from .form import Cloud
from .gobo import Gobo
from .place import Stage
from .podium import Podium

Map = NDArray[np.float32]
_REACH: Final = 2.6  # world units from the product that its shadow may fall
_FINE, _COARSE = 1 / 130, 1 / 56


@dataclass(frozen=True)
class Fields:
    """Light as (height, width, 3) factors of a surface's colour: 1 where key and fill arrive in full."""

    floor: Map
    wall: Map
    top: Map | None
    side: Map | None


class Lighting:
    """The lamp, the sky and what stands in their way."""

    def __init__(
        self, scene: Scene, stage: Stage, cloud: Cloud, podium: Podium | None, rng: np.random.Generator
    ) -> None:
        self._scene, self._stage, self._podium = scene, stage, podium
        self.gobo = Gobo(scene.light, rng)
        self._ray = shadow.towards(scene.light)
        whole = cloud if podium is None else cloud + podium.cloud()
        rays, cell = shadow.lamp(scene.light), _FINE if scene.light.hardness > 0.5 else _COARSE * 0.6
        reach = _REACH + stage.drop
        self._floor = shadow.on_floor(whole, rays, stage.drop, cell, reach)
        self._sky = shadow.on_floor(whole, shadow.sky(), stage.drop, _COARSE, _REACH)
        self._wall = (
            shadow.on_wall(whole, rays, stage.back, stage.drop, cell, reach) if stage.back < 6 else None
        )
        self._top = self._top_sky = None
        if podium is not None:
            self._top = shadow.on_floor(cloud, rays, 0.0, cell, 1.2)
            self._top_sky = shadow.on_floor(cloud, shadow.sky(), 0.0, _COARSE, 1.2)

    def fields(self, stage: Stage) -> Fields:
        """The light on the set as the grid of `stage` sees it."""
        columns, rows = (
            np.arange(stage.width, dtype=np.float32) + 0.5,
            np.arange(stage.height, dtype=np.float32) + 0.5,
        )
        floor = self._on_floor(*stage.floor(columns, rows))
        wall = self._on_wall(*stage.wall(columns, rows))
        if self._podium is None:
            return Fields(floor, wall, None, None)
        return Fields(floor, wall, self._on_top(stage, columns, rows), self._on_side(stage, columns, rows))

    def _on_floor(self, x: Map, z: Map) -> Map:
        lit = self._floor.at(x, z) * self.gobo.at(x, -self._stage.drop, z) * self._pool(x, z)
        facing = 0.45 + 0.55 * self._ray[1] / self._brightest()
        return self._mix(lit * facing, self._sky.at(x, z) ** 1.15)

    def _on_wall(self, x: Map, y: Map) -> Map:
        back, corner = self._stage.back, y + self._stage.drop
        shade = 1.0 if self._wall is None else self._wall.at(x, y)
        facing = 0.35 + 0.65 * max(float(-self._ray[2]), 0) / self._brightest()
        lit = shade * self.gobo.at(x, y, back) * self._pool(x, 0.8 * (y - 0.5))
        dim = 1 - 0.28 * np.exp(-np.maximum(corner, 0) / 0.35) * (1 - self._scene.sweep)
        return self._mix(
            np.broadcast_to(lit * facing, np.broadcast_shapes(x.shape, y.shape)), dim
        ) * self._glow(x, y)

    def _on_top(self, stage: Stage, columns: Map, rows: Map) -> Map:
        assert self._top is not None and self._top_sky is not None and self._podium is not None
        seen = np.maximum(rows - stage.horizon, 0.2 * stage.unit)
        z = (stage.row(0) - stage.horizon) * 5.0 / seen[:, None] - 5.0
        x = stage.across(columns, z.astype(np.float32))
        z = z.astype(np.float32)
        lit = self._top.at(x, z) * self.gobo.at(x, 0.0, z)
        return self._mix(
            lit * (0.45 + 0.55 * self._ray[1] / self._brightest()), self._top_sky.at(x, z) ** 1.15
        )

    def _on_side(self, stage: Stage, columns: Map, rows: Map) -> Map:
        assert self._podium is not None
        turn, y = self._podium.around(stage, columns, rows)
        facing = np.clip(turn * self._ray[0] - np.sqrt(1 - turn**2) * self._ray[2], 0, 1) / self._brightest()
        lit = facing * self.gobo.at(turn * self._podium.radius, y, -0.5 * self._podium.radius)
        open_sky = (0.55 + 0.45 * np.clip((y + stage.drop) / stage.drop, 0, 1) ** 0.6) * (
            0.72 + 0.28 * np.sqrt(1 - turn**2)
        )
        return self._mix(np.broadcast_to(lit, open_sky.shape), open_sky)

    def _brightest(self) -> float:
        return float(max(self._ray[1], -self._ray[2], 0.35))

    def _mix(self, lit: Map, open_sky: Map) -> Map:
        light = self._scene.light
        ambient = np.float32(0.8 * light.fill)
        key = linear(light.colour) * np.float32(light.strength) * (1 - 0.8 * ambient)
        return lit[..., None] * key + open_sky[..., None] * (linear(light.fill_colour) * ambient)  # type: ignore[no-any-return]

    def _pool(self, u: Map, v: Map) -> Map | float:
        """A spot's falloff around the product; wide frames get a wide pool so that no side drowns."""
        tight = self._scene.light.pool
        if tight == 0:
            return 1.0
        stretch = max(1.0, 0.5 * self._stage.width / self._stage.height)
        away = (u / stretch) ** 2 + v**2
        return 1 - tight * (1 - np.exp(-away / (3.2 - 2.2 * tight)))  # type: ignore[no-any-return]

    def _glow(self, x: Map, y: Map) -> Map:
        amount = self._scene.wall.glow
        stretch = 1.1 + 0.35 * self._stage.width / self._stage.height
        away = ((x + 0.25 * np.sign(self._ray[0])) / stretch) ** 2 + (y - 0.55) ** 2
        return (1 - 0.55 * amount + 0.75 * amount * np.exp(-away / 1.1))[..., None].astype(np.float32)  # type: ignore[no-any-return]


def contact(stage: Stage, line: Map, alpha: NDArray[np.uint8], left: int) -> Map:
    """The thin dark seam where the product meets its ground, (height, width): 1 free, towards 0 in the seam."""
    high, wide = alpha.shape
    touch = np.arange(high, dtype=np.float32)[:, None] - line[None, :]
    near = (np.abs(touch + 0.006 * stage.unit) < 0.014 * stage.unit) & (alpha > 128)
    seam = np.zeros((stage.height, stage.width), np.float32)
    top = round(stage.top)
    seam[top : top + high, left : left + wide] = near[: stage.height - top]
    tight = cv2.GaussianBlur(seam, (0, 0), max(0.012 * stage.unit, 0.6), sigmaY=max(0.006 * stage.unit, 0.5))
    loose = cv2.GaussianBlur(seam, (0, 0), max(0.035 * stage.unit, 0.6), sigmaY=max(0.013 * stage.unit, 0.5))
    return 1 - np.clip(0.75 * tight + 0.8 * loose, 0, 0.85)  # type: ignore[no-any-return]
