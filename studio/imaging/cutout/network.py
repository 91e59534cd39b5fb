"""A small network that has seen many products: it completes shapes where colour says nothing.

U²-Net (Qin and others, 2020; the small one), trained further on renders of our own. OpenCV's own dnn runs
it. The same bytes give the same shares, on any number of threads. It looks twice: at the whole picture, which
tells what the product is, and closer, at the product alone, which shows where it ends.
"""

from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout.arrays import Pixels, Plane, Window, scaled

_WEIGHTS = Path(__file__).with_name("network.onnx")
_SIDE = 448  # px, square, whatever the picture's ratio: below it loses stems, above it the sight of the whole
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)  # of the pictures it first learned from
_SPREAD = np.array((0.229, 0.224, 0.225), np.float32)
_PERHAPS = 0.3  # likelihood from which something may be product
_AROUND = 0.15  # of the product's height and width, that the closer look takes in on each side of it
_LEAST_AROUND = 8  # px
_NO_CLOSER = 0.9  # share of the picture from which a window is no closer look
_FIRST = 0.6  # what the look at the whole weighs: the closer one takes white on white for backdrop more often
_ONE_AT_A_TIME = Lock()  # it takes 400 MB while it works


def product_share(rgb: Pixels, small: Pixels) -> Plane:
    """A picture (H x W x 3 bytes), and the same smaller -> how likely each pixel of that is product, 0..1."""
    size = small.shape[:2]
    with _ONE_AT_A_TIME:
        network = cv2.dnn.readNetFromONNX(str(_WEIGHTS))  # 0.04 s; kept, it would keep its memory, too
        share = _look(network, small, size)
        if (window := _closer(share)) is not None:
            closer = _look(network, rgb[scaled(window, size, rgb.shape)], share[window].shape)
            share[window] = _FIRST * share[window] + (1 - _FIRST) * closer
    return share


def _look(network: cv2.dnn.Net, rgb: Pixels, size: tuple[int, ...]) -> Plane:
    small = cv2.resize(rgb, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = (small / max(1.0, float(small.max())) - _MEAN) / _SPREAD
    network.setInput(np.ascontiguousarray(seen.transpose(2, 0, 1)[None]))
    share = network.forward(network.getUnconnectedOutLayersNames()[0])[0, 0]
    return np.asarray(cv2.resize(share, size[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _closer(share: Plane) -> Window | None:
    """The part with all that may be product; None if that is nothing, or about the whole."""
    perhaps = share > _PERHAPS
    if not perhaps.any():
        return None
    rows, columns = (
        _widened(np.flatnonzero(perhaps.any(axis=axis)), perhaps.shape[1 - axis]) for axis in (1, 0)
    )
    return (rows, columns) if share[rows, columns].size < _NO_CLOSER * share.size else None


def _widened(at: NDArray[np.intp], most: int) -> slice:
    around = round(_AROUND * (at[-1] - at[0])) + _LEAST_AROUND
    return slice(max(0, at[0] - around), min(most, at[-1] + around + 1))
