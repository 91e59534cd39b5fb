"""A plain cylinder for the product to stand on."""

from dataclasses import dataclass

import numpy as np

from studio.imaging.compose.form import CAST, Cloud
from studio.imaging.compose.place import CAMERA, Stage
from studio.imaging.noise import Map


@dataclass(frozen=True)
class Podium:
    """A cylinder, world units: its top at the product's foot, its axis `centre` behind it, `drop` high."""

    radius: float
    centre: float
    drop: float

    def cloud(self) -> Cloud:
        """Points filling it, to cast its shadow."""
        turns = np.linspace(0, 2 * np.pi, 120, endpoint=False, dtype=np.float32)
        heights = np.linspace(0, self.drop, max(8, int(self.drop * CAST / 2)), dtype=np.float32)
        rings = np.array([1.0, 0.8, 0.6, 0.4, 0.2], np.float32) * self.radius
        turn, y, ring = (axis.ravel() for axis in np.meshgrid(turns, -heights, rings))
        weight = np.full(len(turn), 1.0, np.float32)
        return Cloud(ring * np.sin(turn), y, self.centre + ring * np.cos(turn), weight, 1 / CAST)

    def ellipse(self, stage: Stage, y: float) -> tuple[float, float, float]:
        """Middle row, half width and half height in pixels of its outline at height y."""
        near, far = stage.row(self.centre - self.radius, y), stage.row(self.centre + self.radius, y)
        half = self.radius * stage.unit / (1 + self.centre / CAMERA)
        return (near + far) / 2, half, (near - far) / 2

    def masks(self, stage: Stage, columns: Map, rows: Map) -> tuple[Map, Map, Map]:
        """Coverage of top, side and of the lit rim between them, each (rows, columns)."""
        row, wide, high = self.ellipse(stage, 0.0)
        below, low_wide, low_high = self.ellipse(stage, -self.drop)
        x = (columns[None, :] - stage.middle) / wide
        y = (rows[:, None] - row) / high
        away = np.sqrt(x * x + y * y)
        top = np.clip((1 - away) * high + 0.5, 0, 1)
        arc = np.sqrt(np.maximum(1 - x * x, 0))
        under = np.clip(below + low_high * arc - rows[:, None] + 0.5, 0, 1)
        body = np.clip((1 - np.abs(x)) * wide + 0.5, 0, 1) * under * (rows[:, None] > row)
        rim = np.exp(-(((1 - away) * high / max(0.006 * stage.unit, 0.7)) ** 2)) * (y > -0.2)
        return top.astype(np.float32), (body * (1 - top)).astype(np.float32), rim.astype(np.float32)

    def around(self, stage: Stage, columns: Map, rows: Map) -> tuple[Map, Map]:
        """Sine of the side's turn to the right, (1, columns), and height above the foot, (rows, 1)."""
        row, wide, high = self.ellipse(stage, 0.0)
        turn = np.clip((columns - stage.middle) / wide, -1, 1)[None, :]
        y = -(rows - row - high) / stage.unit
        return turn.astype(np.float32), np.clip(y, -self.drop, 0)[:, None].astype(np.float32)
