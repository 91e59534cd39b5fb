"""Samples x scenes x ratios on one JPEG: `python bench/contact_sheet.py OUT.jpg [--scene SLUG ...] [--ratio R ...]`."""

import argparse
import sys
import time
import tomllib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from studio.imaging import ratios  # noqa: E402
from studio.imaging.compose import compose  # noqa: E402
from studio.imaging.scene import Scene  # noqa: E402

STARTER = ROOT / "studio" / "starter"
ROW = 360


def main() -> None:
    asked = _arguments()
    rows = []
    for scene in scenes(asked.scene):
        product = load_sample(asked.sample or scene["sample"], asked.samples)
        rows.append(_row(product, scene, asked.ratio, asked.long, asked.seed))
    wide = max(row.shape[1] for row in rows)
    sheet = np.vstack([np.pad(row, ((0, 6), (0, wide - row.shape[1]), (0, 0))) for row in rows])
    cv2.imwrite(asked.out, sheet[..., ::-1])
    print(asked.out, f"{sheet.shape[1]} x {sheet.shape[0]}")


def scenes(slugs: list[str] | None) -> list[dict[str, object]]:
    """Rows of the starter scenes, all or some."""
    rows = tomllib.loads((STARTER / "scenes.toml").read_text())["scene"]
    return [row for row in rows if not slugs or row["slug"] in slugs]


def load_sample(name: object, folder: Path) -> NDArray[np.uint8]:
    """A sample packshot cut out by its exact mask, (h, w, 4), its edge coloured from inside."""
    colour = cv2.imread(str(folder / f"{name}.jpg"))[..., ::-1].astype(np.float32)
    mask = cv2.imread(str(folder / f"{name}.mask.png"), cv2.IMREAD_GRAYSCALE)
    inside = cv2.erode((mask > 250).astype(np.float32), np.ones((3, 3), np.uint8))
    near = [cv2.GaussianBlur(plane, (0, 0), 1.5) for plane in (colour * inside[..., None], inside)]
    grown = near[0] / np.maximum(near[1], 1e-3)[..., None]
    clean = np.where((inside > 0)[..., None] | (near[1] < 1e-3)[..., None], colour, grown)
    return np.dstack([np.clip(clean, 0, 255).astype(np.uint8), mask])


def _row(
    product: NDArray[np.uint8], scene: dict[str, object], shapes: list[str], long: int, seed: int
) -> NDArray[np.uint8]:
    tiles = []
    for shape in shapes:
        started = time.perf_counter()
        width, height = ratios.size(shape, long)
        picture = compose(product, Scene.parse(scene["engine"]), width, height, seed).pixels  # type: ignore[arg-type]
        print(f"{scene['slug']:16} {shape:5} {time.perf_counter() - started:.2f} s", flush=True)
        tiles.append(cv2.resize(picture, (round(width * ROW / height), ROW), interpolation=cv2.INTER_AREA))
        tiles.append(np.zeros((ROW, 6, 3), np.uint8))
    return np.hstack(tiles[:-1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--scene", nargs="+")
    parser.add_argument("--ratio", nargs="+", default=["1:1", "16:9", "9:16", "3:1"])
    parser.add_argument("--sample", help="one product for every scene; without it each scene's own")
    parser.add_argument("--samples", type=Path, default=STARTER / "samples")
    parser.add_argument("--long", type=int, default=768)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
