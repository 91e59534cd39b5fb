"""Shadows as light makes them: a cloud of points is cast along many rays of the lamp, or of the open sky."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from studio.imaging.compose.form import Cloud
from studio.imaging.noise import Map, f32, spiral
from studio.imaging.scene import Light

_BARE, _WINDOW = 0.6, 17.0  # angular radius of the lamp in degrees, at hardness 1 and 0
_RAYS: Final = 48
_SKY: Final = 56


@dataclass(frozen=True)
class Plane:
    """A shadow map on a plane: `open` is 1 where all light arrives. Cells of `cell` units from (u0, v0)."""

    open: Map
    u0: float
    v0: float
    cell: float

    def at(self, u: Map, v: Map) -> Map:
        """Looked up at world positions that broadcast against each other; 1 outside the map."""
        u, v = np.broadcast_arrays((u - self.u0) / self.cell - 0.5, (v - self.v0) / self.cell - 0.5)
        u, v = np.ascontiguousarray(u, np.float32), np.ascontiguousarray(v, np.float32)
        return cv2.remap(self.open, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1.0)


def towards(light: Light) -> Map:
    """Unit vector from the product to the lamp: x right, y up, z away from the camera."""
    return aim(light.direction, light.height)


def aim(direction: float, height: float) -> Map:
    around, up = np.radians(direction), np.radians(height)
    return np.array([np.sin(around) * np.cos(up), np.sin(up), -np.cos(around) * np.cos(up)], np.float32)


def lamp(light: Light) -> Map:
    """Rays to all parts of the lamp, shape (n, 3)."""
    middle = towards(light)
    side = np.cross([0, 1, 0], middle)
    side /= np.linalg.norm(side)
    over = np.cross(middle, side)
    spread = np.tan(np.radians(_BARE * light.hardness + _WINDOW * (1 - light.hardness) ** 1.4))
    disc = spiral(_RAYS) * spread
    rays = middle + disc[:, :1] * side + disc[:, 1:] * over
    rays[:, 1] = np.maximum(rays[:, 1], 0.1)
    return f32(rays / np.linalg.norm(rays, axis=1, keepdims=True))


def sky() -> Map:
    """Rays to the open sky, as many per area as a matt surface weighs them."""
    disc = spiral(_SKY) * 0.985
    return np.stack([disc[:, 0], np.sqrt(1 - (disc**2).sum(1)), disc[:, 1]], 1).astype(np.float32)


def on_floor(cloud: Cloud, rays: Map, drop: float, cell: float, reach: float) -> Plane:
    """What the cloud keeps from a floor `drop` units below its foot, over x and z within `reach`."""
    cloud, total = cloud.thinned(cell), _blank(cell, reach)
    for ray in rays:
        path = (cloud.y + drop) / ray[1]
        _cast(cloud, cloud.x - ray[0] * path, cloud.z - ray[2] * path, -reach, cell, total)
    return Plane(_settle(total, len(rays)), -reach, -reach, cell)


def on_wall(cloud: Cloud, rays: Map, back: float, drop: float, cell: float, reach: float) -> Plane | None:
    """What the cloud keeps from a wall `back` units behind its foot; None with the light behind that."""
    rays = rays[rays[:, 2] < -0.05]
    if not len(rays):
        return None
    cloud, total = cloud.thinned(cell), _blank(cell, reach)
    for ray in rays:
        path = (back - cloud.z) / -ray[2]
        _cast(cloud, cloud.x - ray[0] * path, cloud.y - ray[1] * path + drop - reach, -reach, cell, total)
    return Plane(_settle(total, len(rays)), -reach, -drop, cell)


def _blank(cell: float, reach: float) -> Map:
    size = int(2 * reach / cell)
    return np.zeros((size, size), np.float32)


def _cast(cloud: Cloud, u: Map, v: Map, start: float, cell: float, total: Map) -> None:
    """Add one ray's hard shadow to a map whose cells begin at (start, start)."""
    column, row = ((u - start) / cell).astype(np.int32), ((v - start) / cell).astype(np.int32)
    inside = (column >= 1) & (column < len(total) - 1) & (row >= 1) & (row < len(total) - 1)
    if not inside.any():
        return
    column, row = column[inside], row[inside]
    left, top, right, bottom = column.min() - 1, row.min() - 1, column.max() + 2, row.max() + 2
    wide, high = int(right - left), int(bottom - top)
    hits = np.bincount(
        (row - top) * wide + column - left, weights=cloud.weight[inside], minlength=wide * high
    )
    covered = cv2.blur(hits.reshape(high, wide).astype(np.float32), (3, 3), borderType=cv2.BORDER_CONSTANT)
    total[top:bottom, left:right] += np.minimum(covered * (1.1 * (cloud.spacing / cell) ** 2 + 0.15), 1)


def _settle(total: Map, rays: int) -> Map:
    smooth = cv2.GaussianBlur(total / max(rays, 1), (0, 0), 1.1)
    return 1 - np.clip(smooth, 0, 1)
