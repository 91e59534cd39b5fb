"""Everything in the picture but the product: wall, floor, podium, shadows and mirror images."""

from functools import cached_property
from typing import Final

import cv2
import numpy as np

from studio.imaging.compose import shadow
from studio.imaging.compose.blurred import blurred_wall
from studio.imaging.compose.contact import seam
from studio.imaging.compose.form import Silhouette
from studio.imaging.compose.gobo import Gobo
from studio.imaging.compose.light import Fields, Lighting
from studio.imaging.compose.linear import linear
from studio.imaging.compose.mirror import mirror
from studio.imaging.compose.place import CAMERA, Stage
from studio.imaging.compose.podium import Podium
from studio.imaging.compose.product import Cutting, light_of
from studio.imaging.compose.steam import steam
from studio.imaging.compose.surface import Look, Surface
from studio.imaging.compose.water import water
from studio.imaging.noise import Map, f32, step
from studio.imaging.scene import Scene

DRAFT: Final = 1024  # long side of the grid for everything that is soft


class Set:
    """One lit set: soft layers stand ready on a small grid, `backdrop` shows any pixels of it."""

    def __init__(self, scene: Scene, stage: Stage, form: Silhouette, rng: np.random.Generator) -> None:
        self.scene, self.stage, self.form = scene, stage, form
        self.draft = stage.scaled(min(1.0, DRAFT / max(stage.width, stage.height)))
        self.podium = _podium(scene, stage, form)
        self.gobo = Gobo(scene.light, stage, rng)
        lighting = Lighting(scene, stage, form.cloud(stage), self.podium, self.gobo)
        self._fields: Fields = lighting.fields(self.draft)
        self._room = blurred_wall(stage, scene, rng) if scene.wall.material == "blurred" else None
        self._floor, self._wall = _surfaces(scene, rng)
        self._water = water(stage, form, scene.ground.relief) if scene.ground.material == "water" else None
        self._seam: Map = np.ones((1, 1), np.float32)
        self._mirror: Map | None = None
        self._steam = steam(stage, rng) * np.float32(0.65 * scene.steam) if scene.steam else None

    def receive(self, cutting: Cutting, gain: Map | None) -> None:
        """Stand the product (on the draft's grid, shaded by `gain`) on the ground, with its mirror image."""
        line = self.form.line_on(cutting.alpha.shape[1], cutting.alpha.shape[0])
        self._seam = seam(self.draft, cutting, line)
        if self.scene.ground.gloss >= 0.03 and self.podium is None:
            colour, _ = light_of(cutting, slice(None))
            lit = colour if gain is None else colour * gain
            self._mirror = mirror(self.draft, cutting, lit, line, self.scene.ground.gloss)

    def backdrop(self, columns: Map, rows: Map) -> Map:
        """The set without the product at these pixel positions, in linear light (rows, columns, 3)."""
        scene, stage = self.scene, self.stage
        half = (0.004 + 0.5 * scene.sweep + 0.012 * scene.finish.depth_of_field) * stage.unit
        ground = step(stage.edge - max(half, 0.5), stage.edge + max(half, 0.5), rows)[:, None, None]
        light = np.zeros((len(rows), len(columns), 3), np.float32)
        if float(ground.min()) < 1:
            light = self._wall_at(columns, rows)
        if float(ground.max()) > 0:
            light = light + (self._floor_at(columns, rows) - light) * ground
        if self._steam is not None:
            light = light + self.grow(self._steam, columns, rows)[..., None] * linear(scene.light.colour)
        return light if self.podium is None else self._with_podium(self.podium, light, columns, rows)

    def grow(self, field: Map, columns: Map, rows: Map, sway: tuple[Map, Map] | None = None) -> Map:
        """A soft field over the whole frame, looked up at these pixel positions, moved by `sway` pixels."""
        high, wide = field.shape[:2]
        at_x = (columns * (wide / self.stage.width) - 0.5).astype(np.float32)
        at_y = (rows * (high / self.stage.height) - 0.5).astype(np.float32)
        grid_x, grid_y = np.repeat(at_x[None], len(at_y), 0), np.repeat(at_y[:, None], len(at_x), 1)
        if sway is not None:
            grid_x += sway[0] * np.float32(wide / self.stage.width)
            grid_y += sway[1] * np.float32(high / self.stage.height)
        return cv2.remap(field, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def _wall_at(self, columns: Map, rows: Map) -> Map:
        if self._room is not None:
            return self.grow(self._room, columns, rows)
        where, wall = self.stage.wall(columns, rows), self.scene.wall
        share = np.clip(rows / max(self.stage.edge, 1), 0, 1)[:, None, None]
        tint = linear(wall.upper) + (linear(wall.colour) - linear(wall.upper)) * share
        blur = np.full((len(rows), 1), 0.012 * self.scene.finish.depth_of_field * self.stage.back, np.float32)
        pixel = (1 + self.stage.back / CAMERA) / self.stage.unit
        light = self.grow(self._fields.wall, columns, rows)
        return self._wall.lit((where[0], -where[1]), light, pixel, blur) * tint

    def _floor_at(self, columns: Map, rows: Map) -> Map:
        stage = self.stage
        x, z = stage.floor(columns, rows)
        blur = 1.1 / stage.unit * (1 + z / CAMERA) + 0.013 * self.scene.finish.depth_of_field * np.abs(z)
        planes = self._floor.planes((x, z), 1 / stage.unit, blur)
        sway = self._ripple(planes, x, z, rows)
        light = self._floor.shaded(planes, self.grow(self._fields.floor, columns, rows))
        if self.podium is not None:
            return light
        return self._polished(light, columns, rows, sway) * self.grow(self._seam, columns, rows)[..., None]

    def _ripple(self, planes: Map, x: Map, z: Map, rows: Map) -> tuple[Map, Map] | None:
        """Adds the rings on water to the slopes of its planes; by how many pixels mirror images sway."""
        if self._water is None:
            return None
        near = np.clip((rows - self.stage.edge) / (0.2 * self.stage.unit), 0, 1)[:, None]
        relief = self.scene.ground.relief * near
        ring_x, ring_z = self._water.slopes(x, z)
        planes[..., 2] += ring_x
        planes[..., 3] += ring_z
        sway = self._water.sway
        return sway(self.stage, relief * planes[..., 2]), sway(self.stage, 2 * relief * planes[..., 3])

    def _polished(self, light: Map, columns: Map, rows: Map, sway: tuple[Map, Map] | None) -> Map:
        """Glossy grounds mirror the far set, more so far away, and the product."""
        gloss, stage = self.scene.ground.gloss, self.stage
        if gloss < 0.03:
            return light
        near = np.clip((rows - stage.edge) / max(stage.height - stage.edge, 1), 0, 1)
        sheen = (gloss * (0.11 + 0.6 * (1 - near) ** 1.6))[:, None, None].astype(np.float32)
        light = light * (1 - sheen) + sheen * self._far(columns, rows, sway)
        if self._mirror is None:
            return light
        image = self.grow(self._mirror, columns, rows, sway)
        return f32(light * (1 - image[..., 3:]) + image[..., :3])

    def _far(self, columns: Map, rows: Map, sway: tuple[Map, Map] | None) -> Map:
        """What a rough mirror shows of the wall: its rows folded down at the corner, smeared."""
        folded = np.clip(2 * self.stage.edge - rows, 0, self.stage.edge)
        if self._room is not None:
            return self.grow(self._smeared, columns, folded, sway)
        return linear(self.scene.wall.colour) * self.grow(self._fields.wall, columns, folded, sway)

    @cached_property
    def _smeared(self) -> Map:
        assert self._room is not None
        sigma = 0.05 * max(self._room.shape[:2])
        return cv2.GaussianBlur(self._room, (0, 0), sigma * 0.16, sigmaY=sigma)

    def _with_podium(self, podium: Podium, light: Map, columns: Map, rows: Map) -> Map:
        fields, colour = self._fields, linear(self.scene.prop.colour)
        assert fields.top is not None
        assert fields.side is not None
        top, side, rim = (mask[..., None] for mask in podium.masks(self.stage, columns, rows))
        upper = self.grow(fields.top, columns, rows) * self.grow(self._seam, columns, rows)[..., None]
        light = light + (colour * upper * (1 + 0.12 * rim) - light) * top
        return f32(light + (colour * self.grow(fields.side, columns, rows) - light) * side)


def _podium(scene: Scene, stage: Stage, form: Silhouette) -> Podium | None:
    """Wide enough for all of the product's feet."""
    if scene.prop.kind == "none":
        return None
    half, deep = 0.5 * stage.wide / stage.unit, form.depth(stage)
    wide = 1.0 if scene.prop.kind == "podium" else 1.35
    radius = wide * max(1.28 * half + 0.08, float(np.hypot(half, 0.5 * deep)) + 0.14)
    return Podium(radius, centre=max(0.55 * half, 0.5 * deep), drop=stage.drop)


def _surfaces(scene: Scene, rng: np.random.Generator) -> tuple[Surface, Surface]:
    x, y, z = (float(axis) for axis in shadow.towards(scene.light))
    ground, wall = scene.ground, scene.wall
    looks = (ground.colour, ground.accent, ground.relief, ground.scale, (-x, -z), rng.random(2))
    floor = Surface(Look(ground.material, *looks))
    kind = "plain" if wall.material == "blurred" else wall.material
    return floor, Surface(Look(kind, "#ffffff", "#d8d8d8", wall.relief, 1.6, (-x, y), rng.random(2)))
