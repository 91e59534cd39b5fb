"""Which pixels are product, at working size: the backdrop is flooded from the frame and the rest is kept."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Mask, Plane, blur, pieces, shrink, slope
from studio.imaging.cutout.backdrop import fit_frame, nearby
from studio.imaging.cutout.edges import find_edges
from studio.imaging.cutout.flood import flood
from studio.imaging.cutout.holes import find_holes
from studio.imaging.cutout.shadow import contact_shadow

_LEAST_PIECE = 0.01  # of the largest piece


@dataclass(frozen=True)
class Segments:
    """The product mask with what the verdict needs to judge it; all planes at working size."""

    product: Mask
    backdrop: Mask
    edges: Plane
    misfit: Plane  # Lab distance to the surface through the frame
    contrast: Plane  # largest Lab difference to the backdrop behind


def segment(lab: Plane) -> Segments:
    """Lab picture (H x W x 3) -> product mask. Never raises; an empty mask means that nothing was found."""
    first, noise = fit_frame(lab)
    edges = find_edges(lab)
    reached, lit = flood(lab, first, noise, edges)
    for _ in range(2):  # a hole that is found helps to foretell the next
        shaded = nearby(lab, lit, reached)
        reached |= find_holes(lab, lit, shaded, noise, reached, edges)
    product = _snap(lab, reached, edges.hard, shaded)
    product = _keep_large(product & ~contact_shadow(product, lab, lit, noise, edges.hard))
    contrast = np.abs(blur(lab, 1.0) - lit).max(axis=2)
    return Segments(product, reached, edges.strength, np.linalg.norm(lab - first, axis=2), contrast)


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


def _keep_large(product: Mask) -> Mask:
    product[[0, -1]] = product[[1, -2]]  # watershed marks the frame itself as a line
    product[:, [0, -1]] = product[:, [1, -2]]
    _, labels, rows = pieces(product)
    large = rows[:, 4] >= max(30, _LEAST_PIECE * rows[1:, 4].max(initial=0))
    large[0] = False
    return np.asarray(large[labels])
