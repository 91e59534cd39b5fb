"""A small network that has seen many products: it completes shapes where colour says nothing.

U²-Net (Qin and others, 2020; the small one), trained further on renders of our own. OpenCV's own dnn runs
it. The same bytes give the same shares, on any number of threads.
"""

from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from studio.imaging.cutout.arrays import Pixels, Plane

_WEIGHTS = Path(__file__).with_name("network.onnx")
_SIDE = 448  # px, square, whatever the picture's ratio: below it loses stems, above it the sight of the whole
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)  # of the pictures it first learned from
_SPREAD = np.array((0.229, 0.224, 0.225), np.float32)
_ONE_AT_A_TIME = Lock()  # it takes 400 MB while it works


def product_share(rgb: Pixels) -> Plane:
    """H x W x 3 bytes -> how likely each pixel is product, 0..1, H x W."""
    small = cv2.resize(rgb, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = (small / max(1.0, float(small.max())) - _MEAN) / _SPREAD
    with _ONE_AT_A_TIME:
        network = cv2.dnn.readNetFromONNX(str(_WEIGHTS))  # 0.04 s; kept, it would keep its memory, too
        network.setInput(np.ascontiguousarray(seen.transpose(2, 0, 1)[None]))
        share = network.forward(network.getUnconnectedOutLayersNames()[0])[0, 0]
    size = (rgb.shape[1], rgb.shape[0])
    return np.asarray(cv2.resize(share, size, interpolation=cv2.INTER_LINEAR), np.float32)
