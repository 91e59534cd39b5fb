"""Samples x scenes x ratios on one JPEG: python -m bench.contact_sheet [OUT.jpg] [--scene SLUG ...]"""

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.starter import product, scenes
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.scene import Scene

ROW, GAP = 360, 6


def main() -> None:
    asked = _arguments()
    rows = [_row(scene, asked) for scene in scenes(asked.scene)]
    wide = max(row.shape[1] for row in rows)
    sheet = np.vstack([np.pad(row, ((0, GAP), (0, wide - row.shape[1]), (0, 0))) for row in rows])
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(asked.out), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(f"{asked.out}: {sheet.shape[1]} x {sheet.shape[0]} pixels")


def _row(scene: dict[str, Any], asked: argparse.Namespace) -> NDArray[np.uint8]:
    cut = product(asked.sample or scene["sample"], asked.masks)
    tiles = []
    for shape in asked.ratio:
        started = time.perf_counter()
        width, height = ratios.size(shape, asked.long)
        picture = compose(cut, Scene.parse(scene["engine"]), width, height, asked.seed).pixels
        print(f"{scene['slug']:16} {shape:5} {time.perf_counter() - started:.2f} s", flush=True)
        tiles.append(cv2.resize(picture, (round(width * ROW / height), ROW), interpolation=cv2.INTER_AREA))
        tiles.append(np.zeros((ROW, GAP, 3), np.uint8))
    return np.hstack(tiles[:-1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("var/contact-sheet.jpg"))
    parser.add_argument("--scene", nargs="+", help="slugs; all without it")
    parser.add_argument("--ratio", nargs="+", default=["1:1", "16:9", "9:16", "3:1"])
    parser.add_argument("--sample", help="one product for every scene; without it each scene's own")
    parser.add_argument("--masks", type=Path, help="cut out by the exact masks in this folder")
    parser.add_argument("--long", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
