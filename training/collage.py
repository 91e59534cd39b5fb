"""Flat packshots in milliseconds: random outlines with holes and thin parts, in regions, with shadows."""

from typing import Any

import cv2
import numpy as np

Random = np.random.Generator


def collage(rng: Random) -> tuple[Any, Any]:
    """Linear light (H x W x 3, backdrop about 1) and coverage 0..1."""
    height, width = (int(v) for v in rng.integers(448, 705, 2))
    cover = _soft(_outline(rng, height, width))
    fill = _filled(rng, cover)
    ground = _ground(rng, cover, fill)
    return (fill * cover[..., None] + ground * (1 - cover[..., None])).astype(np.float32), cover


def _soft(mask: Any) -> Any:
    """From twice the size to coverage."""
    half = (mask.shape[1] // 2, mask.shape[0] // 2)
    return cv2.resize(mask, half, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _outline(rng: Random, height: int, width: int) -> Any:
    """A union of shapes and strokes with some taken out again, drawn at twice the size."""
    mask, size = np.zeros((2 * height, 2 * width), np.uint8), min(height, width)
    reach = rng.uniform(0.2, 0.5) if rng.random() < 0.85 else rng.uniform(0.5, 0.8)
    centre = np.array([width, height]) * (1 + rng.normal(0, 0.1, 2))
    for _ in range(int(rng.integers(1, 5))):
        at = centre + rng.normal(0, 0.35 * size * reach, 2) * 2
        _shape(rng, mask, at, 2 * size * reach * rng.uniform(0.3, 1), 255)
    for _ in range(int(rng.choice([0, 1, 2, 5], p=[0.3, 0.3, 0.25, 0.15]))):
        _stroke(rng, mask, centre, 2 * size * reach, 255)
    for _ in range(int(rng.choice([0, 1, 3], p=[0.5, 0.3, 0.2]))):
        at = centre + rng.normal(0, 0.3 * size * reach, 2) * 2
        _shape(rng, mask, at, 2 * size * reach * rng.uniform(0.05, 0.3), 0)
    return mask


def _shape(rng: Random, mask: Any, at: Any, size: float, value: int) -> None:
    kind = rng.integers(4)
    if kind == 0:
        axes = (round(size), round(size * rng.uniform(0.2, 1)))
        cv2.ellipse(mask, (round(at[0]), round(at[1])), axes, rng.uniform(0, 180), 0, 360, value, -1)
        return
    if kind == 1:  # upright boxes, as most packs are
        sides = size * rng.uniform(0.3, 1, 2)
        turn = rng.normal(0, 3) if rng.random() < 0.7 else rng.uniform(0, 90)
        points = cv2.boxPoints(((float(at[0]), float(at[1])), (2 * sides[0], 2 * sides[1]), turn))
    else:
        points = at + _star(rng, size, smooth=kind == 2)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], value)


def _star(rng: Random, size: float, smooth: bool) -> Any:
    count = int(rng.integers(3, 9))
    angle = (np.arange(count) + rng.uniform(-0.35, 0.35, count)) * 2 * np.pi / count
    knots = size * rng.uniform(0.35, 1, count)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _closed_curve(knots) if smooth else knots


def _closed_curve(knots: Any, fine: int = 12) -> Any:
    t = (np.arange(fine) / fine)[:, None, None]
    a, b, c, d = (np.roll(knots, shift, axis=0)[None] for shift in (1, 0, -1, -2))
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return line.transpose(1, 0, 2).reshape(-1, 2)


def _stroke(rng: Random, mask: Any, centre: Any, size: float, value: int) -> None:
    knots = centre + rng.normal(0, size * 0.7, (int(rng.integers(2, 6)), 2))
    smooth, closed = rng.random() < 0.7, bool(rng.random() < 0.5)
    line = _closed_curve(knots) if smooth else knots
    thick = round(float(np.exp(rng.uniform(np.log(3), np.log(60)))))
    cv2.polylines(mask, [np.round(line).astype(np.int32)], closed, value, thick, cv2.LINE_AA)


def _colour(rng: Random) -> Any:
    """Linear, as a multiple of the backdrop."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice([1, rng.uniform(0.85, 1.06), rng.uniform(0.6, 1)]) * (1 + rng.normal(0, 0.012, 3))
    if kind < 0.6:
        return rng.uniform(0.01, 0.15) * (1 + rng.normal(0, 0.1, 3))
    return rng.uniform(0, 1, 3) ** rng.uniform(1, 3) if kind < 0.85 else rng.uniform(0.1, 0.7) * np.ones(3)


def _filled(rng: Random, cover: Any) -> Any:
    """Regions of colour, shaded and textured, and shaded at the rim: more where it is white."""
    height, width = cover.shape
    fill = np.ones((height, width, 3), np.float32) * _colour(rng)
    for _ in range(int(rng.choice([0, 1, 2, 5], p=[0.2, 0.3, 0.3, 0.2]))):
        region = np.zeros((2 * height, 2 * width), np.uint8)
        at = rng.uniform(0.1, 0.9, 2) * (2 * width, 2 * height)
        _shape(rng, region, at, min(height, width) * rng.uniform(0.2, 1.4), 255)
        soft = _soft(region)[..., None]
        fill = fill * (1 - soft) + soft * _colour(rng)
    if rng.random() < 0.3:
        fill = np.where(_print(rng, height, width)[..., None] > 0, _colour(rng), fill)
    return fill * _shading(rng, cover)[..., None]


def _print(rng: Random, height: int, width: int) -> Any:
    page = np.zeros((height, width), np.uint8)
    word = "".join(rng.choice(list("abcdeghoprstAOPR068"), 8))
    where = (int(rng.integers(width // 2)), int(rng.integers(height // 4, height)))
    cv2.putText(page, word, where, int(rng.integers(8)), rng.uniform(0.5, 3), 255, int(rng.integers(1, 6)))
    return page


def _shading(rng: Random, cover: Any) -> Any:
    depth = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    rim = np.exp(-depth / np.exp(rng.uniform(np.log(0.8), np.log(30))))
    shade = 1 - rng.choice([0.03, 0.1, 0.25, 0.6]) * rng.random() * rim
    coarse = rng.normal(0, 1, (6, 6)).astype(np.float32)
    shade *= 1 + rng.choice([0, 0.03, 0.15]) * cv2.resize(
        coarse, cover.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.GaussianBlur(rng.normal(0, 1, cover.shape).astype(np.float32), (0, 0), rng.uniform(0.6, 3))
    return np.maximum(shade * (1 + rng.choice([0, 0, 0.05, 0.2]) * fine), 0)


def _ground(rng: Random, cover: Any, fill: Any) -> Any:
    ground = np.ones((*cover.shape, 3), np.float32)
    if rng.random() < 0.15:
        ground *= _mirrored(rng, cover, fill)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.25, 0.35, 0.25, 0.15]))):
        dark = rng.uniform(0.05, 0.8) * (1 - rng.uniform(0, 0.06, 3))
        ground *= 1 - _shadow(rng, cover)[..., None] * dark
    return ground


def _shadow(rng: Random, cover: Any) -> Any:
    """The outline moved, flattened towards its foot, and blurred."""
    height, width = cover.shape
    rows = np.flatnonzero((cover > 0.5).any(axis=1))
    foot = float(rows[-1]) if len(rows) else height / 2
    flat = rng.uniform(0.02, 0.3) if rng.random() < 0.6 else 1.0
    drift = rng.normal(0, 0.05 * width) * (flat == 1) + rng.normal(0, 4)
    drop = abs(rng.normal(0, 0.04 * height)) * rng.choice([0, 1, 2])
    move = np.array([[1, 0, drift], [0, flat, foot * (1 - flat) + drop]], np.float32)
    cast = cv2.warpAffine(cover, move, (width, height))
    return cv2.GaussianBlur(cast, (0, 0), float(np.exp(rng.uniform(np.log(1.5), np.log(40)))))


def _mirrored(rng: Random, cover: Any, fill: Any) -> Any:
    """A reflection below the foot, which fades."""
    rows = np.flatnonzero((cover > 0.5).any(axis=1))
    foot = int(rows[-1]) if len(rows) else cover.shape[0] - 1
    y = np.arange(cover.shape[0])
    source = np.clip(2 * foot - y, 0, cover.shape[0] - 1)
    fade = np.where(y > foot, np.exp(-(y - foot) / rng.uniform(15, 150)), 0)[:, None] * rng.uniform(0.05, 0.6)
    share = (cover[source] * fade)[..., None]
    return 1 - share + share * np.minimum(fill[source], 1.2)
