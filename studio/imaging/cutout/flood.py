"""The backdrop: what is reached from the frame with discs too big to slip through gaps in an outline.

A region that a smaller disc opens up is judged as a whole. Taking it for backdrop leaves lines with no
product beside them; leaving it out leaves a rim with no line. The cheaper of the two is believed.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from studio.imaging.cutout.arrays import (
    Mask,
    Plane,
    Window,
    blur,
    frame,
    grow,
    pieces,
    pieces_touching,
    window_around,
)
from studio.imaging.cutout.backdrop import Noise, could_be_backdrop, fit_lit
from studio.imaging.cutout.edges import Edges

FIRST = 40  # radius in px of the first disc, for a picture of 800 px
STRAY = 15  # Lab distance to the surface from which the frame itself is something else
_THEN = (28, 18, 12, 8, 5, 3, 1.5, 1)
_ACROSS_SHADOWS = (5, 2.5, 1)
_RIM = 1.5  # cost per px of rim without a line
_SHADOW_RIM = (0.08, 0.14)  # the same where a soft line was, and what is added at the product's foot
_INNER_RIM = 0.3
_MARGIN = 10


@dataclass(frozen=True)
class Ground:
    """What the flood walks on: the picture, the lines that stop it, and what a rim costs at each pixel."""

    lab: Plane
    lit: Plane
    noise: Noise
    lines: Mask
    weight: Plane
    rim: Plane
    inner_rim: float


def flood(lab: Plane, surface: Plane, noise: Noise, edges: Edges) -> tuple[Mask, Plane]:
    """Lab picture -> the backdrop that is reached, shadows included, and the lit surface refitted to it."""
    reached = _first_disc(edges.lines, np.linalg.norm(lab - surface, axis=2) < STRAY)
    surface = fit_lit(lab, surface, reached)
    rim = np.full(reached.shape, _RIM, np.float32)
    ground = Ground(blur(lab, 1.2), surface, noise, edges.lines, edges.weight, rim, 0)
    reached = _spread(ground, reached, _THEN)
    soft = grow(edges.lines & ~edges.hard, 2)
    rim = np.where(soft, _shadow_rim(reached), rim)
    ground = replace(ground, lines=edges.hard, rim=rim, inner_rim=_INNER_RIM)
    reached = _spread(ground, reached, _ACROSS_SHADOWS)
    return reached, fit_lit(lab, surface, reached)


def room(lines: Mask) -> Plane:
    """Distance to the nearest line; beyond the frame there is room without end."""
    pad = 2 * FIRST
    free = cv2.copyMakeBorder((~lines).astype(np.uint8), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=1)
    return np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, 5)[pad:-pad, pad:-pad], np.float32)


def lonely_lines(reached: Mask, product: Mask, weight: Plane) -> float:
    """What the lines that are backdrop on all sides weigh."""
    return float(weight[~grow(product & ~reached, 4)].sum())


def _first_disc(lines: Mask, plain: Mask) -> Mask:
    core = pieces_touching(room(lines) > FIRST, frame(lines.shape, 0.004) & plain)
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray((away <= FIRST) & ~lines)


def _shadow_rim(reached: Mask) -> Plane:
    """Shadows lie at the product's foot: there a soft line is more likely one."""
    rows = np.flatnonzero((~reached).any(axis=1))
    top, foot = (rows[0], rows[-1]) if len(rows) else (0, 1)
    low = (np.arange(reached.shape[0]) - (top + foot) / 2) / max(1, (foot - top) / 2)
    cost = _SHADOW_RIM[0] + _SHADOW_RIM[1] * np.clip(low, 0, 1)
    return np.asarray(np.broadcast_to(cost[:, None], reached.shape), np.float32)


def _spread(ground: Ground, reached: Mask, radii: tuple[float, ...]) -> Mask:
    reached, refused = reached.copy(), np.zeros_like(reached)
    space = room(ground.lines)
    fits = could_be_backdrop(ground.lab, ground.lit, ground.noise)
    for radius in radii:
        free = (space > radius) & fits & ~refused
        core = pieces_touching(free | reached, reached) & free
        opened = grow(core, radius) & fits & ~ground.lines & ~reached & ~refused
        _judge_each(ground, opened, fits, reached, refused)
    return reached


def _judge_each(ground: Ground, opened: Mask, fits: Mask, reached: Mask, refused: Mask) -> None:
    """Writes each opened region into `reached` or `refused`."""
    count, labels, rows = pieces(opened, connectivity=4)
    for i in range(1, count):
        area = rows[i, 4]
        if area < 6:
            continue
        window = window_around(rows[i], _MARGIN)
        region = labels[window] == i
        verdict = reached if _is_backdrop(ground, window, region, fits[window], reached[window]) else refused
        verdict[window] |= region


def _is_backdrop(ground: Ground, window: Window, region: Mask, fits: Mask, reached: Mask) -> bool:
    lines, weight = ground.lines[window], ground.weight[window]
    product = ~lines | ~fits
    with_it = lonely_lines((reached | region) & fits, product, weight)
    cost = with_it - lonely_lines(reached & fits, product, weight)
    rim = grow(region, 1) & ~lines & ~region
    cost += ground.inner_rim * float((rim & ~reached & fits).sum())
    return bool(cost < ground.rim[window][rim & reached].sum())
