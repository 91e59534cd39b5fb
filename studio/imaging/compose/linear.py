"""Colours as linear light: hex and bytes in, bytes out."""

from typing import Final

import cv2
import numpy as np

from studio.imaging.noise import Map, f32

_BYTES: Final = np.arange(256, dtype=np.float32) / 255
FROM_BYTE: Final = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)


def linear(hexadecimal: str) -> Map:
    """`"#rrggbb"` -> linear light, shape (3,)."""
    return FROM_BYTE[[int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5)]]


def to_display(light: Map) -> Map:
    """Linear light 0-1 -> sRGB values 0-1."""
    light = np.clip(light, 0, 1)
    curve = cv2.pow(light, 1 / 2.4) * np.float32(1.055) - np.float32(0.055)
    return np.where(light <= 0.0031308, light * np.float32(12.92), curve)


def shoulder(light: Map) -> Map:
    """Highlights above 0.75 roll off towards 1 as film does; the rest is untouched."""
    over = np.maximum(light - np.float32(0.75), 0)
    return f32(np.minimum(light, np.float32(0.75)) + np.float32(0.25) * (1 - cv2.exp(over * np.float32(-4))))
