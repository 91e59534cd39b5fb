"""The benchmark table: `make bench`. Each figure stands beside another of the same run, on one thread.

A floor is the least that any program must do for such a result; a peer is another known way to get it.
"""

import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bench import archive, bought, cuts, export, render
from bench.cutout import overlap
from bench.starter import SAMPLES, packshot
from studio.imaging.cutout import cut_out
from studio.imaging.facts import Limits
from studio.imaging.normalise import normalise

MASKS = Path(__file__).resolve().parents[1] / "tests" / "samples"
NAMES = ("bottle", "chair", "mug")  # clear glass, thin legs, a plain body

Bytes = NDArray[np.uint8]
Coverage = NDArray[np.float64]
Thing = TypeVar("Thing")


def main() -> None:
    cv2.setNumThreads(1)
    print(f"{'figure, median':36} {'Studio':>8} {'other':>8} {'ratio':>6}  the other is")
    _take_in()
    _cut_out()
    render.compare(_row)
    cuts.compare(_row)
    export.compare(_row)
    archive.main([])
    bought.main([])


def _take_in() -> None:
    files = [(SAMPLES / f"{name}.jpg").read_bytes() for name in NAMES]
    _, ours = _timed(lambda data: normalise(data, Limits()), files)
    _, floor = _timed(_copy, files)
    _row("take a packshot in, s", ours, floor, "floor: Pillow decodes, turns and saves it")


def _cut_out() -> None:
    shots = [packshot(name) for name in NAMES]
    masks = [np.asarray(cv2.imread(str(MASKS / f"{name}.mask.png"), cv2.IMREAD_GRAYSCALE)) for name in NAMES]
    ours, our_seconds = _timed(_coverage, shots)
    peers, peer_seconds = _timed(_grab_cut, shots)
    our_fit, peer_fit = _fits(ours, masks), _fits(peers, masks)
    peer = "peer: OpenCV's GrabCut, told the frame"
    _row(
        "cut out, overlap with the mask (IoU)",
        [fit[0] for fit in our_fit],
        [fit[0] for fit in peer_fit],
        peer,
    )
    _row("cut out, outline within 2 px (F)", [fit[1] for fit in our_fit], [fit[1] for fit in peer_fit], peer)
    _row("cut out, s", our_seconds, peer_seconds, peer)


def _copy(data: bytes) -> None:
    ImageOps.exif_transpose(Image.open(io.BytesIO(data))).save(io.BytesIO(), "JPEG", quality=95)


def _coverage(rgb: Bytes) -> Coverage:
    return np.asarray(cut_out(rgb).rgba[..., 3] / 255, np.float64)


def _grab_cut(rgb: Bytes) -> Coverage:
    """At half size, as it is used in practice: a whole one takes half a minute."""
    small = cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    mask, models = np.zeros((height, width), np.uint8), np.zeros((2, 1, 65))
    frame = (width // 50, height // 50, width - width // 25, height - height // 25)
    cv2.grabCut(small, mask, frame, models[0], models[1], 3, cv2.GC_INIT_WITH_RECT)
    inside = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float64)
    return np.asarray(cv2.resize(inside, (rgb.shape[1], rgb.shape[0])), np.float64)


def _fits(coverages: Iterable[Coverage], masks: Iterable[NDArray[Any]]) -> list[tuple[float, float, float]]:
    return [
        overlap(one, np.asarray(mask / 255, np.float64)) for one, mask in zip(coverages, masks, strict=True)
    ]


def _timed(work: Callable[[Thing], Any], things: Iterable[Thing]) -> tuple[list[Any], list[float]]:
    """What the work made of each thing, and in how many seconds."""
    made, seconds = [], []
    for thing in things:
        started = time.perf_counter()
        made.append(work(thing))
        seconds.append(time.perf_counter() - started)
    return made, seconds


def _row(figure: str, ours: list[float], others: list[float], name: str) -> None:
    mine, theirs = median(ours), median(others)
    print(f"{figure:36} {mine:8.3f} {theirs:8.3f} {mine / theirs:6.2f}  {name}", flush=True)


if __name__ == "__main__":
    main()
