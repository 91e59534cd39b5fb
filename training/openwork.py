"""Random products that show much backdrop through them: wires, wheels, cords, chains, grips, letters."""

from math import cos, pi, sin
from typing import Any

import numpy as np

from training.materials import Random, some_material
from training.meshes import box, curve, lathe, letters, plate, sheet, through, torus

Parts = list[Any]


def angles(count: int) -> Any:
    """So many directions, evenly around."""
    return np.arange(count) * 2 * pi / count


def wires(rng: Random) -> Parts:
    """Rings and wires: baskets, cages, wheels, grids."""
    look, thin = some_material(rng, solid=True), rng.uniform(0.008, 0.035)
    form = rng.integers(3)
    if form == 0:
        return _basket(rng, look, thin)
    if form == 1:
        return _wheel(rng, look, thin)
    n, m, w, h = *rng.integers(3, 14, 2), *rng.uniform(0.6, 1.6, 2)
    parts = [curve([(x, 0, 0), (x, 0, h)], thin, look, smooth=False) for x in np.linspace(0, w, int(n))]
    parts += [curve([(0, 0, z), (w, 0, z)], thin, look, smooth=False) for z in np.linspace(0, h, int(m))]
    return [*parts, box((w, 0.5, 0.06), (w / 2, 0, 0), some_material(rng, solid=True))]


def _basket(rng: Random, look: Any, thin: float) -> Parts:
    low, top, high = rng.uniform(0.3, 0.9), rng.uniform(0.5, 1.2), rng.uniform(0.4, 1.6)
    parts = [
        torus(low + (top - low) * t, thin * 1.3, look, at=(0, 0, high * t))
        for t in np.linspace(0, 1, int(rng.integers(2, 7)))
    ]
    for a in angles(int(rng.integers(8, 28))):
        points = [(0, 0, 0), (low * cos(a), low * sin(a), 0), (top * cos(a), top * sin(a), high)]
        parts.append(curve(points, thin, look, smooth=False))
    if rng.random() < 0.4:
        parts.append(
            curve(
                [
                    (-top, 0, high),
                    (-top * 0.7, 0, high * 1.6),
                    (0, 0, high * 1.9),
                    (top * 0.7, 0, high * 1.6),
                    (top, 0, high),
                ],
                thin * 1.5,
                look,
            )
        )
    return parts


def _wheel(rng: Random, look: Any, thin: float) -> Parts:
    parts, x, pose = [], 0.0, (pi / 2, 0, float(rng.uniform(-0.3, 0.3)))
    for _ in range(int(rng.integers(1, 3))):
        r = rng.uniform(0.6, 1.1)
        x += r
        parts.append(
            torus(r, rng.uniform(0.02, 0.12), some_material(rng, solid=True), at=(x, 0, r), turn=pose)
        )
        for a in angles(int(rng.integers(3, 26))):
            parts.append(
                curve(
                    [(x, 0, r), (x + r * cos(a) * cos(pose[2]), r * cos(a) * sin(pose[2]), r + r * sin(a))],
                    thin * 0.6,
                    look,
                    smooth=False,
                )
            )
        x += r * rng.uniform(1.0, 1.6)
    return [*parts, curve([(0.8, 0, 0.9), (x * 0.5, 0, 1.3), (x * 0.8, 0, 0.8)], thin * 2, look)]


def lying(rng: Random) -> Parts:
    """Cords, chains and loops on the floor."""
    knots = int(rng.integers(5, 12))
    angle = np.sort(rng.uniform(0, 2 * pi, knots)) if rng.random() < 0.5 else angles(knots)
    r = rng.uniform(0.5, 1.1, knots)
    line = through(
        np.c_[r * np.cos(angle), r * np.sin(angle) * rng.uniform(0.5, 1), np.zeros(knots)],
        10,
        closed=bool(rng.random() < 0.8),
    )
    look, thin = some_material(rng, solid=True), rng.uniform(0.008, 0.06)
    line[:, 2] += thin
    if rng.random() < 0.5:
        parts = [curve(line, thin, look, closed=True)]
    else:
        parts = _chain(rng, line, max(thin, 0.02), look)
    if rng.random() < 0.5:
        at = line[int(rng.integers(len(line)))]
        parts += [
            lathe([(0, 0), (0.2, 0), (0.2, 0.06), (0, 0.08)], some_material(rng), at=tuple(at * 1.15)),
            torus(0.1, 0.02, look, at=tuple(at)),
        ]
    return parts


def _chain(rng: Random, line: Any, thin: float, look: Any) -> Parts:
    """Beads, or links that alternate."""
    away = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    beads, step = rng.random() < 0.4, thin * rng.uniform(2, 3.2)
    parts = []
    for i, s in enumerate(np.arange(0, away[-1], max(step, away[-1] / 120))):
        x, y, z = (float(np.interp(s, away, line[:, k])) for k in range(3))
        if beads:
            parts.append(
                lathe(
                    [(0, -thin), (0.7 * thin, -0.7 * thin), (thin, 0), (0.7 * thin, 0.7 * thin), (0, thin)],
                    look,
                    around=16,
                    at=(x, y, z),
                    angle=180,
                )
            )
        else:
            heading = float(
                np.arctan2(
                    np.interp(s + 0.01, away, line[:, 1]) - y, np.interp(s + 0.01, away, line[:, 0]) - x
                )
            )
            parts.append(
                torus(
                    thin * 1.3,
                    thin * 0.35,
                    look,
                    around=20,
                    at=(x, y, z),
                    turn=(pi / 2 * (i % 2), 0, heading),
                )
            )
    return parts


def tool(rng: Random) -> Parts:
    """Blades, shafts and grips with loops, crossing each other, lying flat."""
    parts, metal, grip = [], some_material(rng, solid=True), some_material(rng, solid=True)
    for k in range(int(rng.integers(1, 4))):
        turn, z = rng.uniform(-0.6, 0.6) + (pi if rng.random() < 0.2 else 0), 0.03 + 0.07 * k
        spin = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
        long, wide = rng.uniform(1, 2.6), rng.uniform(0.04, 0.25)
        blade = np.array(
            [(-wide, 0), (-wide * rng.uniform(0.5, 2), long * 0.6), (0, long), (wide, long * 0.5), (wide, 0)]
        )
        parts.append(plate(blade @ spin.T, 0.05, metal, at=(0, 0, z)))
        rx, ry, at = rng.uniform(0.15, 0.55), rng.uniform(0.2, 0.7), -rng.uniform(0.5, 1.1)
        loop = np.array([(rx * cos(a), at - ry + ry * sin(a)) for a in angles(14)]) @ spin.T
        thick = rng.uniform(0.025, 0.1)
        if rng.random() < 0.7:
            parts.append(curve(np.c_[loop, np.full(14, z + thick)], thick, grip, closed=True))
        shaft = np.array([(0, 0), (0, at)]) @ spin.T
        parts.append(curve(np.c_[shaft, np.full(2, z + thick)], thick, grip))
    return parts


def loops(rng: Random) -> Parts:
    """Rims, bands and bridges: openings of all sizes, upright or lying."""
    parts, x, look = [], 0.0, some_material(rng, solid=True)
    for _ in range(int(rng.integers(1, 5))):
        a, b, n = rng.uniform(0.2, 0.9), rng.uniform(0.2, 0.9), rng.uniform(0.35, 1)
        t = angles(40)
        ring = np.c_[
            x + a * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** n,
            np.zeros(40),
            b * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** n,
        ]
        if rng.random() < 0.3:
            wide = rng.uniform(0.1, 0.5)
            parts.append(
                sheet([[(p[0], d, p[2]) for p in (*ring, ring[0])] for d in (-wide, 0, wide)], 0.03, look)
            )
        else:
            parts.append(curve(ring, rng.uniform(0.015, 0.12), look, closed=True, smooth=False))
        x += 2 * a + rng.uniform(-0.3, 0.3)
        if rng.random() < 0.5:
            look = some_material(rng, solid=True)
    return [
        *parts,
        curve([(-0.2, 0, 0.1), (x / 2, -0.1, 0.3), (x - 0.3, 0, 0.1)], rng.uniform(0.015, 0.05), look),
    ]


def word(rng: Random) -> Parts:
    """Standing or lying letters: corners, slits and holes."""
    text = "".join(rng.choice(list("ABDEFGHKMOPQRSWXaegkmswz04689&#%@"), int(rng.integers(1, 5))))
    turn = (pi / 2, 0, 0) if rng.random() < 0.6 else (0, 0, 0)
    thing = letters(text, 1.5, rng.uniform(0.03, 0.25), some_material(rng, solid=True), turn=turn)
    thing.data.bevel_depth, thing.data.offset = float(rng.choice([0, 0.01])), float(rng.uniform(-0.02, 0.03))
    return [thing]
