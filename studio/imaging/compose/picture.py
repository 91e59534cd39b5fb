"""A product in a scene: the set is lit on a small grid, then the picture is developed strip by strip."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ..noise import step
from ..scene import Scene
from . import shadow
from .blurred import blurred_wall
from .colour import LUMA, Pixels, linear, shoulder
from .form import cloud, standing_line
from .grade import Grain, develop, vignette
from .light import Lighting, contact
from .mirror import mirror
from .place import CAMERA, Stage, compose_frame
from .podium import Podium
from .product import Cutting, bring_to_size, light_of, shading, trim
from .surface import Surface

Map = NDArray[np.float32]
_DRAFT: Final = 896  # long side of the grid for everything that is soft
_STRIP: Final = 192


@dataclass(frozen=True)
class Composition:
    """A finished picture: `pixels` sRGB (height, width, 3); `box` the product's x, y, w, h as fractions of it."""

    pixels: NDArray[np.uint8]
    box: tuple[float, float, float, float]


def compose(product: NDArray[np.uint8], scene: Scene, width: int, height: int, seed: int) -> Composition:
    """Set a cut-out product (h, w, 4; straight sRGB colour and coverage) into a scene of width x height pixels.

    The same product, scene, size and seed give the same bytes; another seed gives another take.
    Raises ValueError when the cut-out shows nothing.
    """
    product = trim(product)
    rng = np.random.default_rng(seed)
    stage = compose_frame(product.shape[1], product.shape[0], scene, width, height, rng)
    cutting = bring_to_size(product, stage)
    if scene.ground.material == "none":
        pixels = _on_plain(cutting, scene, width, height)
    else:
        pixels = _Set(scene, stage, cutting, product, rng).develop()
    box = (
        cutting.left / width,
        cutting.top / height,
        cutting.alpha.shape[1] / width,
        cutting.alpha.shape[0] / height,
    )
    return Composition(pixels, box)


def _on_plain(cutting: Cutting, scene: Scene, width: int, height: int) -> NDArray[np.uint8]:
    """The product alone on the wall's colour, its pixels as they are."""
    colour = np.array([int(scene.wall.colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    place = pixels[cutting.top : cutting.bottom, cutting.left : cutting.right]
    coverage = cutting.alpha[..., None].astype(np.float32) / 255
    place[:] = (cutting.colour * coverage + place * (1 - coverage) + 0.5).astype(np.uint8)
    return pixels


class _Set:
    """One picture in the making: soft layers on the draft grid, ready for its strips."""

    def __init__(
        self,
        scene: Scene,
        stage: Stage,
        cutting: Cutting,
        product: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> None:
        self.scene, self.stage, self.cutting = scene, stage, cutting
        self.factor = min(1.0, _DRAFT / max(stage.width, stage.height))
        size = max(1, round(stage.width * self.factor)), max(1, round(stage.height * self.factor))
        self.draft = stage.scaled(self.factor, *size)
        self.small = bring_to_size(product, self.draft)
        self.line = standing_line(self.small.alpha.astype(np.float32) / 255)
        self.podium = _podium(scene, stage)
        form = cloud(self.small.alpha.astype(np.float32) / 255, self.line, self.draft.unit)
        lighting = Lighting(scene, stage, form, self.podium, rng)
        self.fields = lighting.fields(self.draft)
        self.gain = self._shade(lighting)
        self.seam = contact(self.draft, self.line, self.small.alpha, self.small.left)
        self.mirror = self._mirror()
        self.room = blurred_wall(stage, scene, rng) if scene.wall.material == "blurred" else None
        self.floor, self.wall = _surfaces(scene, rng)
        self.grain = Grain(scene.finish.grain, max(stage.width, stage.height), rng)
        self.around = self._around()

    def _shade(self, lighting: Lighting) -> Pixels | None:
        if not self.scene.relight:
            return None
        rows, columns = (np.arange(side, dtype=np.float32) for side in self.small.alpha.shape)
        x = (columns[None, :] - len(columns) / 2) / self.draft.unit
        y = (len(rows) - rows)[:, None] / self.draft.unit
        pattern = lighting.gobo.at(x, y, np.float32(0))
        if isinstance(pattern, np.ndarray):
            pattern = cv2.GaussianBlur(pattern, (0, 0), 0.02 * self.draft.unit)
        ground = self.scene.prop.colour if self.podium else self.scene.ground.colour
        bounce = linear(ground)
        return shading(self.small, self.scene, pattern, bounce)

    def _mirror(self) -> Pixels | None:
        if self.scene.ground.gloss < 0.03 or self.podium is not None:
            return None
        colour, _ = light_of(self.small, slice(None))
        return mirror(
            self.draft,
            self.small,
            colour if self.gain is None else colour * self.gain,
            self.line,
            self.scene.ground.gloss,
        )

    def _around(self) -> Pixels:
        """A very small, blurred picture of the set without the product: what wraps around its edges."""
        factor = min(1.0, 160 / max(self.draft.width, self.draft.height))
        size = max(4, round(self.draft.width * factor)), max(4, round(self.draft.height * factor))
        rows = np.linspace(0, self.stage.height, size[1], endpoint=False, dtype=np.float32)
        columns = np.linspace(0, self.stage.width, size[0], endpoint=False, dtype=np.float32)
        return cv2.GaussianBlur(self._backdrop(columns, rows), (0, 0), 3)  # type: ignore[return-value]

    def develop(self) -> NDArray[np.uint8]:
        pixels = np.empty((self.stage.height, self.stage.width, 3), np.uint8)
        for top in range(0, self.stage.height, _STRIP):
            bottom = min(top + _STRIP, self.stage.height)
            pixels[top:bottom] = self._strip(top, bottom)
        return pixels

    def _strip(self, top: int, bottom: int) -> NDArray[np.uint8]:
        columns = np.arange(self.stage.width, dtype=np.float32) + 0.5
        rows = np.arange(top, bottom, dtype=np.float32) + 0.5
        light = self._backdrop(columns, rows)
        light = shoulder(light) * vignette(
            columns, rows, self.stage.width, self.stage.height, self.scene.finish.vignette
        )
        grain = self.grain.at(top, bottom, self.stage.width)
        first, last = max(top, self.cutting.top), min(bottom, self.cutting.bottom)
        if first >= last:
            return develop(light, grain)
        here = slice(first - top, last - top), slice(self.cutting.left, self.cutting.right)
        inside = slice(first - self.cutting.top, last - self.cutting.top)
        colour, alpha = self._lit_product(inside, columns, rows[here[0]])
        light[here] += (colour - light[here]) * alpha[..., None]
        strip = develop(light, grain)
        if self.gain is None:
            whole = self.cutting.alpha[inside] == 255
            strip[here][whole] = self.cutting.colour[inside][whole]
        return strip

    def _lit_product(self, inside: slice, columns: Map, rows: Map) -> tuple[Pixels, Map]:
        colour, alpha = light_of(self.cutting, inside)
        if self.gain is None:
            return colour, alpha
        across = columns[self.cutting.left : self.cutting.right]
        gain = _grow(self.gain, across - self.cutting.left, rows - self.cutting.top, self.cutting.alpha.shape)
        around = _grow(self.around, across, rows, (self.stage.height, self.stage.width))
        return colour * gain + around * (0.1 * (1 - alpha) + 0.012)[..., None], alpha

    def _backdrop(self, columns: Map, rows: Map) -> Pixels:
        """The set without the product at these pixel positions, in linear light."""
        stage = self.stage
        half = max(
            0.5, (0.004 + 0.5 * self.scene.sweep + 0.012 * self.scene.finish.depth_of_field) * stage.unit
        )
        ground = step(stage.edge - half, stage.edge + half, rows)[:, None, None]
        light = np.zeros((len(rows), len(columns), 3), np.float32)
        if float(ground.min()) < 1:
            light = self._wall_at(columns, rows)
        if float(ground.max()) > 0:
            light += (self._floor_at(columns, rows) - light) * ground
        return self._with_podium(light, columns, rows)

    def _wall_at(self, columns: Map, rows: Map) -> Pixels:
        size = self.stage.height, self.stage.width
        if self.room is not None:
            return _grow(self.room, columns, rows, size)
        x, y = self.stage.wall(columns, rows)
        share = np.clip(rows / max(self.stage.edge, 1), 0, 1)[:, None, None]
        tint = (
            linear(self.scene.wall.upper)
            + (linear(self.scene.wall.colour) - linear(self.scene.wall.upper)) * share
        )
        away = 1 + self.stage.back / CAMERA
        blur = np.full((len(rows), 1), 0.02 * self.scene.finish.depth_of_field * (away - 1) * 3, np.float32)
        albedo = self.wall.at(x, -y, away / self.stage.unit, blur) * tint
        return albedo * _grow(self.fields.wall, columns, rows, size)

    def _floor_at(self, columns: Map, rows: Map) -> Pixels:
        stage, size = self.stage, (self.stage.height, self.stage.width)
        x, z = stage.floor(columns, rows)
        away = 1 + z / CAMERA
        blur = (2.0 / stage.unit * away + 0.03 * self.scene.finish.depth_of_field * np.abs(z)).astype(
            np.float32
        )
        light = self.floor.at(x, z, 1 / stage.unit, blur) * _grow(self.fields.floor, columns, rows, size)
        if self.podium is None:
            light *= _grow(self.seam, columns, rows, size)[..., None]
        return self._polish(light, columns, rows)

    def _polish(self, light: Pixels, columns: Map, rows: Map) -> Pixels:
        """Glossy grounds mirror the far set a little, more so far away, and the product."""
        gloss = self.scene.ground.gloss
        if gloss < 0.03:
            return light
        stage, size = self.stage, (self.stage.height, self.stage.width)
        depth = np.clip((rows - stage.edge) / max(stage.height - stage.edge, 1), 0, 1)
        sheen = (gloss * (0.10 + 0.45 * (1 - depth) ** 2))[:, None, None].astype(np.float32)
        light = light * (1 - sheen) + sheen * self._far(columns, rows)
        if self.mirror is None:
            return light
        image = _grow(self.mirror, columns, rows, size) * np.float32(0.16 + 0.5 * gloss)
        return light * (1 - image[..., 3:]) + image[..., :3]

    def _far(self, columns: Map, rows: Map) -> Pixels:
        """What a rough mirror shows of the wall: its rows folded down at the corner, smeared."""
        folded = np.clip(2 * self.stage.edge - rows, 0, self.stage.edge)
        size = self.stage.height, self.stage.width
        if self.room is not None:
            return _grow(self._smeared(), columns, folded, size)
        return linear(self.scene.wall.colour) * _grow(self.fields.wall, columns, folded, size)

    def _smeared(self) -> Pixels:
        assert self.room is not None
        sigma = 0.05 * max(self.room.shape[:2])
        return cv2.GaussianBlur(self.room, (0, 0), sigma * 0.35, sigmaY=sigma)  # type: ignore[return-value]

    def _with_podium(self, light: Pixels, columns: Map, rows: Map) -> Pixels:
        if self.podium is None or self.fields.top is None or self.fields.side is None:
            return light
        size, colour = (self.stage.height, self.stage.width), linear(self.scene.prop.colour)
        top, side, rim = self.podium.masks(self.stage, columns, rows)
        seam = _grow(self.seam, columns, rows, size)
        upper = _grow(self.fields.top, columns, rows, size) * seam[..., None] * (1 + 0.12 * rim[..., None])
        light = light + (colour * upper - light) * top[..., None]
        return light + (colour * _grow(self.fields.side, columns, rows, size) - light) * side[..., None]


def _podium(scene: Scene, stage: Stage) -> Podium | None:
    if scene.prop.kind == "none":
        return None
    half = 0.5 * stage.wide / stage.unit
    return Podium(radius=1.28 * half + 0.08, centre=0.55 * half, drop=stage.drop)


def _surfaces(scene: Scene, rng: np.random.Generator) -> tuple[Surface, Surface]:
    ray, ground, wall = shadow.towards(scene.light), scene.ground, scene.wall
    floor_look = (ground.colour, ground.accent, ground.relief, ground.scale)
    floor = Surface(
        ground.material, floor_look, (-float(ray[0]), -float(ray[2])), rng.random(2).astype(np.float32)
    )
    wall_look = ("#ffffff", "#d8d8d8", wall.relief, 1.6)
    kind = "plain" if wall.material == "blurred" else wall.material
    return floor, Surface(kind, wall_look, (-float(ray[0]), float(ray[1])), rng.random(2).astype(np.float32))


def _grow(field: Map, columns: Map, rows: Map, size: tuple[int, int]) -> Map:
    """A soft field over the whole frame, looked up at pixel centres of a frame of `size` (height, width)."""
    high, wide = field.shape[:2]
    at_x = np.ascontiguousarray(columns * (wide / size[1]) - 0.5, np.float32)
    at_y = np.ascontiguousarray(rows * (high / size[0]) - 0.5, np.float32)
    grid_x, grid_y = np.repeat(at_x[None], len(at_y), 0), np.repeat(at_y[:, None], len(at_x), 1)
    return cv2.remap(field, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def brightness(light: Pixels) -> Map:
    """Luminance of linear light."""
    return light @ LUMA  # type: ignore[no-any-return]
