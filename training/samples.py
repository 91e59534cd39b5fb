"""Renders and collages as what the network is tuned on: python -m training.samples RENDERS POOL

A sample is FILE.npy, 4 x H x W bytes: red, green, blue, and the product's coverage.
"""

import argparse
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from training.collage import collage
from training.tone import photographed

_HEADROOM = 4  # as renders are stored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renders", type=Path)
    parser.add_argument("pool", type=Path)
    parser.add_argument("--takes", type=int, default=2, help="photographs of each render")
    parser.add_argument("--collages", type=int, default=0)
    given = parser.parse_args()
    given.pool.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    for mask in sorted(given.renders.glob("*.mask.png")):
        for take in range(given.takes):
            _store(given.pool / f"{mask.stem[:-5]}-{take}.npy", mask)
    for number in range(given.collages):
        _store(given.pool / f"c{number:05}.npy", None)


def _store(path: Path, mask: Path | None) -> None:
    """Writes the sample unless it is there; its name is the seed."""
    if path.exists():
        return
    rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
    light, cover = _render(rng, mask) if mask else collage(rng)
    truth = (cover * 255).round().astype(np.uint8)
    scratch = path.with_suffix(".part")
    with scratch.open("wb") as file:
        np.save(file, np.concatenate([photographed(rng, light), truth[..., None]], axis=2).transpose(2, 0, 1))
    scratch.rename(path)


def _render(rng: np.random.Generator, mask: Path) -> tuple[Any, Any]:
    """Linear light and coverage of a render, at another size, mirrored or not."""
    stored = cv2.imread(str(mask.with_name(mask.name.replace(".mask", ""))), cv2.IMREAD_UNCHANGED)
    light = stored[..., ::-1].astype(np.float32) * (_HEADROOM / 65535)
    cover = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    scale = rng.uniform(0.85, 1.45)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    light, cover = (cv2.resize(v, None, fx=scale, fy=scale, interpolation=how) for v in (light, cover))
    if rng.random() < 0.5:
        light, cover = light[:, ::-1], cover[:, ::-1]
    return np.maximum(light, 0), np.clip(cover, 0, 1)


if __name__ == "__main__":
    main()
