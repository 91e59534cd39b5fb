"""How much light reaches each part of the set: soft fields over the frame, worked out on a small grid."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from studio.imaging.compose import shadow
from studio.imaging.compose.form import Cloud
from studio.imaging.compose.gobo import Gobo
from studio.imaging.compose.linear import linear
from studio.imaging.compose.place import Stage
from studio.imaging.compose.podium import Podium
from studio.imaging.noise import Map, f32
from studio.imaging.scene import Scene

_REACH: Final = 2.6  # world units from the product that its shadow may fall
_FINE, _COARSE = 1 / 130, 1 / 56


@dataclass(frozen=True)
class Fields:
    """Light as (height, width, 3) factors of a surface's colour: 1 where key and fill arrive in full."""

    floor: Map
    wall: Map
    top: Map | None = None
    side: Map | None = None


class Lighting:
    """The lamp, the sky and what stands in their way."""

    def __init__(self, scene: Scene, stage: Stage, cloud: Cloud, podium: Podium | None, gobo: Gobo) -> None:
        self._scene, self._stage, self._podium, self._gobo = scene, stage, podium, gobo
        self._ray = shadow.towards(scene.light)
        whole = cloud if podium is None else cloud + podium.cloud()
        rays, cell = shadow.lamp(scene.light), _FINE if scene.light.hardness > 0.5 else _COARSE * 0.6
        reach = _REACH + stage.drop
        self._floor = shadow.on_floor(whole, rays, stage.drop, cell, reach)
        self._sky = shadow.on_floor(whole, shadow.sky(), stage.drop, _COARSE, _REACH)
        self._wall = (
            shadow.on_wall(whole, rays, stage.back, stage.drop, cell, reach) if stage.back < 6 else None
        )
        if podium is not None:
            self._top = shadow.on_floor(cloud, rays, 0.0, cell, 1.2)
            self._top_sky = shadow.on_floor(cloud, shadow.sky(), 0.0, _COARSE, 1.2)

    def fields(self, stage: Stage) -> Fields:
        """The light on the set as the grid of `stage` sees it."""
        columns = np.arange(stage.width, dtype=np.float32) + 0.5
        rows = np.arange(stage.height, dtype=np.float32) + 0.5
        floor = self._on_floor(*stage.floor(columns, rows))
        wall = self._on_wall(*stage.wall(columns, rows))
        if self._podium is None:
            return Fields(floor, wall)
        top = self._on_top(*stage.plane(columns, rows, 0.0, stage.horizon + 0.2 * stage.unit))
        return Fields(floor, wall, top, self._on_side(*self._podium.around(stage, columns, rows)))

    def _on_floor(self, x: Map, z: Map) -> Map:
        lit = self._floor.at(x, z) * self._gobo.at(x, -self._stage.drop, z) * self._pool(x, z)
        return self._mix(lit * self._level(), self._sky.at(x, z) ** 1.15)

    def _on_wall(self, x: Map, y: Map) -> Map:
        lit = self._gobo.at(x, y, self._stage.back) * self._pool(x, 0.8 * (y - 0.5))
        if self._wall is not None:
            lit = lit * self._wall.at(x, y)
        facing = 0.5 + 0.5 * max(float(-self._ray[2]), 0) / self._brightest()
        corner = np.exp(-np.maximum(y + self._stage.drop, 0) / 0.35)
        return self._mix(lit * facing, 1 - 0.28 * corner * (1 - self._scene.sweep)) * self._glow(x, y)

    def _on_top(self, x: Map, z: Map) -> Map:
        lit = self._top.at(x, z) * self._gobo.at(x, 0.0, z)
        return self._mix(lit * self._level(), self._top_sky.at(x, z) ** 1.15)

    def _on_side(self, turn: Map, y: Map) -> Map:
        assert self._podium is not None
        ahead = np.sqrt(1 - turn**2)
        facing = np.clip(turn * self._ray[0] - ahead * self._ray[2], 0, 1) / self._brightest()
        lit = facing * self._gobo.at(turn * self._podium.radius, y, -0.5 * self._podium.radius)
        above = np.clip((y + self._stage.drop) / self._stage.drop, 0, 1)
        return self._mix(lit, (0.55 + 0.45 * above**0.6) * (0.72 + 0.28 * ahead))

    def _level(self) -> float:
        """How squarely the key light meets level ground."""
        return 0.45 + 0.55 * float(self._ray[1]) / self._brightest()

    def _brightest(self) -> float:
        return float(max(self._ray[1], -self._ray[2], 0.35))

    def _mix(self, lit: Map, open_sky: Map) -> Map:
        light = self._scene.light
        ambient = 0.8 * light.fill
        key = (linear(light.colour) * light.strength * (1 - 0.8 * ambient)).astype(np.float32)
        fill = (linear(light.fill_colour) * ambient).astype(np.float32)
        return (lit[..., None] * key + open_sky[..., None] * fill).astype(np.float32)

    def _pool(self, u: Map, v: Map) -> Map:
        """A spot's falloff around the product; wide frames get a wide pool so that no side drowns."""
        tight = self._scene.light.pool
        stretch = max(1.0, 0.5 * self._stage.width / self._stage.height)
        away = (u / stretch) ** 2 + v**2
        return f32(1 - tight * (1 - np.exp(-away / (3.2 - 2.2 * tight))))

    def _glow(self, x: Map, y: Map) -> Map:
        """The background light: a soft pool on the wall, a little towards the key."""
        amount = self._scene.wall.glow
        stretch = 1.1 + 0.35 * self._stage.width / self._stage.height
        away = ((x - 0.2 * np.sign(self._ray[0])) / stretch) ** 2 + (y - 0.55) ** 2
        return f32((1 - 0.55 * amount + 0.75 * amount * np.exp(-away / 1.1))[..., None])
