"""Patches of backdrop that the product encloses: the inside of a handle, the space between legs."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, Window, blur, disc, grow, pieces, window_around
from studio.imaging.cutout.backdrop import Noise, could_be_backdrop
from studio.imaging.cutout.edges import Edges
from studio.imaging.cutout.flood import lonely_lines, room

_DISCS = (6, 3, 1)
_MARGIN = 20
_LEAST = 12  # px of area
_OPEN = 0.16  # share of the rim that may lack a line, or weigh as much in lines with no product beside them
_STRAY = 1.0  # Lab by which a hole's lightness may differ from what its rows foretell, in the median
_UNEVEN = 0.6, 2.5  # and how far it may spread: inside a product like the backdrop, and more inside another
_OFF, _SPREAD = 8.0, 3.0  # up to these a large patch may be a hole still
_DISTINCT = 0.35  # share of the product around from which it is another material than the backdrop
_LARGE = 0.01  # of the product: below, an equally bright patch may as well be a highlight on chrome
_BLOWN = 98.5  # lightness from which any highlight looks like a white backdrop, so that its rim must be sharp
_SPOKE = 6  # px up to which what parts two patches is a spoke
_MESH, _OPENWORK = 12, 0.4  # so many patches, and so much of the whole, make a mesh
_SECTORS, _SECTOR = (
    4,
    0.4,
)  # least number of patches in a wheel, and the largest share of it that one may have


@dataclass(frozen=True)
class Enclosed:
    """What holes are looked for in: the picture, its lines, what is foretold, and what cannot be backdrop."""

    lab: Plane
    edges: Edges
    foretold: Plane  # row by row
    unlike: Mask
    reached: Mask

    def window(self, area: Window) -> "Enclosed":
        cut = Edges(*(getattr(self.edges, name)[area] for name in ("strength", "lines", "hard", "weight")))
        return Enclosed(self.lab[area], cut, self.foretold[area], self.unlike[area], self.reached[area])


def find_holes(
    lab: Plane, foretold: list[Plane], noise: Noise, reached: Mask, edges: Edges
) -> tuple[Mask, Mask]:
    """The enclosed backdrop, and large patches that may be some; `foretold` as in Segments."""
    lab = blur(lab, 1.0)
    likely = np.logical_or.reduce([could_be_backdrop(lab, plane, noise) for plane in foretold])
    rows = _nearest(lab, *foretold[-2:])
    inside = Enclosed(lab, edges, rows, ~likely, reached)
    exact = _exact(lab, rows, noise)
    free = exact & ~reached & ~edges.lines
    holes, unsure = _patches(inside, free, edges.lines)
    holes |= _wheels(inside, free & ~holes)
    more, unsure_too = _patches(inside, (exact | likely) & ~reached & ~edges.hard & ~holes, edges.hard)
    holes |= more
    return holes, (unsure | unsure_too) & ~holes


def _nearest(lab: Plane, one: Plane, other: Plane) -> Plane:
    """At each pixel that of two surfaces which is closer in lightness."""
    closer = np.abs(lab - one)[..., :1] < np.abs(lab - other)[..., :1]
    return np.where(closer, one, other)


def _exact(lab: Plane, foretold: Plane, noise: Noise) -> Mask:
    stray = np.abs(lab - foretold)
    alike = np.hypot(stray[..., 1], stray[..., 2]) < max(1.5, 3 * noise.chroma)
    return np.asarray(alike & (stray[..., 0] < max(1.5, 3 * noise.light)))


def _patches(inside: Enclosed, free: Mask, lines: Mask) -> tuple[Mask, Mask]:
    """The free patches that are holes, and those of which it is hard to say."""
    holes, unsure = np.zeros_like(free), np.zeros_like(free)
    large, space = _LARGE * float((~inside.reached).sum()), room(lines)
    for radius in _DISCS:
        count, labels, rows = pieces(free & ~holes & (space > radius), connectivity=4)
        for i in range(1, count):
            area = rows[i, 4]
            if area < _LEAST:
                continue
            window = window_around(rows[i], _MARGIN)
            patch = grow(labels[window] == i, radius) & free[window]
            odds = _odds(inside.window(window), patch, large)
            holes[window] |= patch & (odds == 1)
            unsure[window] |= patch & (0 < odds < 1)
    return holes, unsure


def _odds(near: Enclosed, patch: Mask, large: float) -> float:
    """1 for a hole, 0 for a part of the product, in between where the one looks like the other."""
    around = grow(patch, 10) & ~grow(patch, 4) & ~near.reached
    distinct = float(near.unlike[around].mean()) if around.any() else 1.0
    if not (_is_framed(near, patch, distinct) and _islands(patch) < 0.05 * patch.sum()):
        return 0
    stray = (near.lab - near.foretold)[patch][:, 0]
    off, spread = abs(float(np.median(stray))), float(stray.std())
    if distinct < _DISTINCT and (patch.sum() < large or not _is_sharp(near, patch)):
        return 0.5 if off < _STRAY and spread < _UNEVEN[0] else 0
    if (
        not _stands_out(near, patch)
        or off > _OFF
        or spread > max(_SPREAD, _UNEVEN[0] + _UNEVEN[1] * distinct**2)
    ):
        return 0
    if off < _STRAY * (1 + distinct**2) and spread < _UNEVEN[0] + _UNEVEN[1] * distinct**2:
        return 1
    return 0.5 if patch.sum() >= large else 0


def _is_framed(near: Enclosed, patch: Mask, distinct: float) -> bool:
    """A hole has lines all around, with product on their other side, and nothing hanging free inside."""
    ring = grow(patch, 1) & ~patch
    lines, weight = near.edges.hard, near.edges.weight
    hard, drawn = (1 - float(grow(some | near.reached, 2)[ring].mean()) for some in (lines, near.edges.lines))
    lonely = lonely_lines(near.reached | patch, ~lines, weight) - lonely_lines(near.reached, ~lines, weight)
    return bool(min(hard, 3 * drawn) < _OPEN and lonely < _OPEN * (1 + distinct) * ring.sum())


def _is_sharp(near: Enclosed, patch: Mask) -> bool:
    ring = grow(patch, 1) & ~patch
    hard = float(grow(near.edges.hard | near.reached, 2)[ring].mean())
    return bool(hard > 1 - _OPEN or np.median(near.lab[..., 0][patch]) < _BLOWN)


def _wheels(inside: Enclosed, free: Mask) -> Mask:
    """Fans of patches with spokes between them, in a rim of another material, and meshes."""
    holes = np.zeros_like(free)
    closed = cv2.morphologyEx(free.astype(np.uint8), cv2.MORPH_CLOSE, disc(_SPOKE)) > 0
    _, sectors, sizes = pieces(free, connectivity=4)
    count, labels, rows = pieces(closed, connectivity=4)
    least = _LARGE * float((~inside.reached).sum())
    for i in range(1, count):
        area = rows[i, 4]
        if area < least:
            continue
        window = window_around(rows[i], _MARGIN)
        wheel = labels[window] == i
        found = np.unique(sectors[window][wheel & free[window]])
        found = found[sizes[found, 4] >= _LEAST]
        if len(found) < _SECTORS or sizes[found, 4].max() > _SECTOR * area:
            continue
        around = grow(wheel, 16) & ~grow(wheel, 4) & ~inside.reached[window]
        rimmed = around.any() and inside.unlike[window][around].mean() >= _DISTINCT
        if rimmed or (len(found) >= _MESH and sizes[found, 4].sum() > _OPENWORK * area):
            holes[window] |= np.isin(sectors[window], found)
    return holes


def _islands(patch: Mask) -> float:
    """Area of what lies inside the patch without belonging to it."""
    contours, tree = cv2.findContours(patch.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    inner = [c for c, links in zip(contours, tree[0], strict=True) if links[3] >= 0]
    return float(sum(cv2.contourArea(c) for c in inner))


def _stands_out(near: Enclosed, patch: Mask) -> bool:
    """The product around a hole has another colour; around the inside of a printed O it has the same."""
    same = np.abs(near.lab - np.median(near.lab[patch], axis=0)).max(axis=2) < 4
    rings = (grow(patch, far) & ~grow(patch, close) & ~near.reached for close, far in ((5, 10), (10, 16)))
    return all(same[ring].mean() < 0.5 for ring in rings if ring.any())
