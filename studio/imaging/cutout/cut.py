"""The way from packshot to product: what the network sees, backdrop, edges, segments, matte, verdict."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Pixels
from studio.imaging.cutout.backdrop import lab_of
from studio.imaging.cutout.marks import Marks, at_size, corrected, impose
from studio.imaging.cutout.matte import matte
from studio.imaging.cutout.network import product_share
from studio.imaging.cutout.segment import segment
from studio.imaging.cutout.verdict import is_empty, judge

_WORKING_SIDE = 800
_LEAST_ROWS = 16  # of a long strip at working size
_LEAST_SIDE = 64  # under this there is no product to show; the message names the number


@dataclass(frozen=True)
class Cutout:
    """The product alone: `rgba` is H x W x 4 on the packshot's grid, straight alpha = coverage."""

    rgba: Pixels
    confidence: float  # 0..1
    reason: str  # a code; empty when there is nothing to say

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width, height of what is over half covered, as shares of the picture; all if nothing is."""
        covered = self.rgba[..., 3] > 127
        if not covered.any():
            return 0.0, 0.0, 1.0, 1.0
        height, width = covered.shape
        rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
        left, top = columns[0] / width, rows[0] / height
        return (
            float(left),
            float(top),
            float((columns[-1] + 1) / width - left),
            float((rows[-1] + 1) / height - top),
        )


def cut_out(pixels: Pixels, marks: Marks | None = None) -> Cutout:
    """H x W x 3 (RGB) or H x W x 4 (RGBA, whose own alpha is kept) -> the product.

    `marks` is H x W on the same grid, drawn by a person: 1 is product, -1 is backdrop, 0 says nothing.
    What is in the picture never raises: doubt is a low confidence and a reason. Other shapes: ValueError.
    """
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8:
        raise ValueError(f"a packshot is H x W x 3 or 4 bytes, not {pixels.shape} of {pixels.dtype}")
    if marks is not None and marks.shape != pixels.shape[:2]:
        raise ValueError(f"marks of {marks.shape} do not lie on a packshot of {pixels.shape[:2]}")
    if marks is None or not marks.any():
        return _found(pixels, None)
    found = _found(pixels, marks)
    if found.reason == "tiny":
        return found
    return Cutout(impose(found.rgba, pixels[..., :3], marks), 1.0, "corrected")


def _found(pixels: Pixels, marks: Marks | None) -> Cutout:
    if min(pixels.shape[:2]) < _LEAST_SIDE:
        return _uncut(pixels, "tiny")
    if pixels.shape[2] == 4 and (pixels[..., 3] < 250).mean() > 0.001:
        return _already_cut(pixels)
    rgb = np.ascontiguousarray(pixels[..., :3])
    small = _at_working_size(rgb)
    if min(small.shape[:2]) < _LEAST_ROWS:
        return _uncut(rgb, "tiny")
    lab = lab_of(small)
    parts = segment(lab, product_share(rgb, small))
    if marks is not None:
        parts = corrected(parts, lab, at_size(marks, lab.shape[:2]))
    if is_empty(parts):
        return _uncut(rgb, judge(parts, 0)[1])
    rgba, clear = matte(rgb, parts)
    confidence, reason = judge(parts, clear)
    return Cutout(rgba, confidence, reason) if confidence or marks is not None else _uncut(rgb, reason)


def _already_cut(rgba: Pixels) -> Cutout:
    empty = not (rgba[..., 3] > 127).any()
    return Cutout(rgba.copy(), 0.0 if empty else 1.0, "nothing_found" if empty else "already_cut")


def _uncut(pixels: Pixels, reason: str) -> Cutout:
    """The whole picture, kept: nobody mistakes it for a cut-out, and nothing is lost."""
    opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return Cutout(np.concatenate([pixels, opaque], axis=2)[..., :4], 0.0, reason)


def _at_working_size(rgb: Pixels) -> Pixels:
    scale = _WORKING_SIDE / max(rgb.shape[:2])
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=how), np.uint8)
