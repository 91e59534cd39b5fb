"""Places far out of focus: a bright, crude set is painted small and then seen through a round aperture."""

from typing import Final

import cv2
import numpy as np

from studio.imaging.compose.linear import linear
from studio.imaging.compose.place import Stage
from studio.imaging.noise import Map
from studio.imaging.scene import Scene

LONG: Final = 512  # pixels of the painting's longer side; nothing in it is sharp
_DEPTHS: Final = (0.55, 1.0, 1.35)  # how large lights of three distances are drawn by the lens


class Painting:
    """The sharp set in linear light: `shapes` far back and `lights`, one layer for each of _DEPTHS."""

    def __init__(self, small: Stage, scene: Scene, rng: np.random.Generator) -> None:
        self.high, self.wide, self.floor = small.height, small.width, small.edge
        self.unit = float(np.clip(small.unit, 0.16 * LONG, 0.9 * min(small.width, small.height)))
        self.scene, self.rng = scene, rng
        share = np.linspace(0, 1, small.height, dtype=np.float32)[:, None, None]
        rows = linear(scene.wall.upper) * (1 - share) + linear(scene.wall.colour) * share
        self.shapes = np.ascontiguousarray(np.repeat(rows, small.width, 1), np.float32)
        self.lights = [np.zeros_like(self.shapes) for _ in _DEPTHS]

    def through_lens(self, radius: float) -> Map:
        picture = _through_aperture(self.shapes, radius * 1.25)
        for depth, layer in zip(_DEPTHS, self.lights, strict=True):
            picture += _through_aperture(layer, radius * depth)
        return picture

    def any_light(self, power: float) -> Map:
        """A colour of the palette at some brightness."""
        return linear(self.scene.palette[self.rng.integers(len(self.scene.palette))]) * np.float32(power)

    def box(self, x: float, y: float, wide: float, high: float, colour: Map) -> None:
        cv2.rectangle(self.shapes, (int(x), int(y)), (int(x + wide), int(y + high)), colour.tolist(), -1)

    def blob(self, x: float, y: float, axes: Map, turn: float, colour: Map) -> None:
        size = max(1, int(axes[0])), max(1, int(axes[1]))
        cv2.ellipse(self.shapes, (int(x), int(y)), size, turn, 0, 360, colour.tolist(), -1)

    def dot(self, x: float, y: float, radius: float, colour: Map) -> None:
        layer = self.lights[self.rng.choice(len(_DEPTHS), p=(0.4, 0.4, 0.2))]
        middle, size = (int(x * 16), int(y * 16)), int(max(radius * self.unit, 0.8) * 16)
        cv2.circle(layer, middle, size, colour.tolist(), -1, cv2.LINE_8, 4)


def blurred_wall(stage: Stage, scene: Scene, rng: np.random.Generator) -> Map:
    """The out-of-focus set in linear light over the whole frame, LONG pixels long."""
    painting = Painting(stage.scaled(LONG / max(stage.width, stage.height)), scene, rng)
    {"cafe": _cafe, "garden": _garden, "night": _night, "hills": _hills}[scene.wall.set](painting)
    return painting.through_lens(painting.unit * (0.022 + 0.055 * scene.finish.depth_of_field))


def _through_aperture(picture: Map, radius: float) -> Map:
    """Blur by a disc whose rim is a little brighter than its middle, as a fast lens draws it."""
    size = int(np.ceil(radius)) + 2
    y, x = np.mgrid[-size : size + 1, -size : size + 1].astype(np.float32)
    away = np.hypot(x, y)
    disc = np.clip((radius + 1 - away) / 2, 0, 1) * (0.9 + 0.16 * np.minimum(away / radius, 1) ** 3)
    return cv2.filter2D(picture, -1, (disc / disc.sum()).astype(np.float32), borderType=cv2.BORDER_REFLECT)


def _cafe(room: Painting) -> None:
    """Bays of wall and window, shelves, pendant lamps, a string of small bulbs."""
    unit, rng = room.unit, room.rng
    bays = np.arange(rng.uniform(-1.2, -0.2) * unit, room.wide, unit * 1.1)
    bright = rng.integers(0, 3)
    for number, x in enumerate(bays):
        _bay(room, x, number % 3 == bright)
    for x in np.arange(rng.uniform(0, 0.5) * unit, room.wide, unit * rng.uniform(0.62, 0.8)):
        y = room.floor - rng.uniform(1.0, 1.16) * unit
        room.box(x - 0.004 * unit, 0, 0.008 * unit, max(y, 0), linear(room.scene.wall.colour) * 0.1)
        room.dot(x, y, 0.03, room.any_light(rng.uniform(3, 7)))
    _bulbs(room)


def _bay(room: Painting, x: float, window: bool) -> None:
    """A piece of the room one unit wide: a tall bright window, or a darker wall with shelves."""
    unit, rng, colour = room.unit, room.rng, linear(room.scene.wall.colour)
    if window:
        pane = linear(room.scene.light.colour) * np.float32(rng.uniform(0.75, 1.1))
        for at in (0.12, 0.52):
            room.box(x + at * unit, room.floor - 1.7 * unit, 0.36 * unit, 1.34 * unit, pane)
        return
    room.box(x, 0, unit, room.floor, colour * np.float32(rng.uniform(0.5, 1.2)))
    for height in (0.38, 0.74, 1.1):
        _shelf(room, x + 0.1 * unit, x + 0.9 * unit, room.floor - height * unit)


def _shelf(room: Painting, left: float, right: float, row: float) -> None:
    unit, rng = room.unit, room.rng
    room.box(left, row, right - left, 0.02 * unit, linear(room.scene.wall.colour) * np.float32(1.5))
    x = left
    while x < right - 0.05 * unit:
        wide, high = rng.uniform(0.03, 0.08) * unit, rng.uniform(0.08, 0.2) * unit
        room.box(x, row - high, wide, high, room.any_light(rng.uniform(0.03, 0.3)))
        x += wide + (rng.exponential(0.03) + (rng.random() < 0.15) * 0.2) * unit


def _bulbs(room: Painting) -> None:
    """Small warm bulbs in loose clusters under the ceiling, and a few glints lower down."""
    unit, rng = room.unit, room.rng
    for x in np.arange(rng.uniform(-0.3, 0.1) * unit, room.wide, 0.55 * unit):
        middle = x + rng.uniform(0, 0.3) * unit, room.floor - rng.uniform(0.75, 1.2) * unit
        for _ in range(rng.integers(3, 9)):
            at_x, at_y = rng.normal(middle, (0.16 * unit, 0.11 * unit))
            room.dot(at_x, at_y, 0.011, room.any_light(rng.gamma(1.1, 9)))
    for _ in range(int(7 * room.wide / unit)):
        x, y = rng.uniform(0, room.wide), room.floor - rng.gamma(2.0, 0.16) * unit
        room.dot(x, y, 0.008, room.any_light(rng.gamma(0.9, 9)))


def _garden(garden: Painting) -> None:
    """Clumps of leaves from dark to sunlit, and glints of sky between the upper ones."""
    unit, rng = garden.unit, garden.rng
    area = garden.wide * garden.floor / unit**2
    for size, count, deep in ((0.34, 16, 0.5), (0.16, 60, 0.8), (0.07, 190, 1.0)):
        for _ in range(int(count * area)):
            x, y = rng.uniform(0, garden.wide), rng.uniform(-0.1, 1.1) * garden.floor
            sunlit = rng.gamma(1.6, 0.42) * (0.45 + 0.8 * (1 - y / garden.floor)) * deep
            garden.blob(
                x, y, rng.uniform(0.5, 1.0, 2) * size * unit, rng.uniform(0, 180), garden.any_light(sunlit)
            )
    for _ in range(int(17 * area)):
        x, y = rng.uniform(0, garden.wide), garden.floor * rng.beta(1.0, 2.4)
        garden.dot(x, y, 0.008, linear(garden.scene.light.colour) * np.float32(rng.gamma(0.7, 8)))


def _night(city: Painting) -> None:
    """Towers with neon edges before a dark sky, and the lights of a street."""
    unit, rng, dark = city.unit, city.rng, linear(city.scene.wall.colour)
    for x in np.arange(rng.uniform(-0.5, 0.2) * unit, city.wide, 0.5 * unit):
        tall, left = rng.uniform(0.5, 1.5) * unit, x + rng.uniform(-0.2, 0.2) * unit
        city.box(
            left,
            city.floor - tall,
            rng.uniform(0.3, 0.6) * unit,
            tall,
            dark * np.float32(rng.uniform(0.4, 1.6)),
        )
        neon = rng.uniform(0.3, 0.8) * tall
        if rng.random() < 0.6:
            city.box(left, city.floor - tall * 0.9, 0.025 * unit, neon, city.any_light(rng.uniform(1.5, 4)))
    for _ in range(int(20 * city.wide / unit)):
        x, y = rng.uniform(0, city.wide), city.floor - rng.gamma(1.3, 0.2) * unit
        city.dot(x, y, 0.009, city.any_light(rng.gamma(0.9, 13)))


def _hills(land: Painting) -> None:
    """Ridges behind each other before the sky, as far away as the palette's colours go from first to last."""
    unit, rng, colours = land.unit, land.rng, land.scene.palette
    x = np.linspace(-1, land.wide + 1, 64)
    for tall, colour in zip(np.linspace(0.5, 0.1, len(colours)), colours, strict=True):
        waves = [
            np.sin(x / unit * rng.uniform(0.6, 1.2) * 2**octave + rng.uniform(0, 7)) / 1.8**octave
            for octave in range(4)
        ]
        ridge = land.floor - unit * tall * (0.75 + 0.3 * sum(waves))
        outline = np.concatenate([np.stack([x, ridge], 1), [[land.wide + 1, land.floor], [-1, land.floor]]])
        cv2.fillPoly(land.shapes, [outline.astype(np.int32)], linear(colour).tolist(), cv2.LINE_AA)
