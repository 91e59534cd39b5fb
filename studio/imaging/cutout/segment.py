"""Which pixels are product, at working size: what the backdrop, flooded from the frame, leaves over.

A network has its own opinion of the same picture; where the two differ, `settle` decides part by part.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, frame, grow, pieces, shrink, slope
from studio.imaging.cutout.backdrop import Noise, across, could_be_backdrop, fit_frame, nearby
from studio.imaging.cutout.edges import Edges, find_edges
from studio.imaging.cutout.flood import STRAY, flood
from studio.imaging.cutout.holes import find_holes
from studio.imaging.cutout.pockets import fill_false_holes, fill_pockets
from studio.imaging.cutout.settle import Opinions, settle
from studio.imaging.cutout.shadow import contact_shadow, pools

_LEAST_PIECE = 0.01  # of the largest piece
_MAIN_PIECE = 0.2  # of the largest piece: what others must be near to
_LEAF = 20  # px of area of a piece that no backdrop can look like
_NEAR = 40  # px
_FOREIGN = 0.6  # share of a leaf that no backdrop can look like
_COLOURED = 9  # Lab chroma beyond the backdrop's own; shadows stay below it
_PLAIN, _MISTAKEN = 0.9, 0.2  # share of a frame that is plain; mean likelihood of product in it that is wrong
_NEAR_LIGHT, _NEAR_HUE = 25, 6  # Lab
_MARGIN = 5  # px around the product where its colours may bleed


@dataclass(frozen=True)
class Segments:
    """The product mask with what later steps need; all planes at working size."""

    product: Mask
    edges: Plane
    misfit: Plane  # Lab distance to the surface through the frame
    contrast: Plane  # largest Lab difference to the backdrop behind
    foretold: list[Plane]  # Lab surfaces of the backdrop: lit, with the shadows nearby, and twice row by row
    noise: Noise
    unsure: Mask  # parts of the product that look like holes
    share: Plane | None  # likelihood of product, by the network alone, if it understood the picture
    left_out: Mask | None = None  # of a colour that paper does not have, yet not product
    kept: Mask | None = None  # product because a person said so, whatever its colour says


def segment(lab: Plane, share: Plane) -> Segments:
    """Lab picture (H x W x 3) and the network's likelihood of product (H x W) -> product mask.

    Never raises; an empty mask means that nothing was found.
    """
    believed = _understood(lab, share)
    first, noise = fit_frame(lab, _none(lab) if believed is None else believed > 0.5)
    edges = find_edges(lab)
    reached, lit = flood(lab, first, noise, edges)
    for _ in range(2):  # a hole that is found helps to foretell the next
        shaded, rows = nearby(lab, lit, reached), across(lab, reached)
        foretold = [lit, shaded, lit + across(lab - lit, reached), rows]
        holes, unsure = find_holes(lab, foretold, noise, reached, edges)
        reached |= holes
    ruled = product = _by_rules(lab, reached, foretold, noise, edges)
    plain, near = could_be_backdrop(lab, rows, noise), _is_near(lab, foretold)
    if believed is not None:
        anyhow = plain | could_be_backdrop(lab, lit, noise)
        product = settle(Opinions(ruled, believed, unsure, edges.strength, anyhow, near))
    product = _keep(product, ~plain)
    odd = _coloured(lab - lit) | (ruled & ~near)
    return Segments(
        product,
        edges.strength,
        misfit=np.linalg.norm(lab - first, axis=2),
        contrast=np.abs(blur(lab, 1.0) - lit).max(axis=2),
        foretold=foretold,
        noise=noise,
        unsure=unsure & product,
        share=believed,
        left_out=odd & ~grow(product, _MARGIN),
    )


def _understood(lab: Plane, share: Plane) -> Plane | None:
    """The likelihood; None if the network takes a plain frame for product, as it may on black paper."""
    first, _ = fit_frame(lab, _none(lab))
    ring = frame(share.shape, 0.02)
    plain = (np.linalg.norm(lab - first, axis=2)[ring] < STRAY).mean()
    return share if plain < _PLAIN or share[ring].mean() < _MISTAKEN else None


def _none(lab: Plane) -> Mask:
    return np.zeros(lab.shape[:2], bool)


def _by_rules(lab: Plane, reached: Mask, foretold: list[Plane], noise: Noise, edges: Edges) -> Mask:
    """What the flood left over, without shadows, and with what only looks like an opening."""
    lit, shaded = foretold[:2]
    product = _within_frame(_snap(lab, reached, edges.hard, shaded))
    product = fill_pockets(product, lab, reached, noise, edges)
    product &= ~contact_shadow(product, lab, lit, noise, edges.hard)
    product &= ~pools(product, lab, lit, edges.strength)
    return fill_false_holes(product, edges.strength)


def _is_near(lab: Plane, foretold: list[Plane]) -> Mask:
    """Pixels that one of the surfaces foretells, but for a shadow or some light that the product throws."""
    stray = [np.abs(lab - surface) for surface in foretold]
    alike = [(off[..., 0] < _NEAR_LIGHT) & (np.hypot(off[..., 1], off[..., 2]) < _NEAR_HUE) for off in stray]
    return np.asarray(np.logical_or.reduce(alike))


def _coloured(difference: Plane) -> Mask:
    return np.asarray(np.hypot(difference[..., 1], difference[..., 2]) > _COLOURED)


def _snap(lab: Plane, reached: Mask, lines: Mask, backdrop: Plane) -> Mask:
    """Shares the lines themselves between product and backdrop, along the sharpest crest."""
    share = np.clip(lab[..., 0] / np.maximum(backdrop[..., 0], 1), 0, 1)
    tint = np.hypot(*(lab[..., i] - backdrop[..., i] * share for i in (1, 2)))
    plain = (tint > 7) | (lab[..., 0] > backdrop[..., 0] + 6) | (share < 0.3)
    marks = np.zeros(reached.shape, np.int32)
    marks[~reached & ~lines] = 2
    marks[lines & shrink(plain, 1) & ~reached] = 2
    marks[reached] = 1
    crest = sum(slope(blur(lab[..., i], 0.7)) for i in range(3))
    crest8 = np.clip(crest * 12, 0, 255).astype(np.uint8)
    return np.asarray(cv2.watershed(cv2.merge([crest8] * 3), marks) == 2)


def _within_frame(product: Mask) -> Mask:
    """Watershed marks the frame itself as a line: it is what its neighbours are."""
    product[[0, -1]] = product[[1, -2]]
    product[:, [0, -1]] = product[:, [1, -2]]
    return product


def _keep(product: Mask, foreign: Mask) -> Mask:
    """The large pieces, and what is small and clearly no backdrop, like a leaf on a hidden stem."""
    count, labels, rows = pieces(product)
    areas = rows[:, 4].copy()
    areas[0] = 0
    if count == 1:
        return product
    share = np.bincount(labels.ravel(), weights=foreign.ravel(), minlength=count) / np.maximum(areas, 1)
    kept = (areas >= max(30, _LEAST_PIECE * areas.max())) | ((areas >= _LEAF) & (share > _FOREIGN))
    around = np.zeros(count, bool)
    around[np.unique(labels[grow((areas >= _MAIN_PIECE * areas.max())[labels], _NEAR)])] = True
    kept &= around & (areas > 0)
    return np.asarray(kept[labels])
