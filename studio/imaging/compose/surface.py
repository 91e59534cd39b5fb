"""Materials laid on floor and wall, lit, in strips of the picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.compose.linear import linear
from studio.imaging.compose.material import FINEST, LEVELS, SIZE, SPAN, pyramid
from studio.imaging.noise import Map, f32


@dataclass(frozen=True)
class Look:
    """A material in a scene's colours. `ray` is the raking light in its plane, `shift` (2,) a chance."""

    material: str
    colour: str
    accent: str
    relief: float
    scale: float
    ray: tuple[float, float]
    shift: Map


class Surface:
    """One plane of the set."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._levels = pyramid(look.material)
        self._grit = pyramid(FINEST.get(look.material, "grit"))
        self._colour, self._accent = linear(look.colour), linear(look.accent)
        self._density = SIZE / (SPAN * look.scale)

    def lit(self, where: tuple[Map, Map], light: Map, pixel: float, blur: Map) -> Map:
        """Linear light (rows, columns, 3) from world positions u, v that broadcast, under `light`.

        `pixel` is a pixel's size in world units, `blur` (rows, 1) the radius of confusion in world units.
        """
        return self.shaded(self.planes(where, pixel, blur), light)

    def shaded(self, seen: Map, light: Map) -> Map:
        """Linear light of a tile's planes as `planes` gives them, under `light`."""
        tone, accent, slope_x, slope_y = (seen[..., plane : plane + 1] for plane in range(4))
        rake = self._look.relief * (slope_x * self._look.ray[0] + slope_y * self._look.ray[1])
        shade = np.clip(1 + rake * np.minimum(light[..., 1:2], 1.2), 0.25, 2.2)  # no relief without key light
        return f32((self._colour + (self._accent - self._colour) * accent) * (tone * shade) * light)

    def planes(self, where: tuple[Map, Map], pixel: float, blur: Map) -> Map:
        """Tone, accent and slopes along u and v, (rows, columns, 4).

        Where the tile's own pixels would show on a large print, fine grit lies over it.
        """
        seen = self._between(where, pixel, blur)
        enlarged = 1 / (pixel * self._density)
        if enlarged < 1.4:
            return seen
        fine = _sample(self._grit[0], where, self._density * 5.3, self._look.shift)
        sharp = np.clip(2 - blur * self._density * 4, 0, 1)[..., None] * min(enlarged - 1, 2.0) / 2
        seen[..., :1] *= 1 + (fine[..., :1] - 1) * sharp
        seen[..., 2:] += fine[..., 2:] * sharp
        return seen

    def _between(self, where: tuple[Map, Map], pixel: float, blur: Map) -> Map:
        """Between the two levels of the pyramid that are as blurred as lens and distance ask."""
        level = np.log2(np.maximum(np.maximum(pixel, blur) * self._density, 1e-3))
        low = int(np.clip(np.median(level), 0, LEVELS - 1.001))
        share = np.clip(level - low, 0, 1).astype(np.float32)[..., None]
        first = _sample(self._levels[low], where, self._density / 2**low, self._look.shift)
        if float(share.max()) == 0:
            return first
        second = _sample(self._levels[low + 1], where, self._density / 2 ** (low + 1), self._look.shift)
        return f32(first + (second - first) * share)


def _sample(tile: Map, where: tuple[Map, Map], density: float, shift: Map) -> Map:
    size = tile.shape[0]
    u, v = (np.mod(axis * density + by * size, size) for axis, by in zip(where, shift, strict=True))
    u, v = np.broadcast_arrays(u, v)
    u, v = np.ascontiguousarray(u, np.float32), np.ascontiguousarray(v, np.float32)
    return cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
