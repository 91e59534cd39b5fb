"""From linear light to a photograph: exposure, tint, contrast, grain, JPEG."""

from typing import Any

import cv2
import numpy as np

Random = np.random.Generator


def photographed(rng: Random, light: Any) -> Any:
    """H x W x 3 linear light, RGB, with the backdrop at about 1 -> RGB bytes."""
    light = light * _exposure(rng) * (1 + rng.normal(0, rng.choice([0.004, 0.02]), 3))
    light = light * _vignette(rng, light.shape)
    picture = np.clip(light, 0, None) ** (1 / 2.2)
    if rng.random() < 0.5:  # a shoulder instead of a hard white
        knee = rng.uniform(0.75, 0.95)
        above = np.maximum(picture - knee, 0)
        picture = np.minimum(picture, knee) + (1 - knee) * (1 - np.exp(-above / (1 - knee)))
    picture = np.clip(picture, 0, 1) ** rng.uniform(0.85, 1.25)
    return _stored(rng, _developed(rng, picture))


def _exposure(rng: Random) -> float:
    kind = rng.random()
    if kind < 0.55:
        return float((rng.uniform(195, 250) / 255) ** 2.2)
    return float(rng.uniform(0.95, 1.05) if kind < 0.75 else rng.uniform(1.05, 1.5))


def _vignette(rng: Random, shape: tuple[int, ...]) -> Any:
    if rng.random() < 0.5:
        return np.float32(1)
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    fall = rng.uniform(0, 0.25) * ((x - rng.normal(0, 0.3)) ** 2 + (y - rng.normal(0, 0.3)) ** 2) / 2
    return np.asarray(1 - fall + rng.normal(0, 0.06) * x + rng.normal(0, 0.06) * y, np.float32)[..., None]


def _developed(rng: Random, picture: Any) -> Any:
    """Sharpened or softened, and with grain."""
    picture = np.asarray(picture, np.float32)
    if rng.random() < 0.5:
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.1))
        picture = soft if rng.random() < 0.35 else picture + rng.uniform(0.2, 0.9) * (picture - soft)
    grain = rng.normal(0, 1, picture.shape[:2]).astype(np.float32)
    return picture + (grain * rng.choice([0, 0.002, 0.01]))[..., None]


def _stored(rng: Random, picture: Any) -> Any:
    stored = np.clip(picture * 255, 0, 255).round().astype(np.uint8)
    if rng.random() < 0.2:
        return stored
    quality = int(rng.choice([rng.integers(50, 80), rng.integers(80, 98)], p=[0.25, 0.75]))
    _, data = cv2.imencode(".jpg", stored[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
