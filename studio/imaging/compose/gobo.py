"""What stands between lamp and set: a repeating sheet of light and shade in the lamp's own plane."""

from typing import Final

import cv2
import numpy as np

from studio.imaging.compose.place import Stage
from studio.imaging.compose.shadow import towards
from studio.imaging.noise import Map, f32, soften
from studio.imaging.scene import Light

SIZE: Final = 640
_TRIES: Final = 5


class Gobo:
    """The sheet of one light: how much of it arrives at world points."""

    def __init__(self, light: Light, stage: Stage, rng: np.random.Generator) -> None:
        ahead = towards(light)
        side = np.cross([0, 1, 0], ahead)
        self._side = side / np.linalg.norm(side)
        self._over = np.cross(ahead, self._side)
        self._span = 2.1 * min(stage.height, 1.35 * stage.width) / stage.unit
        self._sheet = None if light.gobo == "none" else _sheet(light, rng)
        self._shift = np.zeros(2)
        self._shift = self._settle(stage, rng)

    def at(self, x: Map, y: Map | float, z: Map | float) -> Map:
        """0-1 for world positions that broadcast against each other."""
        if self._sheet is None:
            return np.ones((1, 1), np.float32)
        a = x * self._side[0] + y * self._side[1] + z * self._side[2] + self._shift[0]
        b = x * self._over[0] + y * self._over[1] + z * self._over[2] + self._shift[1]
        a, b = np.broadcast_arrays(np.mod(a / self._span, 1) * SIZE, np.mod(-b / self._span, 1) * SIZE)
        a, b = np.ascontiguousarray(a, np.float32), np.ascontiguousarray(b, np.float32)
        return cv2.remap(self._sheet, a, b, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    def _settle(self, stage: Stage, rng: np.random.Generator) -> Map:
        """Of a few chance positions the one that lets most light fall on the product."""
        tries = rng.uniform(0, self._span, (_TRIES, 2))
        half = 0.5 * stage.wide / stage.unit
        x, y = np.linspace(-half, half, 7)[None, :], np.linspace(0.1, stage.high / stage.unit, 7)[:, None]
        arrives = []
        for self._shift in tries:
            arrives.append(float(self.at(x, y, 0.0).mean()))
        return f32(tries[int(np.argmax(arrives))])


def _sheet(light: Light, rng: np.random.Generator) -> Map:
    draw = {"window": _window, "leaves": _leaves, "blinds": _blinds}[light.gobo]
    return draw(rng, SIZE * (0.0025 + 0.018 * (1 - light.hardness)))


def _window(rng: np.random.Generator, blur: float) -> Map:
    """A sash of panes between dark walls, with a spray of leaves outside it."""
    panes = np.zeros((SIZE, SIZE), np.float32)
    bar, left, top = 0.02 * SIZE, 0.12 * SIZE, 0.04 * SIZE
    wide, high = (SIZE - left - 2 * bar) / 2, (SIZE - top - 3 * bar) / 3
    for row in range(3):
        for column in range(2):
            x, y = left + column * (wide + bar), top + row * (high + bar)
            cv2.rectangle(panes, (int(x), int(y)), (int(x + wide), int(y + high)), 1.0, -1)
    outside = 1 - 0.7 * (1 - _spray(rng, 4, 0.8))
    return soften(panes, blur) * soften(outside, blur * 2.2)


def _leaves(rng: np.random.Generator, blur: float) -> Map:
    """Near foliage in soft outline before far foliage in softer."""
    far, near = soften(_spray(rng, 7, 0.9), blur * 2.6), soften(_spray(rng, 5, 1.3), blur * 0.75)
    return (0.45 + 0.55 * far) * (0.2 + 0.8 * near)


def _blinds(rng: np.random.Generator, blur: float) -> Map:
    slats = np.mod(np.arange(SIZE) * 9 / SIZE, 1) < 0.7
    sheet = np.repeat(slats.astype(np.float32)[:, None], SIZE, 1)
    cord = int(rng.uniform(0.3, 0.7) * SIZE)
    sheet[:, cord : cord + SIZE // 160] = 0
    sheet[:, : int(0.07 * SIZE)] = 0
    return 0.22 + 0.78 * soften(sheet, blur * 1.3)


def _spray(rng: np.random.Generator, count: int, size: float) -> Map:
    """Curved twigs with slender leaves on both sides, drawn at every repeat: 0 where one is, 1 elsewhere."""
    sheet = np.ones((SIZE, SIZE), np.float32)
    for _ in range(count):
        here, heading = rng.uniform(0, SIZE, 2), rng.uniform(0, 2 * np.pi)
        bend, steps = rng.uniform(-0.12, 0.12), int(rng.integers(8, 13))
        for step in range(steps):
            heading += bend
            ahead = here + 24 * size * np.array([np.cos(heading), np.sin(heading)])
            _blade(sheet, here, ahead, 2.2 * size)
            length = size * (74 - 44 * step / steps) * rng.uniform(0.75, 1.1)
            for side in (1, -1):
                turn = heading + side * rng.uniform(0.45, 0.95)
                _leaf(sheet, here + rng.uniform(0, 0.6) * (ahead - here), turn, -side * 0.16 * length, length)
            here = ahead
    return sheet


def _leaf(sheet: Map, base: Map, heading: float, curl: float, length: float) -> None:
    """A lance-shaped leaf whose tip curls aside by `curl` pixels."""
    along = np.array([np.cos(heading), np.sin(heading)])
    out = np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 9)[:, None]
    middle, bulge = base + t * length * along + t * t * curl * out, 0.125 * np.sin(np.pi * t**0.75) * length
    _fill(sheet, np.concatenate([middle + bulge * out, (middle - bulge * out)[::-1]]))


def _blade(sheet: Map, start: Map, end: Map, wide: float) -> None:
    """A piece of twig."""
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    out = 0.5 * wide * np.array([-along[1], along[0]])
    _fill(sheet, np.stack([start + out, end + out, end - out, start - out]))


def _fill(sheet: Map, outline: Map) -> None:
    """Darken a shape at every place where it reaches into the repeating sheet."""
    repeats = np.floor((outline.min(0) - 1) / SIZE), np.floor((outline.max(0) + 1) / SIZE)
    for row in np.arange(repeats[0][1], repeats[1][1] + 1):
        for column in np.arange(repeats[0][0], repeats[1][0] + 1):
            moved = outline - (column * SIZE, row * SIZE)
            cv2.fillPoly(sheet, [moved.astype(np.int32)], 0.0, cv2.LINE_AA)
