"""The outline at full size, along the normals of a rough one.

Each contour of the rough mask is unrolled into a strip: a row for each pixel along it, a column for each
place on its normal. The cheapest path through the strip, by dynamic programming, is the outline to a
fraction of a pixel. Cheap is a sharp step near the rough outline, and of two the outer one, since a plain
backdrop has none; but where a product stands on its shadow, the inner side of the dark line between the two.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import Mask, Plane, blur

_STEP = 0.5  # px from place to place on a normal
_MARGIN = 4.0  # px looked at beyond the reach, to see what an edge divides
_LEAST_STEP = 0.6  # Lab per px from which a step is more than grain
_RINGING = 0.07  # JPEG echoes a step beside it with up to this share of its strength
_OUTWARD = 0.02  # what each px inwards costs, up to where there is anything to see
_DISBELIEF = 0.2  # what each px costs that is product and impossible, or not product and certain
_BEND = 0.5  # what each place costs by which the path moves from row to row
_STRAY = 1.5  # Lab by which backdrop may differ from what lies right outside of it
_LEFT_OUT = 0.1  # what leaving out a px that strays further costs
_BARRED = 9.0
_UNSEEN = 8.0  # px over which an outline that nothing is seen of is smoothed
_SEEN = 0.25  # evidence from which there is an edge
_DARKER = 4.0  # Lab by which the line under a product is darker than the shadow outside of it
_SHADED = 0.12  # Lab by which that shadow lightens in 2 px
_FILL = 0.6  # px that drawing adds around a polygon

Line = NDArray[np.float32]  # N x 2, x and y
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Search:
    """How to look: `reach` px to either side, averaging over `along` px."""

    reach: float
    along: float
    shortest: int  # px; a shorter contour stays as it is
    foot: float  # px from the darkest line under a product up to its outline


@dataclass(frozen=True)
class Planes:
    """What strips are cut from, H x W: Lab, likelihood, the rough mask softened, px out of its outline."""

    lab: Plane
    share: Plane
    soft: Plane
    away: Plane


@dataclass(frozen=True)
class Unrolled:
    """A closed contour of N points with unit normals, and its strip (N x M x 3, Lab) at M places."""

    points: Line
    normals: Line
    places: Line
    strip: Plane
    share: Plane  # N x M, how likely each place is product
    barred: Mask  # places out of reach, or nearer to another part of the outline
    low: Rows  # points in the lower half of the product


def trace(lab: Plane, rough: Mask, share: Plane, scale: float) -> tuple[Plane, float]:
    """Lab (H x W x 3), a mask right to a few times `scale` px -> coverage 0..1 with a smooth outline.

    `share` (H x W) is how likely each pixel is product; it leads the outline where nothing is seen.

    Also the share of the outline, 0..1, at which there is anything to see.
    """
    foot = 0.53 * scale
    coarse = Search(max(5.0, 6 * scale), along=3, shortest=12, foot=foot)
    fine = Search(max(3.0, 2.7 * scale), along=1.5, shortest=40, foot=foot)
    coverage, _ = _traced(lab, rough, share, coarse)
    return _traced(lab, coverage > 0.5, share, fine)


def _traced(lab: Plane, rough: Mask, share: Plane, search: Search) -> tuple[Plane, float]:
    found, _ = cv2.findContours(rough.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    contours = [c[:, 0].astype(np.float32) for c in found]
    away, soft = _distance(rough), blur(rough.astype(np.float32), 2.0)
    rows = np.flatnonzero(rough.any(axis=1))
    outlines, clear = [c for c in contours if len(c) < search.shortest], []
    for contour in (c for c in contours if len(c) >= search.shortest):
        strip = _unroll(Planes(lab, share, soft, away), contour, search, (rows[0] + rows[-1]) / 2)
        outline, seen = _outline(strip, search)
        outlines.append(outline)
        clear.append(seen > _SEEN)
    coverage = np.zeros(rough.shape, np.uint8)
    cv2.fillPoly(coverage, [np.round(o * 256).astype(np.int32) for o in outlines], 255, cv2.LINE_AA, shift=8)
    seen_of_all = float(np.concatenate(clear).mean()) if clear else 1.0
    return np.asarray(coverage / np.float32(255), np.float32), seen_of_all


def _distance(mask: Mask) -> Plane:
    """Signed distance to the outline, positive outside."""
    outside, inside = (cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 3) for side in (~mask, mask))
    return np.asarray(outside - inside, np.float32)


def _unroll(planes: Planes, contour: Line, search: Search, middle: float) -> Unrolled:
    points = _evenly(_smooth(contour, 1.5))
    steps = [np.asarray(cv2.Scharr(planes.soft, cv2.CV_32F, dx, 1 - dx), np.float32) for dx in (1, 0)]
    normals = _smooth(-np.stack([_at(step, points[:, None])[:, 0] for step in steps], axis=1), 2.0)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    half = search.reach + _MARGIN
    places = np.arange(-half, half + _STEP / 2, _STEP, dtype=np.float32)
    on_normals = points[:, None] + normals[:, None] * places[:, None]
    strip = _at(planes.lab, on_normals)
    strip = _smooth(strip.reshape(len(points), -1), search.along).reshape(strip.shape)
    others = np.abs(_at(planes.away, on_normals)) < 0.6 * np.abs(places) - 1
    barred = others | (np.abs(places) > search.reach)
    share = _at(planes.share, on_normals)
    return Unrolled(points, normals, places, strip, share, barred, points[:, 1] > middle)


def _at(plane: Plane, points: NDArray[Any]) -> Plane:
    x, y = (np.ascontiguousarray(points[..., i]) for i in (0, 1))
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _smooth(values: Plane, sigma: float) -> Plane:
    """Averaged along the first axis, which is closed."""
    pad = min(len(values), int(4 * sigma) + 1)
    closed = np.concatenate([values[-pad:], values, values[:pad]]).astype(np.float32)
    kernel = cv2.getGaussianKernel(2 * int(3 * sigma) + 1, sigma)
    averaged = cv2.sepFilter2D(closed.reshape(len(closed), -1), -1, np.ones(1), kernel)
    return np.asarray(averaged[pad:-pad].reshape(values.shape), np.float32)


def _evenly(line: Line) -> Line:
    """The closed line again, with a point for each pixel of its length."""
    closed = np.vstack([line, line[:1]])
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(closed, axis=0).T))]
    count = max(16, round(float(along[-1])))
    at = np.arange(count) * along[-1] / count
    return np.stack([np.interp(at, along, closed[:, i]) for i in (0, 1)], axis=1).astype(np.float32)


def _outline(unrolled: Unrolled, search: Search) -> tuple[Line, Plane]:
    """The contour moved to its cheapest path, and how much evidence there is at each of its points."""
    feet, line = _feet(unrolled, search)
    evidence = np.where(feet[:, None], line, _steps(unrolled.strip))
    near, beside = (cv2.dilate(evidence, np.ones((1, size), np.uint8)) for size in (3, 5))
    cost = 1 - (near + evidence) / 2 + _disbelief(unrolled)
    cost += _left_out(unrolled) - _OUTWARD * unrolled.places * ~feet[:, None] * near
    cost[unrolled.barred] = _BARRED
    path = _cheapest(np.asarray(cost, np.float32))
    away = unrolled.places[path] - _FILL
    outline = _smooth(unrolled.points + unrolled.normals * away[:, None], 0.7)
    seen = np.asarray(beside[np.arange(len(path)), path], np.float32)
    sure = _smooth((seen > _SEEN).astype(np.float32)[:, None], 4.0)
    return sure * outline + (1 - sure) * _smooth(outline, _UNSEEN), seen


def _steps(strip: Plane) -> Plane:
    """0..1 where the strip has a crest of its slope: how far it stands out of grain and ringing."""
    slopes = np.gradient(cv2.GaussianBlur(strip, (3, 1), 0.8), _STEP, axis=1)
    steep = np.asarray(np.sqrt((slopes**2).sum(axis=2)), np.float32)
    crest = (steep >= np.roll(steep, 1, axis=1)) & (steep >= np.roll(steep, -1, axis=1))
    around = cv2.dilate(steep, np.ones((1, 2 * round(5 / _STEP) + 1), np.uint8))
    least = np.maximum(_LEAST_STEP, _RINGING * around)
    return np.asarray(steep / (steep + least) * np.clip(steep / least - 1, 0, 1) * crest, np.float32)


def _feet(unrolled: Unrolled, search: Search) -> tuple[Rows, Plane]:
    """Rows where the product stands on its shadow, and where in each row its outline should be."""
    light, beside = unrolled.strip[..., 0], round(4 / _STEP)
    inside, outside = light[:, : -2 * beside], light[:, 2 * beside :]
    middle = light[:, beside:-beside]
    valley = middle <= cv2.erode(light, np.ones((1, 2 * beside + 1), np.uint8))[:, beside:-beside]
    rise = outside - middle
    dark = valley & (rise > _DARKER) & (inside - middle > 0.08 * rise)
    dark &= np.abs(unrolled.places[beside:-beside]) <= search.reach
    outermost = dark.shape[1] - 1 - dark[:, ::-1].argmax(axis=1)
    facing = unrolled.low & (unrolled.normals[:, 1] > 0.35)
    before, beyond = _outside(unrolled.strip)
    feet = facing & dark.any(axis=1) & ((beyond - before)[:, 0] > _SHADED)
    off = unrolled.places - (unrolled.places[outermost + beside] - search.foot)[:, None]
    return feet, np.asarray(0.9 * np.exp(-0.5 * (off / 0.6) ** 2), np.float32)


def _outside(strip: Plane) -> tuple[Plane, Plane]:
    """The colour in the last 2 px of each row, and in the 2 px before: first the inner one."""
    rim = round(2 / _STEP)
    before, beyond = (strip[:, span].mean(axis=1) for span in (np.s_[-2 * rim : -rim], np.s_[-rim:]))
    return _smooth(before, 6.0), _smooth(beyond, 6.0)


def _left_out(unrolled: Unrolled) -> Plane:
    """What each place costs by what lies outside of it and cannot be backdrop; shadows are spared."""
    places, strip = unrolled.places, unrolled.strip
    before, beyond = _outside(strip)
    drift = np.abs(beyond - before).max(axis=1)[:, None] / 2
    stray = (np.abs(strip - beyond[:, None]) * np.array([1, 1.5, 1.5], np.float32)).max(axis=2)
    allowed = _STRAY * (1 + drift * (places[-1] - places))
    foreign = np.clip(stray / allowed - 1, 0, 1)
    foreign[unrolled.low & (unrolled.normals[:, 1] > 0.1)] = 0
    total = np.cumsum(foreign[:, ::-1], axis=1)[:, ::-1] * _STEP * _LEFT_OUT
    return np.asarray(np.minimum(total, 3), np.float32)


def _disbelief(unrolled: Unrolled) -> Plane:
    """What each place costs by the unlikely within it, less the likely: both count towards the outside."""
    return np.asarray(np.cumsum(1 - 2 * unrolled.share, axis=1) * _STEP * _DISBELIEF, np.float32)


def _cheapest(cost: Plane) -> NDArray[np.intp]:
    """The place in each row on the cheapest closed path; it moves at most one place a row."""
    lap = min(len(cost), 60)
    laps = np.concatenate([cost[-lap:], cost, cost[:lap]])
    came = np.zeros(laps.shape, np.int8)
    total = np.full(cost.shape[1] + 2, np.inf)
    total[1:-1] = laps[0]
    for row in range(1, len(laps)):
        options = np.stack([total[1:-1], total[:-2] + _BEND, total[2:] + _BEND])
        came[row] = options.argmin(axis=0)
        total[1:-1] = options.min(axis=0) + laps[row]
    path = np.empty(len(laps), np.intp)
    at = int(total[1:-1].argmin())
    for row in range(len(laps) - 1, -1, -1):
        path[row] = at
        at += (0, -1, 1)[came[row, at]]
    return path[lap : lap + len(cost)]
