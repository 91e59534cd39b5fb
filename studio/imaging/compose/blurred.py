"""Places far out of focus: a bright, crude set is painted small and then seen through a round aperture."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ..scene import Scene
from .colour import Pixels, linear
from .place import Stage

LONG: Final = 512  # pixels of the painting's longer side; nothing in it is sharp


def blurred_wall(stage: Stage, scene: Scene, rng: np.random.Generator) -> Pixels:
    """The out-of-focus set in linear light over the whole frame, at most LONG pixels long."""
    factor = LONG / max(stage.width, stage.height)
    small = stage.scaled(factor, max(8, round(stage.width * factor)), max(8, round(stage.height * factor)))
    unit = float(np.clip(small.unit, 0.28 * LONG * 0.5, 0.9 * min(small.width, small.height)))
    paint = {"cafe": _cafe, "garden": _garden, "night": _night}[scene.wall.set]
    picture = _backdrop(small, scene)
    paint(picture, unit, small, scene, rng)
    radius = unit * (0.022 + 0.055 * scene.finish.depth_of_field)
    return _through_aperture(picture, radius)


def _backdrop(small: Stage, scene: Scene) -> Pixels:
    share = np.linspace(0, 1, small.height, dtype=np.float32)[:, None, None]
    rows = linear(scene.wall.upper) * (1 - share) + linear(scene.wall.colour) * share
    return np.ascontiguousarray(np.repeat(rows, small.width, 1), np.float32)


def _through_aperture(picture: Pixels, radius: float) -> Pixels:
    """Blur by a disc whose rim is a little brighter than its middle, as a fast lens draws it."""
    size = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-size : size + 1, -size : size + 1].astype(np.float32)
    away = np.hypot(x, y)
    disc = np.clip(radius + 0.5 - away, 0, 1) * (0.8 + 0.35 * (away / radius) ** 3)
    kernel = (disc / disc.sum()).astype(np.float32)
    return cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def _cafe(picture: Pixels, unit: float, small: Stage, scene: Scene, rng: np.random.Generator) -> None:
    wide, floor = picture.shape[1], small.edge
    for x in np.arange(rng.uniform(-1.2, -0.2) * unit, wide, unit * 1.05):
        _panel(picture, x, floor, unit, scene, rng)
    for height in (0.42, 0.78):
        _shelf(picture, floor - height * unit, unit, scene, rng)
    lamps = np.arange(rng.uniform(0, 0.5) * unit, wide, unit * rng.uniform(0.62, 0.8))
    for x in lamps:
        _dot(picture, x, floor - rng.uniform(1.0, 1.16) * unit, 0.035 * unit, _light(scene, rng, 14))
    _string(picture, floor, unit, scene, rng)


def _panel(
    picture: Pixels, x: float, floor: float, unit: float, scene: Scene, rng: np.random.Generator
) -> None:
    """A bay of the room: a bright window now and then, else a darker or lighter piece of wall."""
    tone, colour = rng.uniform(0.35, 1.35), linear(scene.wall.colour)
    if rng.random() < 0.28:
        pane = linear(scene.light.colour) * 1.5
        for at in (0.12, 0.46):
            _box(picture, x + at * unit, floor - 1.5 * unit, 0.29 * unit, 1.22 * unit, pane)
        return
    hue = linear(scene.palette[rng.integers(len(scene.palette))])
    _box(picture, x, 0, unit * rng.uniform(0.4, 0.9), floor, colour * tone + hue * 0.05 * tone)


def _shelf(picture: Pixels, row: float, unit: float, scene: Scene, rng: np.random.Generator) -> None:
    _box(picture, 0, row, picture.shape[1], 0.025 * unit, linear(scene.wall.colour) * 0.25)
    x = rng.uniform(0, 0.3) * unit
    while x < picture.shape[1]:
        wide, high = rng.uniform(0.03, 0.09) * unit, rng.uniform(0.08, 0.22) * unit
        colour = linear(scene.palette[rng.integers(len(scene.palette))]) * rng.uniform(0.03, 0.35)
        _box(picture, x, row - high, wide, high, colour)
        x += wide + (rng.exponential(0.05) + (rng.random() < 0.12) * 0.5) * unit


def _string(picture: Pixels, floor: float, unit: float, scene: Scene, rng: np.random.Generator) -> None:
    """Small warm bulbs on a sagging cable."""
    sag, top = rng.uniform(0.15, 0.35) * unit, floor - rng.uniform(1.3, 1.55) * unit
    start, pitch = rng.uniform(-1, 0) * unit, unit * rng.uniform(2.2, 3.2)
    for x in np.arange(0, picture.shape[1], 0.115 * unit):
        t = np.mod((x - start) / pitch, 1)
        y = top + 4 * sag * t * (1 - t) + rng.normal(0, 0.02) * unit
        _dot(
            picture, x + rng.normal(0, 0.02) * unit, y, 0.011 * unit, _light(scene, rng, rng.uniform(16, 60))
        )
    for _ in range(int(14 * picture.shape[1] / picture.shape[0]) + 4):
        at = rng.uniform(0, picture.shape[1]), floor - rng.uniform(0.05, 0.75) * unit
        _dot(picture, *at, 0.009 * unit, _light(scene, rng, rng.uniform(6, 40)))


def _garden(picture: Pixels, unit: float, small: Stage, scene: Scene, rng: np.random.Generator) -> None:
    high, wide = picture.shape[:2]
    area = wide * high / unit**2
    for _ in range(int(170 * area)):
        centre = rng.uniform(0, wide), rng.uniform(-0.1, 1.05) * small.edge
        hue = linear(scene.palette[rng.integers(len(scene.palette))])
        axes = rng.uniform(0.04, 0.15, 2) * unit
        shade = hue * rng.gamma(2.0, 0.3)
        _blob(picture, centre, axes, rng.uniform(0, 180), shade)
    for _ in range(int(42 * area)):
        centre = rng.uniform(0, wide), small.edge * rng.beta(1.2, 2.0)
        _dot(picture, *centre, 0.008 * unit, linear(scene.light.colour) * rng.uniform(6, 50))


def _night(picture: Pixels, unit: float, small: Stage, scene: Scene, rng: np.random.Generator) -> None:
    high, wide = picture.shape[:2]
    for x in np.arange(rng.uniform(0, 0.5) * unit, wide, 0.62 * unit):
        tall, hue = rng.uniform(0.3, 1.3) * unit, linear(scene.palette[rng.integers(len(scene.palette))])
        left = x + rng.uniform(-0.2, 0.2) * unit
        _box(
            picture,
            left,
            small.edge - tall,
            rng.uniform(0.3, 0.6) * unit,
            tall,
            linear(scene.wall.colour) * 0.4,
        )
        _box(picture, left, small.edge - tall * 0.9, 0.02 * unit, tall * rng.uniform(0.3, 0.8), hue * 5)
    for _ in range(int(46 * wide * high / unit**2)):
        centre = rng.uniform(0, wide), small.edge - abs(rng.normal(0, 0.55)) * unit
        _dot(picture, *centre, 0.009 * unit, _light(scene, rng, rng.gamma(1.2, 14)))


def _light(scene: Scene, rng: np.random.Generator, power: float) -> NDArray[np.float32]:
    return linear(scene.palette[rng.integers(len(scene.palette))]) * np.float32(power)


def _box(picture: Pixels, x: float, y: float, wide: float, high: float, colour: NDArray[np.float32]) -> None:
    cv2.rectangle(picture, (int(x), int(y)), (int(x + wide), int(y + high)), colour.tolist(), -1)


def _dot(picture: Pixels, x: float, y: float, radius: float, colour: NDArray[np.float32]) -> None:
    cv2.circle(
        picture, (int(x * 16), int(y * 16)), int(max(radius, 0.8) * 16), colour.tolist(), -1, cv2.LINE_8, 4
    )


def _blob(
    picture: Pixels,
    centre: tuple[float, float],
    axes: NDArray[np.float64],
    turn: float,
    colour: NDArray[np.float32],
) -> None:
    at, size = (int(centre[0]), int(centre[1])), (max(1, int(axes[0])), max(1, int(axes[1])))
    cv2.ellipse(picture, at, size, turn, 0, 360, colour.tolist(), -1)
