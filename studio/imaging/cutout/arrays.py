"""The array types of the cut-out and the few small moves every step makes."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Window = tuple[slice, slice]


def disc(radius: float) -> Any:
    """A round structuring element of this radius in pixels."""
    side = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def grow(mask: Mask, radius: float) -> Mask:
    """Every pixel within `radius` of the mask."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc(radius)) > 0)


def shrink(mask: Mask, radius: float) -> Mask:
    """The pixels of the mask further than `radius` from anything outside it."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), disc(radius)) > 0)


def blur(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)


def resized(picture: Any, size: tuple[int, ...]) -> Any:
    """The picture at this height and width."""
    if picture.shape[:2] == tuple(size[:2]):
        return picture
    how = cv2.INTER_AREA if size[0] < picture.shape[0] else cv2.INTER_LINEAR
    return cv2.resize(picture, (size[1], size[0]), interpolation=how)


def slope(plane: Plane) -> Plane:
    """Length of the gradient of one channel, in units per pixel."""
    across, down = cv2.Scharr(plane, cv2.CV_32F, 1, 0), cv2.Scharr(plane, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, down) / 32, np.float32)


def frame(shape: tuple[int, ...], share: float) -> Mask:
    """The outermost ring of a picture, `share` of its shorter side thick."""
    height, width = shape[:2]
    thick = max(1, round(share * min(height, width)))
    ring = np.ones((height, width), bool)
    ring[thick : height - thick, thick : width - thick] = False
    return ring


def pieces(mask: Mask, connectivity: int = 8) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """How many connected pieces (0 is the ground), their labels, and a row x, y, w, h, area for each."""
    count, labels, rows, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    return count, np.asarray(labels, np.int32), np.asarray(rows, np.int32)


def pieces_touching(mask: Mask, seed: Mask, connectivity: int = 4) -> Mask:
    """Those connected pieces of `mask` that share a pixel with `seed`."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=connectivity)
    chosen = np.zeros(count, bool)
    chosen[labels[seed]] = True
    chosen[0] = False
    return np.asarray(chosen[labels])


def window_around(row: NDArray[np.int32], margin: int) -> Window:
    """The window of a piece, by its row of `pieces`, with so many pixels beside it."""
    x, y, w, h = row[:4]
    return np.s_[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]


def scaled(window: Window, size: tuple[int, ...], larger: tuple[int, ...]) -> Window:
    """The window of a picture of `size` as one of the same picture on a larger grid; it covers no less."""
    rows, columns = (
        slice(part.start * most // least, -(-part.stop * most // least))
        for part, least, most in zip(window, size, larger, strict=False)
    )
    return rows, columns
