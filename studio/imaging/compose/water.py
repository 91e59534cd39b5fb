"""Shallow water with the product standing in it: rings around its foot, which sway all mirror images."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from studio.imaging.compose.form import Silhouette
from studio.imaging.compose.place import Stage
from studio.imaging.noise import Map, f32

_LENGTH: Final = 0.13  # between two rings, world units
_REACH: Final = 0.75  # how far from the foot they have died down
_SWAY: Final = 0.055  # how far the steepest ripple moves a mirror image, world units


@dataclass(frozen=True)
class Water:
    """Rings start `radius` units from (0, `centre`), where the product leaves the water."""

    radius: float
    centre: float
    strength: float

    def slopes(self, x: Map, z: Map) -> tuple[Map, Map]:
        """Slope of the rings along x and z at world points that broadcast, -1 to 1."""
        across, along = np.broadcast_arrays(x, z - self.centre)
        away = np.sqrt(across * across + along * along) + 1e-4
        out = away - self.radius
        wave = np.sin(2 * np.pi / _LENGTH * out) * np.exp(-np.maximum(out, 0) / _REACH * 2.2)
        wave *= self.strength * np.clip(1 + out / (0.5 * _LENGTH), 0, 1)
        return f32(wave * across / away), f32(wave * along / away)

    def sway(self, stage: Stage, slope: Map) -> Map:
        """By how many pixels a mirror image is seen beside its place."""
        return f32(_SWAY * stage.unit * slope)


def water(stage: Stage, form: Silhouette, strength: float) -> Water:
    """Rings around the product's standing line."""
    half, deep = 0.5 * stage.wide / stage.unit, form.depth(stage)
    return Water(max(0.85 * half, 0.5 * deep), 0.5 * deep + 0.5 * half, 0.5 + 1.5 * strength)
