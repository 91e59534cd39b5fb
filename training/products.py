"""Random products, put together from parts: nothing that exists, but with its stems, lids and labels."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import numpy as np

from training.materials import Random, material, some_material
from training.meshes import box, curve, lathe, letters, loft, mesh, plate, sheet, through
from training.openwork import angles, loops, lying, tool, wires, word

Parts = list[Any]


def vessel(rng: Random) -> Parts:
    """A turned body, with or without handle, spout, lid, label and what stands in it."""
    tall, wide = rng.uniform(0.4, 3.2), rng.uniform(0.35, 1.1)
    knots = int(rng.integers(3, 7))
    radii = wide * rng.uniform(0.45, 1, knots) * (rng.random() < 0.8 or 1)
    side = through(np.c_[radii, np.linspace(0, tall, knots)], 6)
    if rng.random() < 0.25:
        side = np.c_[np.repeat(radii, 2)[:-1], np.repeat(np.linspace(0, tall, knots), 2)[1:]]
    look, thick = some_material(rng), rng.uniform(0.02, 0.09)
    opened = rng.random() < 0.6
    inside = np.c_[np.maximum(side[::-1, 0] - thick, 0.01), side[::-1, 1]][:-2] if opened else side[:0]
    profile = [(0, 0), *side, *inside, (0, thick if opened else tall)]
    parts = [lathe(profile, look, squash=float(rng.choice([1, 1, 0.6])))]
    top = float(side[-1, 0])
    for sign in (-1, 1)[: int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))]:
        parts.append(_handle(rng, side, look, sign))
    if rng.random() < 0.2:
        parts.append(_spout(rng, side, look))
    if rng.random() < 0.35:
        parts += _lid(rng, top, tall, look)
    if rng.random() < 0.35:
        parts.append(_label(rng, side, tall))
    if opened and rng.random() < 0.25:
        parts += _stems(rng, top * 0.6, tall * 0.4, tall)
    return parts


def _handle(rng: Random, side: Any, look: Any, sign: int) -> Any:
    low, high = sorted(rng.choice(len(side), 2, replace=False))
    (r0, z0), (r1, z1) = side[low], side[high]
    z1 = max(z1, z0 + 0.25)
    out = max(r0, r1) + rng.uniform(0.2, 0.8)
    points = [(r0 * 0.9, z0), (out, z0 + rng.uniform(-0.1, 0.2)), (out, z1), (r1 * 0.9, z1)]
    return curve([(sign * x, 0, z) for x, z in points], rng.uniform(0.025, 0.11), look)


def _spout(rng: Random, side: Any, look: Any) -> Any:
    r, z = side[int(rng.integers(1, len(side) // 2 + 1))]
    out, up = rng.uniform(0.3, 0.9), rng.uniform(0.2, 1.0)
    points = [(r * 0.8, 0, z), (r + out * 0.5, 0, z + 0.2 * up), (r + out, 0, z + up)]
    return curve(points, rng.uniform(0.04, 0.12), look, radii=[1.5, 1, 0.8])


def _lid(rng: Random, top: float, tall: float, look: Any) -> Parts:
    other = look if rng.random() < 0.4 else some_material(rng)
    high = rng.uniform(0.05, 0.5)
    wide = top * rng.uniform(0.9, 1.15)
    parts = [
        lathe([(0, tall), (wide, tall), (wide * rng.uniform(0.3, 1), tall + high), (0, tall + high)], other)
    ]
    if rng.random() < 0.5:
        knob = rng.uniform(0.04, 0.2)
        parts.append(
            lathe([(0, 0), (knob * 0.5, 0), (knob, knob), (0, 1.6 * knob)], other, at=(0, 0, tall + high))
        )
    if rng.random() < 0.25:
        points = [
            (0, 0, tall + high),
            (0, 0, tall + high + 0.25),
            (-0.2, -0.05, tall + high + 0.33),
            (-0.5, -0.1, tall + high + 0.25),
        ]
        parts.append(curve(points, rng.uniform(0.025, 0.07), other))
    return parts


def _label(rng: Random, side: Any, tall: float) -> Any:
    low, high = sorted(rng.uniform(0.05, 0.95, 2))
    z = np.linspace(low, high, 8) * tall
    r = np.interp(z, side[:, 1], side[:, 0]) + 0.006
    turn = np.linspace(-1, 1, 25) * rng.uniform(0.5, 2.5)
    grid = [[(a * sin(t), -a * cos(t), h) for t in turn] for a, h in zip(r, z, strict=True)]
    return sheet(grid, 0.004, some_material(rng, solid=True))


def _stems(rng: Random, spread: float, low: float, tall: float) -> Parts:
    parts, look, leaf = [], some_material(rng, solid=True), some_material(rng, solid=True)
    for _ in range(int(rng.integers(1, 8))):
        lean = rng.normal(0, 0.5, 2)
        height = rng.uniform(0.4, 1.8)
        foot = rng.uniform(-spread, spread, 2) * 0.7
        line = through([(*foot, low), (*(foot + 0.1 * lean), tall), (*(foot + lean), tall + height)], 6)
        parts.append(curve(line, rng.uniform(0.008, 0.04), look))
        for at in rng.choice(len(line) // 2, int(rng.integers(0, 5))) + len(line) // 2:
            parts.append(_leaf(rng, line[at], leaf))
    return parts


def _leaf(rng: Random, at: Any, look: Any) -> Any:
    long, wide, turn = rng.uniform(0.15, 0.6), rng.uniform(0.05, 0.2), rng.uniform(0, 2 * pi)
    along, across = np.linspace(0, 1, 7), np.linspace(-1, 1, 5)
    bend, rise = rng.uniform(-0.6, 0.3), rng.uniform(0, 0.7)
    grid = [[(a * long * cos(turn) - b * wide * sin(pi * a) * sin(turn),
              a * long * sin(turn) + b * wide * sin(pi * a) * cos(turn),
              long * (rise * a + bend * a * a + 0.1 * b * b)) for b in across] for a in along]  # fmt: skip
    return sheet(np.asarray(grid) + at, 0.006, look)


def furniture(rng: Random) -> Parts:
    """A seat or top on legs, with stretchers, slats, cushions and arms: gaps everywhere."""
    wide, deep, high = rng.uniform(0.8, 2.4), rng.uniform(0.7, 1.4), rng.uniform(0.4, 1.6)
    frame, soft = some_material(rng, solid=True), some_material(rng, solid=True)
    thin, splay = rng.uniform(0.015, 0.08), rng.uniform(0, 0.25)
    top = rng.uniform(0.03, 0.2)
    parts = [box((wide, deep, top), (0, 0, high), soft, rng.uniform(0.01, 0.08))]
    feet = [(x * wide / 2, y * deep / 2) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    for x, y in feet:
        parts.append(
            curve(
                [(x * 0.95, y * 0.95, high), (x * (1 + splay), y * (1 + splay), 0)], thin, frame, smooth=False
            )
        )
    for z in rng.uniform(0.15, 0.85, int(rng.integers(0, 3))) * high:
        out = 1 + splay * (1 - z / high)
        parts.append(
            curve([(x * out, y * out, z) for x, y in feet], thin * 0.8, frame, closed=True, smooth=False)
        )
    if rng.random() < 0.35:
        gap = rng.uniform(0.01, 0.05)
        parts.append(
            box(
                (wide * 0.95, deep * 0.95, 0.18),
                (0, 0, high + top / 2 + 0.09 + gap),
                some_material(rng, solid=True),
                0.08,
            )
        )
    if rng.random() < 0.6:
        parts += _back(rng, wide, deep, high, frame, thin)
    if rng.random() < 0.3:
        for sign in (-1, 1):
            x = sign * wide / 2
            parts.append(
                curve(
                    [(x, -deep / 2, high), (x, -deep / 2, high + 0.45), (x, deep / 2, high + 0.5)],
                    thin,
                    frame,
                    smooth=False,
                )
            )
    return parts


def _back(rng: Random, wide: float, deep: float, high: float, frame: Any, thin: float) -> Parts:
    tall, y = rng.uniform(0.5, 1.4), deep / 2
    parts = [
        curve([(x, y, high), (x, y + 0.15, high + tall)], thin, frame, smooth=False)
        for x in (-wide / 2, wide / 2)
    ]
    count, upright = int(rng.integers(1, 9)), rng.random() < 0.5
    for share in (np.arange(count) + 0.7) / (count + 0.5):
        if upright:
            x = (share - 0.5) * wide
            parts.append(curve([(x, y, high), (x, y + 0.15, high + tall)], thin * 0.7, frame, smooth=False))
        else:
            size = (wide, thin, tall / (count + 0.5) * rng.uniform(0.2, 0.9))
            parts.append(box(size, (0, y + 0.15 * share, high + tall * share), frame, 0.01))
    parts.append(
        curve([(x, y + 0.15, high + tall) for x in (-wide / 2, wide / 2)], thin, frame, smooth=False)
    )
    return parts


def case(rng: Random) -> Parts:
    """Boxes with knobs, slots, cables, print and lids; cartons, devices, books."""
    size = tuple(float(v) for v in rng.uniform(0.15, 2.0, 3))
    body = some_material(rng, solid=True)
    parts = [box(size, (0, 0, size[2] / 2), body, rng.choice([0.005, 0.05, 0.25]))]
    if rng.random() < 0.5:  # another material from some height on
        high = size[2] * rng.uniform(0.2, 0.8)
        at = (0, 0, high / 2 if rng.random() < 0.5 else size[2] - high / 2)
        parts.append(box((size[0] * 1.004, size[1] * 1.004, high), at, some_material(rng, solid=True), 0.01))
    return [*parts, *_front(rng, size), *_cable_and_grip(rng, size)]


def _front(rng: Random, size: Any) -> Parts:
    """Knobs and a word on a case."""
    parts, upright = [], (pi / 2, 0, 0)
    for _ in range(int(rng.integers(0, 5))):
        x, z, r = rng.uniform(-0.4, 0.4) * size[0], rng.uniform(0.1, 0.9) * size[2], rng.uniform(0.03, 0.2)
        knob, look = [(0, 0), (r, 0), (r, 0.1), (0, 0.12)], some_material(rng, solid=True)
        parts.append(lathe(knob, look, around=32, at=(x, -size[1] / 2, z), turn=upright))
    if rng.random() < 0.4:
        text = "".join(rng.choice(list("ABDOPQRaegos08&"), int(rng.integers(2, 6))))
        high, look = size[2] * rng.uniform(0.2, 0.5), some_material(rng, solid=True)
        parts.append(letters(text, high, 0.01, look, at=(0, -size[1] / 2, size[2] / 2), turn=upright))
    return parts


def _cable_and_grip(rng: Random, size: Any) -> Parts:
    parts = []
    if rng.random() < 0.35:
        line = np.cumsum(rng.normal(0, 0.5, (5, 2)), axis=0)
        points = [(size[0] / 2 - 0.05, 0, 0.1), *((size[0] / 2 + abs(x), y, 0.03) for x, y in line)]
        parts.append(curve(points, rng.uniform(0.012, 0.04), some_material(rng, solid=True)))
    if rng.random() < 0.35:
        x, z, up = size[0] * rng.uniform(0.2, 0.45), size[2], rng.uniform(0.15, 0.8)
        points = [(-x, 0, z), (-x, 0, z + up), (x, 0, z + up), (x, 0, z)]
        thick, look = rng.uniform(0.015, 0.07), some_material(rng, solid=True)
        parts.append(curve(points, thick, look, smooth=bool(rng.random() < 0.5)))
    return parts


def fabric(rng: Random) -> Parts:
    """Cushions, folded or spread cloth, bags."""
    look = material(rng, str(rng.choice(["white", "white", "grey", "colour", "dark"])))
    u, v = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41))
    wave = sum(
        rng.uniform(0, 0.06) * np.sin(rng.uniform(1, 9) * u + rng.uniform(1, 9) * v + k) for k in range(4)
    )
    wide, high, puff = rng.uniform(0.6, 1.4), rng.uniform(0.5, 1.4), rng.choice([0.02, 0.1, 0.35])
    swell = np.maximum((1 - u**2) * (1 - v**2), 0) ** 0.45
    outline = (
        1
        - rng.uniform(0, 0.25) * np.abs(u * v)
        + rng.uniform(-0.25, 0.25) * v
        + rng.uniform(-0.2, 0.2) * v**2
    )
    sides = [
        sheet(
            np.stack([u * wide * outline, v * high, sign * puff * swell + 0.5 * wave * swell + puff], axis=2),
            0.01,
            look,
        )
        for sign in (1, -1)
    ]
    if rng.random() < 0.3:
        x, rise = wide * rng.uniform(0.2, 0.6), high + rng.uniform(0.3, 0.9)
        strap = [(-x, high * 0.9, puff), (-x * 0.9, rise, puff), (x * 0.9, rise, puff), (x, high * 0.9, puff)]
        sides.append(curve(strap, rng.uniform(0.02, 0.07), some_material(rng, solid=True)))
    if rng.random() < 0.4:
        for side in sides:
            side.rotation_euler = (pi / 2 - 0.2, 0, 0)
    return sides


def stand(rng: Random) -> Parts:
    """A foot, a thin stem, perhaps with a bend or a fork, and a head."""
    look, tall = some_material(rng), rng.uniform(1, 3)
    foot, thin = rng.uniform(0.3, 0.8), rng.uniform(0.012, 0.08)
    parts = [lathe([(0, 0), (foot, 0), (foot, 0.04), (thin * 2, rng.uniform(0.05, 0.2)), (0, 0.2)], look)]
    lean = rng.choice([0, rng.uniform(-0.8, 0.8)])
    parts.append(curve([(0, 0, 0.05), (-lean * 0.3, 0, tall * 0.5), (lean, 0, tall)], thin, look))
    radii = rng.uniform(0.1, 0.9, 4)
    side = through(np.c_[radii, np.linspace(0, rng.uniform(0.2, 1.4), 4)], 6)
    hollow = rng.random() < 0.6
    profile = [*side, *(side[::-1] - (0.02, 0))] if hollow else [(0, 0), *side, (0, side[-1, 1])]
    parts.append(lathe(profile, look if rng.random() < 0.4 else some_material(rng), at=(lean, 0, tall)))
    if hollow:
        parts.append(curve([(lean, 0, tall - 0.05), (lean, 0, tall + side[-1, 1] / 2)], thin, look))
        parts.append(box((2 * side[0, 0], thin, thin), (lean, 0, tall + 0.02), look))
    return parts


def dishes(rng: Random) -> Parts:
    """Flat wide lathes, stacked or side by side, with cutlery."""
    parts, z, look = [], 0.0, some_material(rng)
    for _ in range(int(rng.integers(1, 5))):
        r, high = rng.uniform(0.5, 1.2), rng.uniform(0.04, 0.4)
        parts.append(
            lathe(
                [
                    (0, z),
                    (r * 0.6, z),
                    (r, z + high),
                    (r - 0.03, z + high),
                    (r * 0.58, z + 0.03),
                    (0, z + 0.03),
                ],
                look,
            )
        )
        z += rng.uniform(0.05, 0.3)
        look = look if rng.random() < 0.7 else some_material(rng)
    if rng.random() < 0.4:
        x, shine = rng.uniform(1.0, 1.5), some_material(rng, solid=True)
        parts.append(
            plate(
                [(x, -1), (x + 0.05, -1), (x + 0.08, 0.4), (x + 0.12, 1), (x, 1.1), (x - 0.05, 0.4)],
                0.03,
                shine,
            )
        )
    return parts


def blob(rng: Random) -> Parts:
    """Soft lofts of changing section, in two or three materials: shoes, toys, grips, soap."""
    rings, t = [], angles(48)
    knots = int(rng.integers(4, 7))
    wide, high = (
        through(rng.uniform(0.15, 0.7, (knots, 1)), 6)[:, 0],
        through(rng.uniform(0.1, 0.8, (knots, 1)), 6)[:, 0],
    )
    for x, a, b in zip(np.linspace(-1.5, 1.5, len(wide)), wide, high, strict=True):
        rings.append(np.c_[np.full(48, x), a * np.cos(t), np.maximum(b + b * np.sin(t), 0.06)])
    parts = [loft(rings, some_material(rng, solid=True), angle=60)]
    if rng.random() < 0.7:  # a sole
        sole = [
            [(x, k * a * 1.05, z) for k, z in ((-1, 0), (1, 0), (1, 0.14), (-1, 0.14))]
            for x, a in zip(np.linspace(-1.53, 1.53, len(wide)), wide, strict=True)
        ]
        parts.append(loft(sole, some_material(rng, solid=True)))
    for _ in range(int(rng.integers(0, 6))):
        x = rng.uniform(-1.2, 1.2)
        k = int((x + 1.5) / 3 * (len(wide) - 1))
        band = [
            (x + 0.1 * rng.normal(), wide[k] * 1.02 * cos(a), max(high[k] * (1 + 1.02 * sin(a)), 0.02))
            for a in t
        ]
        parts.append(
            curve(band, rng.uniform(0.01, 0.05), some_material(rng, solid=True), closed=True, smooth=False)
        )
    return parts


def solids(rng: Random) -> Parts:
    """Chamfered polyhedra: crystals, dice, prisms."""
    n, high = int(rng.integers(3, 9)), rng.uniform(0.3, 1.8)
    base = [(cos(a), sin(a)) for a in angles(n) + rng.uniform(0, pi)]
    rings = [
        [(x * r, y * r, z * high) for x, y in base]
        for r, z in zip(rng.uniform(0.3, 1, 3), (0, 0.6, 1), strict=True)
    ]
    points = [p for ring in rings for p in ring]
    faces = [
        (j * n + i, j * n + (i + 1) % n, (j + 1) * n + (i + 1) % n, (j + 1) * n + i)
        for j in range(2)
        for i in range(n)
    ]
    return [
        mesh(points, [*faces, tuple(range(n)), tuple(range(2 * n, 3 * n))], some_material(rng), bevel=0.02)
    ]


KINDS: dict[Callable[[Random], Parts], float] = {
    vessel: 0.2, furniture: 0.1, wires: 0.07, lying: 0.08, tool: 0.07, case: 0.12, fabric: 0.08,
    stand: 0.07, loops: 0.06, dishes: 0.04, word: 0.03, blob: 0.06, solids: 0.02,
}  # fmt: skip
_FLAT = {lying, tool, dishes}


def some_product(rng: Random) -> tuple[Parts, bool]:
    """The parts of a product, or of two to four side by side, and whether they lie flat."""
    kinds, shares = list(KINDS), np.array(list(KINDS.values()))
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    parts = kind(rng)
    if rng.random() < 0.12:
        for k in range(int(rng.integers(1, 4))):
            other = (
                kind if rng.random() < 0.6 else kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
            )
            more = other(rng)
            step = (k + 1) * rng.uniform(1.2, 2.4), rng.uniform(-1, 1)
            for part in more:
                part.location.x += step[0]
                part.location.y += step[1]
            parts += more
    return parts, kind in _FLAT or (kind in (fabric, word, loops) and rng.random() < 0.5)
