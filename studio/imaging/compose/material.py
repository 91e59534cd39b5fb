"""Surfaces as repeating tiles, four planes each: tone, accent, slope along x, slope along y.

Tone multiplies the scene's colour (mean about 1), accent mixes in the second colour (0-1), the slopes answer
to raking light. A tile covers `SPAN` product heights; pyramids are kept per process, `KEPT` at most.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.noise import Map, cloud, f32, soften, step, warp

SIZE: Final = 1024
SPAN: Final = 2.6
KEPT: Final = 8
LEVELS: Final = 7
FINEST: Final = {"wood": "fibre", "marble": "plain", "water": "plain"}  # finer than the tile; else grit


@lru_cache(maxsize=KEPT)
def pyramid(material: str) -> tuple[Map, ...]:
    """The tile of a material, (1024, 1024, 4) float32, and its ever blurrier halves."""
    tone, accent, height = _MAKERS.get(material, _plain)()
    slope_x = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * 0.5
    slope_y = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * 0.5
    levels = [np.dstack([tone, accent, slope_x, slope_y]).astype(np.float32)]
    while len(levels) < LEVELS:
        levels.append(_half(levels[-1]))
    return tuple(levels)


def _half(tile: Map) -> Map:
    wide = np.pad(tile, ((2, 2), (2, 2), (0, 0)), mode="wrap")
    return cv2.GaussianBlur(wide, (0, 0), 0.9)[2:-2:2, 2:-2:2].copy()


def _zero() -> Map:
    return np.zeros((SIZE, SIZE), np.float32)


def _plain() -> tuple[Map, Map, Map]:
    return 1 + 0.012 * cloud(SIZE, 0.3, 1), _zero(), _zero()


def _grit() -> tuple[Map, Map, Map]:
    fine = cloud(SIZE, 0.6, 51, low=16)
    return 1 + 0.03 * fine, _zero(), 0.5 * fine


def _fibre() -> tuple[Map, Map, Map]:
    fine = cloud(SIZE, 0.6, 52, (14.0, 1.0), low=16)
    return 1 + 0.05 * fine, _zero(), 0.4 * fine


def _paper() -> tuple[Map, Map, Map]:
    fibre = cloud(SIZE, 0.9, 2, low=24)
    return 1 + 0.012 * fibre, _zero(), 0.35 * fibre + 0.5 * cloud(SIZE, 1.6, 3, low=3)


def _plaster() -> tuple[Map, Map, Map]:
    broad, fine = cloud(SIZE, 1.7, 4, low=3), cloud(SIZE, 1.0, 5, low=40)
    trowel = warp(cloud(SIZE, 1.5, 6, (3.0, 1.0), low=6), 30 * broad, 30 * fine)
    return (
        1 + 0.015 * broad + 0.015 * trowel,
        0.08 * step(0.6, 2.4, broad),
        2.2 * trowel + 0.5 * fine + 2 * broad,
    )


def _linen() -> tuple[Map, Map, Map]:
    turns = 2 * np.pi * np.arange(SIZE, dtype=np.float32) * 150 / SIZE
    wave_x = turns[None, :] + 0.9 * cloud(SIZE, 1.1, 7, (1.0, 24.0), low=4)
    wave_y = turns[:, None] + 0.9 * cloud(SIZE, 1.1, 8, (24.0, 1.0), low=4)
    over = 0.5 + 0.5 * np.sign(np.sin(wave_x / 1) * np.sin(wave_y / 1))
    warp_thread = np.abs(np.sin(wave_x / 2)) * (1 + 0.22 * cloud(SIZE, 0.7, 9, (1.0, 16.0), low=8))
    weft_thread = np.abs(np.sin(wave_y / 2)) * (1 + 0.22 * cloud(SIZE, 0.7, 10, (16.0, 1.0), low=8))
    weave = soften((over * warp_thread + (1 - over) * weft_thread).astype(np.float32), 0.8)
    fold = cloud(SIZE, 2.6, 11, (1.0, 1.6))
    return 0.78 + 0.34 * weave, 0.5 * step(0.75, 0.2, weave), 1.1 * weave + 16 * fold


def _concrete() -> tuple[Map, Map, Map]:
    broad, mid, fine = cloud(SIZE, 1.8, 12), cloud(SIZE, 1.2, 13, low=10), cloud(SIZE, 0.4, 14, low=90)
    pits = step(2.3, 3.1, soften(cloud(SIZE, 0.5, 15, low=40), 1.2) * 1.35)
    tone = 1 + 0.07 * broad + 0.045 * mid + 0.03 * fine - 0.4 * pits
    return tone, 0.35 * step(0.3, 2.2, warp(broad, 60 * mid, 60 * broad)), mid + 0.3 * fine - 5 * pits


def _stone() -> tuple[Map, Map, Map]:
    broad, mid, fine = cloud(SIZE, 1.7, 16), cloud(SIZE, 1.0, 17, low=16), cloud(SIZE, 0.2, 18, low=60)
    bands = warp(cloud(SIZE, 1.6, 19, (5.0, 1.0), low=3), 40 * broad, 60 * broad)
    holes = step(1.7, 2.6, warp(cloud(SIZE, 0.9, 20, (3.5, 1.0), low=26), 8 * mid, 8 * mid))
    return (
        1 + 0.06 * bands + 0.035 * mid + 0.03 * fine - 0.25 * holes,
        0.5 * step(0.2, 1.8, bands),
        mid - 3 * holes,
    )


def _slate() -> tuple[Map, Map, Map]:
    broad, mid, fine = (
        cloud(SIZE, 1.5, 21),
        cloud(SIZE, 1.1, 22, (2.2, 1.0), low=8),
        cloud(SIZE, 0.35, 23, low=70),
    )
    flow = warp(cloud(SIZE, 1.5, 24, (2.5, 1.0), low=3), 70 * broad, 50 * mid)
    cleft = np.floor(flow * 2.2 + 0.16 * mid).astype(np.float32)
    smear = step(0.55, 2.1, warp(cloud(SIZE, 1.35, 25, (2.0, 1.0)), 50 * flow, 50 * broad))
    tone = np.exp(0.22 * broad + 0.13 * mid + 0.08 * fine).astype(np.float32)
    return tone, 0.75 * smear, 2.4 * soften(cleft, 0.8) + 0.9 * mid + 0.35 * fine


def _marble() -> tuple[Map, Map, Map]:
    broad, mid, fine = cloud(SIZE, 3.0, 26), cloud(SIZE, 2.4, 27, low=4), cloud(SIZE, 1.6, 41, low=30)
    veins = np.maximum(_veins(28, broad, mid, 1.0, 2.6), 0.55 * _veins(29, mid, broad, 3.0, 1.5))
    mist = step(0.2, 2.6, warp(cloud(SIZE, 2.4, 30, (2.2, 1.0)), 60 * broad, 90 * mid))
    return 1 - 0.04 * step(-1, 2, broad), np.clip(0.28 * mist + veins * (0.85 + 0.15 * fine), 0, 1), _zero()


def _veins(key: int, push: Map, pull: Map, low: float, width: float) -> Map:
    """Thin lines, `width` pixels wide, where a warped cloud crosses zero; they swell and die on their way."""
    path = warp(cloud(SIZE, 3.0, key, (1.0, 2.2), low=low), 45 * push + 9 * pull, 45 * pull)
    swell = step(-0.5, 1.7, cloud(SIZE, 2.2, key + 40, low=3))
    steep = np.hypot(np.gradient(path, axis=0), np.gradient(path, axis=1))
    away = np.abs(path) / np.maximum(steep, 0.003)
    core = np.exp(-away / (width * (0.25 + swell)))
    return f32((0.8 * core + 0.2 * np.exp(-away / (9 * width))) * (0.1 + 0.9 * swell))


def _wood() -> tuple[Map, Map, Map]:
    planks = 5
    rows = np.arange(SIZE, dtype=np.float32) / SIZE * planks
    number, across = np.floor(rows).astype(int), np.mod(rows, 1).astype(np.float32)
    drift = _by_plank(cloud(SIZE, 2.0, 31, (7.0, 1.0)), number, 331)
    fibre = _by_plank(cloud(SIZE, 0.75, 32, (40.0, 1.0), low=14), number, 173)
    pores = step(1.5, 2.6, _by_plank(cloud(SIZE, 0.45, 33, (18.0, 1.0), low=60), number, 211))
    rings = _rings(across, number, drift)
    seam = np.repeat(step(0.018, 0.004, np.minimum(across, 1 - across))[:, None], SIZE, 1)
    shade = np.array([1.0, 0.86, 1.1, 0.93, 1.04], np.float32)[number][:, None]
    tone = shade * (1 + 0.05 * fibre + 0.06 * drift) * (1 - 0.75 * seam)
    accent = np.clip(0.62 * rings + 0.1 * fibre + 0.5 * pores, 0, 1)
    return tone, accent, 0.4 * fibre - 1.2 * pores - 5 * soften(seam, 1.0)


def _by_plank(tile: Map, number: NDArray[np.int_], shift: int) -> Map:
    """The same tile, slid along by another amount for each plank."""
    columns = (np.arange(SIZE)[None, :] + (number * shift)[:, None]) % SIZE
    return np.take_along_axis(np.roll(tile, 97, 0), columns, 1)


def _rings(across: Map, number: NDArray[np.int_], drift: Map) -> Map:
    """Growth rings cut lengthwise: dark late wood after pale early wood, wider at the heart of a board."""
    heart = np.array([0.2, 0.7, 0.45, 1.15, -0.2], np.float32)[number]
    away = np.abs(across - heart)[:, None]
    turn = 9 * np.sqrt(away * away + 0.012) + 1.15 * drift
    phase = np.mod(turn, 1).astype(np.float32)
    return phase**2.2 * step(1.0, 0.93, phase)


def _terrazzo() -> tuple[Map, Map, Map]:
    rng = np.random.default_rng(34)
    chips = np.zeros((SIZE, SIZE), np.float32)
    for size in np.sort(rng.gamma(2.0, 7.0, 900))[::-1]:
        _chip(chips, rng, float(min(size, 42)), float(rng.uniform(0.35, 1)))
    chips = soften(chips, 0.7)
    return 1 + 0.015 * cloud(SIZE, 0.6, 35, low=20), chips, _zero()


def _chip(chips: Map, rng: np.random.Generator, size: float, shade: float) -> None:
    """One angular chip, drawn at every place where the tile repeats, unless it would touch another."""
    centre = rng.uniform(0, SIZE, 2)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 6))
    shape = np.stack([np.cos(angles), np.sin(angles)], 1) * size * rng.uniform(0.55, 1, (6, 1))
    if chips[int(centre[1]), int(centre[0])] > 0:
        return
    for dx in (-SIZE, 0, SIZE):
        for dy in (-SIZE, 0, SIZE):
            outline = ((shape + centre + (dx, dy)) * 16).astype(np.int32)
            cv2.fillPoly(chips, [outline], shade, cv2.LINE_8, 4)


def _sand() -> tuple[Map, Map, Map]:
    broad, grain = cloud(SIZE, 2.6, 36), cloud(SIZE, 0.05, 37, low=60)
    along = np.arange(SIZE, dtype=np.float32) / SIZE
    lines = 11 * along[:, None] + 2 * along[None, :]  # whole numbers, so that the tile repeats
    bent = 0.7 * cloud(SIZE, 2.9, 38) + 0.12 * cloud(SIZE, 2.9, 63, low=5)
    crest = np.abs(np.mod(lines + bent, 1) - 0.5) * 2
    wave = f32(2 * step(0.1, 1.0, crest) - 1) * (0.45 + 0.55 * step(-1.2, 1.0, cloud(SIZE, 2.4, 64, low=2)))
    speck = step(2.2, 3.2, cloud(SIZE, 0.0, 39, low=30))
    return (
        1 + 0.05 * grain + 0.02 * broad,
        0.5 * speck + 0.1 * step(0, 2, -wave),
        6 * soften(wave, 2) + 0.4 * grain + 3 * broad,
    )


def _snow() -> tuple[Map, Map, Map]:
    drift, lumps, fine = cloud(SIZE, 3.0, 53), cloud(SIZE, 2.9, 54, low=7), cloud(SIZE, 0.7, 55, low=60)
    glint = step(3.1, 3.9, cloud(SIZE, 0.0, 56, low=60))
    tone = 0.985 + 0.008 * lumps + 0.01 * fine + 0.6 * glint
    return tone, 0.35 * step(0.2, 2.4, -drift), 14 * drift + 2.6 * lumps + 0.1 * fine


def _water() -> tuple[Map, Map, Map]:
    """A net of light on the bottom of shallow water; the slopes are those of its surface."""
    push, pull = cloud(SIZE, 2.6, 57, low=2), cloud(SIZE, 2.6, 58, low=2)
    lines = [warp(cloud(SIZE, 3.4, key, low=5), 40 * push, 40 * pull) for key in (59, 60)]
    net = sum(np.exp(-np.abs(line) / 0.13) for line in lines)
    broad = step(-1.2, 1.5, cloud(SIZE, 2.4, 61, low=2))
    return f32(0.95 + 0.2 * net * (0.3 + 0.7 * broad)), _zero(), 9 * cloud(SIZE, 3.2, 62, (1.0, 2.0), low=5)


_MAKERS: Final = {
    "paper": _paper, "plaster": _plaster, "linen": _linen, "concrete": _concrete, "stone": _stone,
    "slate": _slate, "marble": _marble, "wood": _wood, "terrazzo": _terrazzo, "sand": _sand,
    "snow": _snow, "water": _water,
    "grit": _grit, "fibre": _fibre,
}  # fmt: skip
