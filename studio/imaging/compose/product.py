"""The product's own pixels: brought to size, shaded softly as the scene's light would, never redrawn."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.compose.linear import FROM_BYTE, LUMA, linear
from studio.imaging.compose.place import Stage
from studio.imaging.compose.shadow import towards
from studio.imaging.noise import Map, f32, smooth
from studio.imaging.scene import Scene


@dataclass(frozen=True)
class Cutting:
    """A product on its picture's grid: `colour` sRGB (h, w, 3) and `alpha` (h, w) bytes at (left, top)."""

    colour: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    left: int
    top: int

    @property
    def bottom(self) -> int:
        return self.top + int(self.alpha.shape[0])

    @property
    def right(self) -> int:
        return self.left + int(self.alpha.shape[1])


def trim(product: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The cut-out without its empty border. Raises ValueError when nothing in it is visible."""
    seen = product[..., 3] > 12
    if not seen.any():
        raise ValueError("the cut-out is empty: no pixel of the product is visible")
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return product[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def bring_to_size(product: NDArray[np.uint8], stage: Stage) -> Cutting:
    """Resample the trimmed cut-out to the stage, colours weighted by coverage: no edge changes colour."""
    wide, high = max(1, round(stage.wide)), max(1, round(stage.high))
    shrinks = wide < product.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    if (product[..., 3] == 255).all():
        colour, alpha = (
            cv2.resize(product[..., :3], (wide, high), interpolation=how),
            np.full((high, wide), 255, np.uint8),
        )
    else:
        colour, alpha = _resample(product, (wide, high), how)
    return Cutting(np.asarray(colour, np.uint8), alpha, round(stage.left), round(stage.top))


def _resample(
    product: NDArray[np.uint8], size: tuple[int, int], how: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    weighted = product.astype(np.float32)
    weighted[..., 3] /= 255
    weighted[..., :3] *= weighted[..., 3:]  # in place: a large packshot is heavy enough once
    small = cv2.resize(weighted, size, interpolation=how)
    alpha = np.clip(small[..., 3:], 0, 1)
    colour = small[..., :3] / np.maximum(alpha, 1 / 255)
    return (np.clip(colour + 0.5, 0, 255).astype(np.uint8), (alpha[..., 0] * 255 + 0.5).astype(np.uint8))


def shading(cutting: Cutting, scene: Scene, gobo: Map, bounce: Map) -> Map:
    """Gain of each of the product's pixels, (h, w, 3), smooth: lit side, shaded side, light from the ground.

    `gobo` (h, w) is how much of the key arrives, `bounce` (3,) the ground's colour.
    """
    alpha = cutting.alpha.astype(np.float32) / 255
    ray, light = towards(scene.light), scene.light
    depth = 1 - 0.8 * light.fill
    side = np.clip(0.6 + (0.45 + 0.25 * depth) * _facing(alpha) * ray[0] - 0.12 * ray[2], 0, 1.1)[..., None]
    key = 1 + 0.45 * (_tint(light.colour) - 1)
    shade = (1 + 0.35 * (_tint(light.fill_colour) - 1)) * (1 - 0.76 * depth)
    arrives = 1 - 0.45 * depth * (1 - gobo[..., None])
    gain = shade + (key * (1.0 + 0.1 * depth) - shade) * side * arrives
    high = np.linspace(1, 0, alpha.shape[0], dtype=np.float32)[:, None, None]
    gain = gain * (1 + np.exp(-high / 0.16) * (0.22 * bounce - 0.16)) * light.strength**0.35
    return f32(gain * _headroom(cutting, gain))


def _headroom(cutting: Cutting, gain: Map) -> float:
    """Less exposure for a bright product in strong light: its whites must not burn out."""
    brightest = (FROM_BYTE[cutting.colour] * gain).max(2)[cutting.alpha > 200]
    if not brightest.size:
        return 1.0
    return min(1.0, 0.96 / max(float(np.percentile(brightest, 97)), 1e-3))


def _facing(alpha: Map) -> Map:
    """-1 where the form turns left, 1 where it turns right, very smooth."""
    solid = alpha > 0.5
    index = np.arange(alpha.shape[1], dtype=np.float32)[None, :]
    weight = np.maximum(solid.sum(1, keepdims=True), 1)
    middle = (index * solid).sum(1, keepdims=True) / weight
    across = (index - middle) / max(alpha.shape[1] / 2, 1)
    sigma = max(2.0, 0.09 * max(alpha.shape))
    return smooth(np.clip(across * 1.15, -1, 1).astype(np.float32), sigma)


def _tint(hexadecimal: str) -> Map:
    """A light's colour at even brightness."""
    colour = linear(hexadecimal)
    return (colour / max(float(colour @ LUMA), 1e-4)).astype(np.float32)


def light_of(cutting: Cutting, rows: slice) -> tuple[Map, Map]:
    """Linear colour and coverage of some of its rows."""
    return FROM_BYTE[cutting.colour[rows]], cutting.alpha[rows].astype(np.float32) / 255
