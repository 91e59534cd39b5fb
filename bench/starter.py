"""The starter scenes and sample packshots as the benches read them."""

import tomllib
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

STARTER: Final = Path(__file__).resolve().parents[1] / "studio" / "starter"
SAMPLES: Final = STARTER / "samples"


def scenes(slugs: list[str] | None = None) -> list[dict[str, Any]]:
    """Rows of the starter scenes, all or those named."""
    rows: list[dict[str, Any]] = tomllib.loads((STARTER / "scenes.toml").read_text())["scene"]
    return [row for row in rows if not slugs or row["slug"] in slugs]


def packshot(name: str, folder: Path = SAMPLES) -> NDArray[np.uint8]:
    """A sample packshot, sRGB (h, w, 3)."""
    return np.asarray(cv2.imread(str(folder / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)
