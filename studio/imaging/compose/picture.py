"""A product in a scene: the set is lit on a small grid, then the picture is developed strip by strip."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.compose.form import silhouette
from studio.imaging.compose.glass import let_through
from studio.imaging.compose.grade import Grain, develop, vignette
from studio.imaging.compose.linear import linear, shoulder
from studio.imaging.compose.place import NOTHING_FREE, Free, Shape, compose_frame
from studio.imaging.compose.product import Cutting, bring_to_size, light_of, shading, trim
from studio.imaging.compose.set import Set
from studio.imaging.noise import Map, smooth
from studio.imaging.scene import Scene

Bytes = NDArray[np.uint8]
_STRIP: Final = 192


@dataclass(frozen=True)
class Composition:
    """A finished picture: `pixels` sRGB (height, width, 3), in a transparent scene with straight coverage
    (height, width, 4); `box` the product's x, y, w, h as fractions.
    """

    pixels: Bytes
    box: tuple[float, float, float, float]


def compose(
    product: Bytes, scene: Scene, width: int, height: int, seed: int, free: Free = NOTHING_FREE
) -> Composition:
    """Set a cut-out product (h, w, 4; straight sRGB and coverage) into a scene of width x height pixels.

    It keeps out of `free`, shares of the frame from 0 that leave some room.
    The same product, scene, size and seed give the same bytes; another seed gives another take.
    Raises ValueError when the cut-out shows nothing.
    """
    product = trim(product)
    form = silhouette(product[..., 3])
    rng = np.random.default_rng(seed)
    scene = _take(scene, rng)
    shape = Shape(product.shape[1], product.shape[0], form.rise)
    stage = compose_frame(shape, scene, width, height, rng, free)
    if scene.clear_glass and scene.relight:
        product = let_through(product)
        form = form.thinned(product[..., 3])
    cutting = bring_to_size(product, stage)
    if scene.is_transparent:
        pixels = _on_nothing(cutting, width, height)
    elif scene.ground.material == "none":
        pixels = _on_plain(cutting, scene, width, height)
    else:
        pixels = _Exposure(Set(scene, stage, form, rng), cutting, product, rng).develop()
    return Composition(pixels, _box(cutting, width, height))


def _take(scene: Scene, rng: np.random.Generator) -> Scene:
    """Lamp and camera stand a little elsewhere in every take, the lamp never on the other side."""
    light, turn = scene.light, rng.uniform(-15, 15)
    if abs(np.sin(np.radians(light.direction))) < 0.28:
        turn /= 15
    height = float(np.clip(light.height + rng.uniform(-6, 6), 12, 80))
    horizon = float(np.clip(scene.horizon + rng.uniform(-0.04, 0.04), 0.05, 0.85))
    return replace(
        scene, horizon=horizon, light=replace(light, direction=light.direction + turn, height=height)
    )


def _box(cutting: Cutting, width: int, height: int) -> tuple[float, float, float, float]:
    high, wide = cutting.alpha.shape
    return cutting.left / width, cutting.top / height, wide / width, high / height


def _on_nothing(cutting: Cutting, width: int, height: int) -> Bytes:
    """The product alone with its coverage; what is not there has no colour either."""
    pixels = np.zeros((height, width, 4), np.uint8)
    place = pixels[cutting.top : cutting.bottom, cutting.left : cutting.right]
    place[..., :3] = cutting.colour * (cutting.alpha > 0)[..., None]
    place[..., 3] = cutting.alpha
    return pixels


def _on_plain(cutting: Cutting, scene: Scene, width: int, height: int) -> Bytes:
    """The product alone on the wall's colour, its pixels as they are."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = [int(scene.wall.colour[at : at + 2], 16) for at in (1, 3, 5)]
    place = pixels[cutting.top : cutting.bottom, cutting.left : cutting.right]
    coverage = cutting.alpha[..., None].astype(np.float32) / 255
    place[:] = (cutting.colour * coverage + place * (1 - coverage) + 0.5).astype(np.uint8)
    return pixels


class _Exposure:
    """The product on its set, developed in strips so that a large print needs little memory."""

    def __init__(self, stand: Set, cutting: Cutting, product: Bytes, rng: np.random.Generator) -> None:
        self._set, self._stage, self._scene, self._cutting = stand, stand.stage, stand.scene, cutting
        small = cutting if stand.draft.unit == stand.stage.unit else bring_to_size(product, stand.draft)
        self._gain = _shade(stand, small) if self._scene.relight else None
        stand.receive(small, self._gain)
        around = _around(stand)
        self._around = smooth(around, 3)
        self._halo = smooth(np.maximum(around - 0.72, 0), 5) * np.float32(1.2 * self._scene.finish.bloom)
        self._grain = Grain(self._scene.finish.grain, max(self._stage.width, self._stage.height), rng)

    def develop(self) -> Bytes:
        pixels = np.empty((self._stage.height, self._stage.width, 3), np.uint8)
        for top in range(0, self._stage.height, _STRIP):
            bottom = min(top + _STRIP, self._stage.height)
            pixels[top:bottom] = self._strip(top, bottom)
        return pixels

    def _strip(self, top: int, bottom: int) -> Bytes:
        stage, cutting = self._stage, self._cutting
        columns = np.arange(stage.width, dtype=np.float32) + 0.5
        rows = np.arange(top, bottom, dtype=np.float32) + 0.5
        corners = vignette(columns, rows, stage.width, stage.height, self._scene.finish.vignette)
        halo = self._set.grow(self._halo, columns, rows)
        light = (shoulder(self._set.backdrop(columns, rows)) + halo) * corners
        grain = self._grain.at(top, bottom, stage.width)
        first, last = max(top, cutting.top), min(bottom, cutting.bottom)
        if first >= last:
            return develop(light, grain)
        here = slice(first - top, last - top), slice(cutting.left, cutting.right)
        inside = slice(first - cutting.top, last - cutting.top)
        colour, alpha = self._product(inside, columns[here[1]], rows[here[0]])
        light[here] += (colour - light[here]) * alpha[..., None]
        grain[here] *= 1 - 0.6 * alpha
        strip = develop(light, grain)
        if self._gain is None:
            whole = cutting.alpha[inside] == 255
            strip[here][whole] = cutting.colour[inside][whole]
        return strip

    def _product(self, inside: slice, columns: Map, rows: Map) -> tuple[Map, Map]:
        """Some of the product's rows, shaded, with a breath of the set around its edge."""
        colour, alpha = light_of(self._cutting, inside)
        if self._gain is None:
            return colour, alpha
        gain = _stretched(self._gain, self._cutting.alpha.shape, inside)
        around = self._set.grow(self._around, columns, rows)
        return colour * gain + around * (0.1 * (1 - alpha) + 0.012)[..., None], alpha


def _shade(stand: Set, small: Cutting) -> Map:
    """The product's shading on the draft's grid."""
    high, wide = small.alpha.shape
    unit = stand.draft.unit
    x = (np.arange(wide, dtype=np.float32)[None, :] - wide / 2) / unit
    y = (high - np.arange(high, dtype=np.float32))[:, None] / unit
    pattern = smooth(np.broadcast_to(stand.gobo.at(x, y, 0.0), (high, wide)).copy(), 0.02 * unit)
    scene = stand.scene
    return shading(small, scene, pattern, linear(scene.prop.colour if stand.podium else scene.ground.colour))


def _around(stand: Set) -> Map:
    """A very small picture of the set without the product."""
    stage = stand.stage
    factor = min(1.0, 160 / max(stage.width, stage.height))
    high, wide = max(4, round(stage.height * factor)), max(4, round(stage.width * factor))
    rows = np.linspace(0, stage.height, high, endpoint=False, dtype=np.float32)
    columns = np.linspace(0, stage.width, wide, endpoint=False, dtype=np.float32)
    return np.clip(stand.backdrop(columns, rows), 0, 3)


def _stretched(gain: Map, size: tuple[int, ...], rows: slice) -> Map:
    """Rows of the draft's gain on the picture's grid."""
    if gain.shape[:2] == size:
        return gain[rows]
    scale_y, scale_x = gain.shape[0] / size[0], gain.shape[1] / size[1]
    shift = np.array([[scale_x, 0, 0.5 * scale_x - 0.5], [0, scale_y, (rows.start + 0.5) * scale_y - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    target = size[1], rows.stop - rows.start
    return cv2.warpAffine(gain, shift, target, flags=flags, borderMode=cv2.BORDER_REPLICATE)
