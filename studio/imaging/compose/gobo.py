"""What stands between lamp and set: a repeating sheet of light and shade in the lamp's own plane."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ..noise import soften
from ..scene import Light
from .shadow import towards

SIZE: Final = 512
SPAN: Final = 3.4  # world units that the sheet covers before it repeats
Map = NDArray[np.float32]


class Gobo:
    """The sheet of one light, to be asked how much of it arrives at world points (broadcastable x, y, z)."""

    def __init__(self, light: Light, rng: np.random.Generator) -> None:
        ahead = towards(light)
        side = np.cross([0, 1, 0], ahead)
        self._side = side / np.linalg.norm(side)
        self._over = np.cross(ahead, self._side)
        self._shift = rng.uniform(-0.25, 0.25, 2)
        self._sheet = None if light.gobo == "none" else _sheet(light, rng)

    def at(self, x: Map, y: Map | float, z: Map | float) -> Map | float:
        if self._sheet is None:
            return 1.0
        a = x * self._side[0] + y * self._side[1] + z * self._side[2] + self._shift[0]
        b = x * self._over[0] + y * self._over[1] + z * self._over[2] + self._shift[1]
        a, b = np.broadcast_arrays(np.mod(a / SPAN + 0.5, 1) * SIZE, np.mod(0.5 - b / SPAN, 1) * SIZE)
        a, b = np.ascontiguousarray(a, np.float32), np.ascontiguousarray(b, np.float32)
        return cv2.remap(self._sheet, a, b, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # type: ignore[return-value]


def _sheet(light: Light, rng: np.random.Generator) -> Map:
    draw = {"window": _window, "leaves": _leaves, "blinds": _blinds}[light.gobo]
    blur = SIZE * (0.0035 + 0.022 * (1 - light.hardness))
    return draw(rng, blur)


def _window(rng: np.random.Generator, blur: float) -> Map:
    """A sash of panes, with a spray of leaves outside it and darkness beside it."""
    panes = np.zeros((SIZE, SIZE), np.float32)
    high, wide, bar = 0.225 * SIZE, 0.19 * SIZE, 0.022 * SIZE
    for row in range(4):
        for column in range(4):
            x, y = 0.08 * SIZE + column * (wide + bar), 0.02 * SIZE + row * (high + bar)
            cv2.rectangle(panes, (int(x), int(y)), (int(x + wide), int(y + high)), 1.0, -1)
    outside = 1 - 0.75 * (1 - _spray(rng, 4, 0.8))
    return soften(panes, blur) * soften(outside, blur * 2.2)


def _leaves(rng: np.random.Generator, blur: float) -> Map:
    """Near foliage in soft outline before far foliage in softer."""
    far, near = soften(_spray(rng, 9, 1.0), blur * 2.6), soften(_spray(rng, 6, 1.25), blur)
    return (0.25 + 0.75 * far) * (0.1 + 0.9 * near)  # type: ignore[no-any-return]


def _blinds(rng: np.random.Generator, blur: float) -> Map:
    slats = np.mod(np.arange(SIZE) * 15 / SIZE, 1) < 0.56
    sheet = np.repeat(slats.astype(np.float32)[:, None], SIZE, 1)
    edge = int(0.06 * SIZE)
    sheet[:, :edge] = 0
    return soften(sheet, blur)


def _spray(rng: np.random.Generator, count: int, size: float) -> Map:
    """Branches with paired leaves, drawn at every repeat: 0 where a leaf is, 1 elsewhere."""
    sheet = np.ones((SIZE, SIZE), np.float32)
    for _ in range(count):
        start, heading = rng.uniform(0, SIZE, 2), rng.uniform(0, 2 * np.pi)
        bend = rng.uniform(-0.09, 0.09)
        for step in range(13):
            heading += bend
            here = start + step * 13 * size * np.array([np.cos(heading), np.sin(heading)])
            length = size * (30 - 1.3 * step) * rng.uniform(0.8, 1.15)
            for turn in (0.85, -0.85):
                _leaf(sheet, here, heading + turn + rng.uniform(-0.25, 0.25), length)
    return sheet


def _leaf(sheet: Map, base: NDArray[np.float64], heading: float, length: float) -> None:
    along = np.array([np.cos(heading), np.sin(heading)])
    out = np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 9)[:, None]
    bulge = 0.2 * np.sin(np.pi * t**0.8) * length
    outline = (
        np.concatenate([t * length * along + bulge * out, (t * length * along - bulge * out)[::-1]]) + base
    )
    for dx in (-SIZE, 0, SIZE):
        for dy in (-SIZE, 0, SIZE):
            cv2.fillPoly(sheet, [(outline + (dx, dy)).astype(np.int32)], 0.0, cv2.LINE_AA)
