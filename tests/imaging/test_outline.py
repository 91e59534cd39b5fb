"""Where the outline goes at full size."""

import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane
from studio.imaging.cutout.outline import trace

BLANK = np.full((120, 120, 3), (95, 0, 0), np.float32)


def test_an_outline_stays_in_place_where_nothing_is_seen() -> None:
    coverage, clear = trace(BLANK, disc(40), leaning(disc(40)), 2.0)
    assert clear == 0
    assert overlap(coverage, disc(40)) > 0.95


def test_where_nothing_is_seen_an_outline_goes_where_the_product_likely_ends() -> None:
    coverage, clear = trace(BLANK, disc(40), likely(disc(46)), 2.0)
    assert clear == 0
    assert overlap(coverage, disc(46)) > 0.95


def test_an_edge_that_is_seen_outweighs_what_is_likely() -> None:
    lab = np.where(disc(40)[..., None], np.float32((60, 0, 0)), BLANK)
    coverage, clear = trace(lab, disc(42), likely(disc(44)), 2.0)
    assert clear == 1
    assert overlap(coverage, disc(40)) > 0.97


def disc(radius: float) -> Mask:
    return np.asarray(np.hypot(*(np.mgrid[:120, :120] - 60)) < radius)


def leaning(product: Mask) -> Plane:
    return np.where(product, np.float32(0.6), np.float32(0.4))


def likely(product: Mask) -> Plane:
    return np.where(product, np.float32(0.95), np.float32(0.05))


def overlap(coverage: Plane, product: Mask) -> float:
    found = coverage > 0.5
    return float((found & product).sum() / (found | product).sum())
