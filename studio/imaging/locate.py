"""Finds a product in a picture that somebody else made of it, by the details that both show."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.framing import Shares

Bytes = NDArray[np.uint8]
Points = NDArray[np.float32]
Map = NDArray[Any]
OWN_SIDE, ITS_SIDE = 700, 1024  # longest sides in pixels that are looked at
DETAILS: Final = 1500  # at most, of each
ALIKE: Final = 0.8  # a detail's best match is so much nearer than its second, or it is none
NEAR: Final = 6.0  # pixels within which matches agree on where the product is
LEAST: Final = 8  # matches that agree
SHARE: Final = 0.35  # of all matches, that agree
SMALLEST: Final = 0.08  # of the picture's longer side
UNSURE: Final = 0.015  # of a side: how far a box may be off
UPRIGHT: Final = 25.0  # degrees that the product may lean


def locate(product: Bytes, picture: Bytes) -> Shares | None:
    """The box of a cut-out product (h, w, 4) in a picture (h, w, 3), as shares of it; both sRGB.

    Where the product leaves the frame the box does too. The same pixels give the same box. None where too few
    details agree: the product is plain, or redrawn, or is not there at all.
    """
    own, mask, outline = _own(product)
    its = _small(picture, ITS_SIDE)
    here, there = _matches(_details(own, mask), _details(its, None))
    if len(here) < LEAST:
        return None
    turn, agreed = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=NEAR)
    if (
        turn is None
        or int(agreed.sum()) < max(LEAST, SHARE * len(here))
        or not _stands(turn, own.shape, its.shape)
    ):
        return None
    return _box(turn, outline, its.shape)


def _own(product: Bytes) -> tuple[Bytes, Bytes, Points]:
    """Its grey picture without what is around it, where details in it count, and its outline (n, 2).

    Details at the outline count for nothing: half of them is ground.
    """
    box = cv2.boundingRect((product[..., 3] > 127).astype(np.uint8))
    left, top, wide, high = box
    part = product[top : top + high, left : left + wide] if wide and high else product
    alpha = _small(part[..., 3], OWN_SIDE)
    mask = cv2.erode((alpha > 200).astype(np.uint8), np.ones((9, 9), np.uint8))
    return _small(part[..., :3], OWN_SIDE), np.asarray(mask, np.uint8), _outline(alpha)


def _outline(alpha: Bytes) -> Points:
    """The outer borders of the pixels that it covers, as places of its convex hull."""
    rows, columns = np.nonzero(alpha > 127)
    if not len(rows):
        return np.zeros((0, 2), np.float32)
    borders = [np.stack((columns + right, rows + below), 1) for right in (0, 1) for below in (0, 1)]
    hull = cv2.convexHull(np.concatenate(borders).astype(np.float32))
    return np.asarray(hull, np.float32).reshape(-1, 2)


def _small(pixels: Bytes, side: int) -> Bytes:
    scale = side / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    return np.asarray(grey, np.uint8)


def _details(grey: Bytes, mask: Bytes | None) -> tuple[Points, Points]:
    """Places (n, 2) and descriptions (n, 128)."""
    finder = cv2.SIFT.create(nfeatures=DETAILS, contrastThreshold=0.02)
    places, words = finder.detectAndCompute(grey, mask)
    found = np.array([place.pt for place in places], np.float32).reshape(-1, 2)
    return found, np.zeros((0, 128), np.float32) if words is None else np.asarray(words, np.float32)


def _matches(own: tuple[Points, Points], its: tuple[Points, Points]) -> tuple[Points, Points]:
    """Places of the same details in both."""
    (here, words), (there, others) = own, its
    if len(here) < LEAST or len(there) < LEAST:
        return here[:0], there[:0]
    pairs = cv2.BFMatcher().knnMatch(words, others, k=2)
    good = [best for best, second in pairs if best.distance < ALIKE * second.distance]
    nearest = {one.trainIdx: one for one in sorted(good, key=lambda one: -one.distance)}  # one match a place
    return here[[one.queryIdx for one in nearest.values()]], there[list(nearest)]


def _stands(turn: Map, own: tuple[int, ...], its: tuple[int, ...]) -> bool:
    """Whether it is nearly upright, and large enough to be what the picture is about."""
    scale, lean = np.hypot(turn[0, 0], turn[1, 0]), np.degrees(np.arctan2(turn[1, 0], turn[0, 0]))
    return bool(abs(lean) <= UPRIGHT and scale * max(own[:2]) >= SMALLEST * max(its[:2]))


def _box(turn: Map, outline: Points, its: tuple[int, ...]) -> Shares | None:
    """Around the outline, turned and scaled into the picture; None when its middle is outside."""
    seen = (outline @ turn[:, :2].T + turn[:, 2]) / (its[1], its[0])
    (left, top), (right, bottom) = (_at_edge(one) for one in (seen.min(0), seen.max(0)))
    if not (0 <= left + right <= 2 and 0 <= top + bottom <= 2):
        return None
    return left, top, right - left, bottom - top


def _at_edge(place: Map) -> tuple[float, float]:
    """A place that is beyond an edge by less than can be measured is at that edge."""
    across, down = (
        float(np.clip(one, 0, 1)) if -UNSURE <= one <= 1 + UNSURE else float(one) for one in place
    )
    return across, down
