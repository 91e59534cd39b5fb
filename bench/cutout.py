"""Measures the cut-out over FILE.jpg + FILE.mask.png: python -m bench.cutout FOLDER [--out DIR]"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout import cut_out

HEAD = f"{'packshot':14} {'IoU':>6} {'F 2px':>6} {'SAD k':>7} {'s':>6} {'sure':>5}  reason"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, help="write each cut-out here as PNG")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    print(HEAD)
    figures = [_measure(path, given.out) for path in sorted(given.folder.glob("*.jpg"))]
    print(f"{'mean':14} " + _row(np.mean(figures, axis=0)))
    print(f"{'worst':14} {np.min(figures, axis=0)[0]:6.3f} {np.min(figures, axis=0)[1]:6.3f}")


def _measure(path: Path, out: Path | None) -> tuple[float, ...]:
    rgb = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
    truth = np.asarray(cv2.imread(str(path.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE)) / 255
    start = time.perf_counter()
    cutout = cut_out(rgb)
    seconds = time.perf_counter() - start
    alpha = np.asarray(cutout.rgba[..., 3] / 255, np.float64)
    figures = (*overlap(alpha, truth), seconds, cutout.confidence)
    print(f"{path.stem:14} {_row(figures)}  {cutout.reason}")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(out / f"{path.stem}.png"), cv2.cvtColor(cutout.rgba, cv2.COLOR_RGBA2BGRA))
    return figures


def overlap(alpha: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, float, float]:
    """Intersection over union at 0.5, boundary F at 2 px, sum of differences in thousands of pixels."""
    ours, true = alpha > 0.5, truth > 0.5
    iou = (ours & true).sum() / max(1, (ours | true).sum())
    return float(iou), _boundary_f(ours, true), float(np.abs(alpha - truth).sum() / 1000)


def _boundary_f(ours: NDArray[np.bool_], true: NDArray[np.bool_], within: float = 2) -> float:
    a, b = _outline(ours), _outline(true)
    if not a.any() or not b.any():
        return 0.0
    precision, recall = (_distance(b)[a] <= within).mean(), (_distance(a)[b] <= within).mean()
    return float(2 * precision * recall / max(1e-6, precision + recall))


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    inner = np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    return mask & ~inner


def _distance(outline: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.asarray(cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, 5))


def _row(figures: tuple[float, ...]) -> str:
    iou, boundary, sad, seconds, sure = figures
    return f"{iou:6.3f} {boundary:6.3f} {sad:7.2f} {seconds:6.2f} {sure:5.2f}"


if __name__ == "__main__":
    main()
