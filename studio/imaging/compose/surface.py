"""Materials laid on floor and wall: colour before light, in strips of the picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .colour import linear
from .material import LEVELS, SIZE, SPAN, pyramid

Map = NDArray[np.float32]


class Surface:
    """One material in the scene's colours, shifted by chance. `ray` is the raking light in the surface's plane."""

    def __init__(
        self, material: str, look: tuple[str, str, float, float], ray: tuple[float, float], shift: Map
    ) -> None:
        colour, accent, self._relief, scale = look
        self._levels = pyramid(material)
        self._colour, self._accent = linear(colour), linear(accent)
        self._density = SIZE / (SPAN * scale)
        self._ray, self._shift = ray, shift * SIZE

    def at(self, u: Map, v: Map, pixel: float, blur: Map) -> Map:
        """Colour at world positions u (rows, columns), v broadcastable; (rows, columns, 3).

        `pixel` is the size of a pixel in world units, `blur` (rows, 1) the radius of confusion in world units.
        """
        seen = self._look_up(u, v, pixel, blur)
        tone, accent, rake_x, rake_y = (seen[..., plane : plane + 1] for plane in range(4))
        raking = np.clip(1 + self._relief * (rake_x * self._ray[0] + rake_y * self._ray[1]), 0.25, 2.2)
        return (self._colour + (self._accent - self._colour) * accent) * (tone * raking)  # type: ignore[no-any-return]

    def _look_up(self, u: Map, v: Map, pixel: float, blur: Map) -> Map:
        """Between the two levels of the pyramid that are as blurred as lens and distance ask."""
        level = np.log2(np.maximum(np.maximum(pixel, blur) * self._density, 1e-3))
        middle = float(np.clip(np.median(level), 0, LEVELS - 1.001))
        low = int(middle)
        share = np.clip(level - low, 0, 1).astype(np.float32)[..., None]
        first = self._sample(low, u, v)
        if float(share.max()) == 0:
            return first
        return first + (self._sample(low + 1, u, v) - first) * share  # type: ignore[no-any-return]

    def _sample(self, level: int, u: Map, v: Map) -> Map:
        tile = self._levels[level]
        size, density = tile.shape[0], self._density / 2**level
        at_u, at_v = np.broadcast_arrays(
            np.mod(u * density + self._shift[0] / 2**level, size),
            np.mod(v * density + self._shift[1] / 2**level, size),
        )
        at_u, at_v = np.ascontiguousarray(at_u, np.float32), np.ascontiguousarray(at_v, np.float32)
        return cv2.remap(tile, at_u, at_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # type: ignore[return-value]
