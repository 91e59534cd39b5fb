"""Which pixels are product, at working size: the backdrop is flooded from the frame and the rest is kept."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import (
    Mask,
    Plane,
    blur,
    frame,
    grow,
    pieces,
    pieces_touching,
    shrink,
    slope,
)
from studio.imaging.cutout.backdrop import fit_surface, nearby
from studio.imaging.cutout.edges import edge_strength, outlines

_RADII = (40, 20, 10, 5, 2.5, 1)  # of the flooding disc, for a picture of 800 px
_HOLE = 1.5  # Lab distance to the backdrop within which an enclosed patch is seen through
_LEAST_PIECE = 0.01  # of the largest piece


@dataclass(frozen=True)
class Segments:
    """The product mask with what the verdict needs to judge it; all planes at working size."""

    product: Mask
    backdrop: Mask
    edges: Plane
    misfit: Plane  # Lab distance to the smooth backdrop


def segment(lab: Plane) -> Segments:
    """Lab picture (H x W x 3) -> product mask. Never raises; an empty mask means that nothing was found."""
    edges = edge_strength(lab)
    ring = frame(edges.shape, 0.05)
    surface = fit_surface(lab, ring)
    lines = outlines(edges)
    reached = _flood(lab, surface, lines, _noise(lab, surface, ring))
    lit = reached & (lab[..., 0] > surface[..., 0] - 3)
    if lit.mean() > 0.2:
        surface = fit_surface(lab, lit)
    backdrop = nearby(lab, surface, shrink(reached, 2))
    reached |= _see_through(lab, (backdrop, surface), ~reached & ~lines)
    product = _keep_large(_snap(lab, reached, lines, backdrop))
    return Segments(product, reached, edges, np.linalg.norm(lab - surface, axis=2))


def _noise(lab: Plane, surface: Plane, ring: Mask) -> tuple[float, float]:
    rest = np.abs((lab - surface)[ring])
    return 1.48 * float(np.median(rest[:, 0])), 1.48 * float(np.median(np.hypot(rest[:, 1], rest[:, 2])))


def _flood(lab: Plane, surface: Plane, lines: Mask, noise: tuple[float, float]) -> Mask:
    """From the frame inwards: first with a disc too big for gaps in an outline, then smaller where colours fit."""
    room = _room(lines)
    first = _RADII[0]
    core = pieces_touching(room > first, frame(lines.shape, 0.004))
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    reached = np.asarray((away <= first) & ~lines)
    soft = blur(lab, 1.2)
    for radius in _RADII[1:]:
        miss = np.abs(soft - nearby(lab, surface, shrink(reached, 2)))
        alike = (miss[..., 0] < max(1.2, 3 * noise[0])) & (
            np.hypot(miss[..., 1], miss[..., 2]) < max(1.5, 3 * noise[1])
        )
        free = (room > radius) & alike
        core = pieces_touching(free | reached, reached) & free
        reached |= grow(core, radius) & alike & ~lines
    return reached


def _room(lines: Mask) -> Plane:
    """Distance to the nearest outline; beyond the frame there is room without end."""
    pad = 2 * int(_RADII[0])
    open_ = cv2.copyMakeBorder((~lines).astype(np.uint8), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=1)
    return np.asarray(cv2.distanceTransform(open_, cv2.DIST_L2, 5)[pad:-pad, pad:-pad], np.float32)


def _see_through(lab: Plane, backdrops: tuple[Plane, ...], enclosed: Mask) -> Mask:
    """Enclosed patches whose colour is the backdrop's: the hole of a handle, the space between legs."""
    count, labels, rows = pieces(enclosed, connectivity=4)
    holes = np.zeros_like(enclosed)
    for i in range(1, count):
        x, y, w, h, area = rows[i]
        window = np.s_[y : y + h, x : x + w]
        patch = labels[window] == i
        if area >= 20 and any(_alike(lab[window][patch], plane[window][patch]) for plane in backdrops):
            holes[window] |= patch
    return holes


def _alike(seen: Plane, expected: Plane) -> bool:
    light, a, b = np.median(seen - expected, axis=0)
    return bool(abs(light) < _HOLE and np.hypot(a, b) < _HOLE)


def _snap(lab: Plane, reached: Mask, lines: Mask, backdrop: Plane) -> Mask:
    """Shares the outlines themselves between product and backdrop, along the sharpest crest."""
    miss = lab - backdrop
    plain = (np.hypot(miss[..., 1], miss[..., 2]) > 8) | (np.abs(miss[..., 0]) > 25)
    marks = np.zeros(reached.shape, np.int32)
    marks[~reached & ~lines] = 2
    marks[lines & shrink(plain, 1) & ~reached] = 2
    marks[reached] = 1
    crest = sum(slope(blur(lab[..., i], 0.7)) for i in range(3))
    crest8 = np.clip(crest * 12, 0, 255).astype(np.uint8)
    return np.asarray(cv2.watershed(cv2.merge([crest8] * 3), marks) != 1)


def _keep_large(product: Mask) -> Mask:
    product[[0, -1]] = product[1:-1][[0, -1]]  # watershed marks the frame itself as a line
    product[:, [0, -1]] = product[:, 1:-1][:, [0, -1]]
    _, labels, rows = pieces(product)
    if len(rows) == 1:
        return product
    large = rows[:, 4] >= max(30, _LEAST_PIECE * rows[1:, 4].max())
    large[0] = False
    return np.asarray(large[labels])
