"""Where the rules and the network differ about a part of the picture, who is believed.

The network knows shapes: it completes white labels and soles, and sees through handles. The rules know lines
and colours: they find spokes that are thinner than the network sees, and know a pane of glass, which looks
like an opening, from one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import (
    Mask,
    Plane,
    Window,
    disc,
    frame,
    grow,
    pieces,
    pieces_touching,
    window_around,
)

_CORE = 2  # px of radius that a part must hold: narrower ones are rims, of which neither is surer
_LEAST = 25  # px of area
_LINE = 6.0  # strength of an edge that bounds an opening
_BOUNDED = 0.9  # share of its rim with such an edge from which it is an opening: spokes, legs, meshes
_ENCLOSED = 0.9  # share of its pixels that no way leads to from the frame: then the rules know best
_CERTAIN, _IMPOSSIBLE = 0.7, 0.12  # likelihood from which, and up to which, the network has the last word
_PLAIN, _FOREIGN = 0.8, 0.5  # share of pixels like the backdrop: of an opening at least, of product at most
_SPECK = 0.0015  # share of the product: a smaller patch may as well be a printed letter
_PANE = 0.6  # share of pixels that look like a hole of which it is hard to say
_AROUND = 10  # px


@dataclass(frozen=True)
class Opinions:
    """What is known of each pixel; all planes H x W."""

    product: Mask  # by the rules
    share: Plane  # likelihood of product, by the network
    unsure: Mask  # what the rules took for product although it looks like a hole
    strength: Plane  # of edges
    plain: Mask  # what has the backdrop's colour, in whatever shadow
    near: Mask  # what has about the colour that is foretold for the backdrop in that place


def settle(given: Opinions) -> Mask:
    """The product as the network sees it, but for openings with lines around them, panes, and odd colours."""
    seen, sharp = given.share > 0.5, np.asarray(cv2.dilate(given.strength, disc(2)) > _LINE)
    enclosed = ~given.product & ~pieces_touching(~given.product, frame(seen.shape, 0))
    small = _SPECK * float(given.product.sum())

    def is_opening(window: Window, part: Mask) -> bool:
        leaked = enclosed[window][part].mean() < _ENCLOSED
        if leaked and given.share[window][part].mean() >= _CERTAIN:
            return False
        rim = grow(part, 2) & ~part
        bounded = rim.any() and sharp[window][rim].mean() >= _BOUNDED
        return bool(bounded and given.plain[window][part].mean() > _PLAIN)

    def is_product(window: Window, part: Mask) -> bool:
        return bool(
            part.sum() < small
            or given.unsure[window][part].mean() > _PANE
            or given.near[window][part].mean() < _FOREIGN
            or given.share[window][part].mean() > _IMPOSSIBLE
        )

    openings, kept = _parts(seen & ~given.product, is_opening), _parts(given.product & ~seen, is_product)
    product = (seen & ~openings) | kept | _thin(given)
    return product | _specks(~product & given.product, ~product, small)


def _thin(given: Opinions) -> Mask:
    """Stalks and wires of the rules that the network does not call impossible, or that have a colour."""
    bulk = cv2.morphologyEx(given.product.astype(np.uint8), cv2.MORPH_OPEN, disc(_CORE + 1)) > 0
    apart = given.product & ~grow(bulk, _CORE)  # corners of what is thick are no wires
    return apart & ((given.share > _IMPOSSIBLE) | ~given.near)


def _specks(filled: Mask, free: Mask, small: float) -> Mask:
    """What is `filled` of those connected parts of `free` that are this small."""
    _, labels, rows = pieces(free, connectivity=4)
    return np.asarray((rows[:, 4] < small)[labels] & filled)


def _parts(differing: Mask, holds: Callable[[Window, Mask], bool]) -> Mask:
    """Those connected parts of a mask, without its rims, for which `holds` says so."""
    core = cv2.morphologyEx(differing.astype(np.uint8), cv2.MORPH_OPEN, disc(_CORE)) > 0
    found = np.zeros_like(differing)
    count, labels, rows = pieces(core, connectivity=4)
    for i in range(1, count):
        area = rows[i, 4]
        if area < _LEAST:
            continue
        window = window_around(rows[i], _AROUND)
        part = labels[window] == i
        if holds(window, part):
            found[window] |= grow(part, _CORE + 2) & differing[window]
    return found
