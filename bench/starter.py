"""The starter scenes and sample packshots as the benches read them."""

import tomllib
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.imaging.cutout import cut_out

STARTER: Final = Path(__file__).resolve().parents[1] / "studio" / "starter"
SAMPLES: Final = STARTER / "samples"


def scenes(slugs: list[str] | None = None) -> list[dict[str, Any]]:
    """Rows of the starter scenes, all or those named."""
    rows: list[dict[str, Any]] = tomllib.loads((STARTER / "scenes.toml").read_text())["scene"]
    return [row for row in rows if not slugs or row["slug"] in slugs]


def product(name: str, masks: Path | None = None) -> NDArray[np.uint8]:
    """A sample cut out, (h, w, 4): by the engine, or by its exact mask NAME.mask.png in `masks`."""
    if masks is None:
        return np.asarray(cut_out(packshot(name)).rgba)
    mask = np.asarray(cv2.imread(str(masks / f"{name}.mask.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.dstack(
        [_unmixed(packshot(name).astype(np.float32), mask.astype(np.float32)[..., None] / 255), mask]
    )


def _unmixed(colour: NDArray[np.float32], coverage: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Edge colours carried over from inside; threads that have no inside lose the backdrop's share."""
    solid = cv2.erode((coverage > 0.98).astype(np.float32), np.ones((3, 3), np.uint8))[..., None]
    free = (cv2.dilate(coverage, np.ones((5, 5), np.uint8)) == 0).astype(np.float32)[..., None]
    inside, near = _mean(colour, solid, 1.5)
    backdrop, _ = _mean(colour, free, 12)
    thread = (colour - (1 - coverage) * backdrop) / np.maximum(coverage, 0.2)
    own = np.where(near > 0.02, inside, np.where(coverage < 1, thread, colour))
    return np.where(solid > 0, colour, np.clip(own, 0, 255)).astype(np.uint8)


def _mean(colour: NDArray[np.float32], where: NDArray[np.float32], sigma: float) -> tuple[Any, Any]:
    """Local mean of the colours where `where` is 1, and how much of it was near."""
    weight = cv2.GaussianBlur(where, (0, 0), sigma)[..., None]
    return cv2.GaussianBlur(colour * where, (0, 0), sigma) / np.maximum(weight, 1e-4), weight


def packshot(name: str) -> NDArray[np.uint8]:
    """A sample packshot, sRGB (h, w, 3)."""
    return np.asarray(cv2.imread(str(SAMPLES / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)
