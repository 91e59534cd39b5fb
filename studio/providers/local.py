"""The embedded engine's door: no key, no network, at once and free."""

import io
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.imaging.compose import Free, compose
from studio.imaging.encode import png
from studio.imaging.ratios import LONG_SIDES, size
from studio.imaging.scene import Scene, SceneError
from studio.providers.base import Finished, Model, Order, Quote
from studio.providers.errors import Declined

cv2.setNumThreads(1)  # one worker a core already


class Local:
    batch = 1  # a picture wants a core, and 0.6 GB and more
    wants: Literal["cutout", "picture"] = "cutout"
    trusted = True

    def __init__(self, read: Callable[[str], bytes]) -> None:
        """`read` fetches stored bytes by key."""
        self._product = lru_cache(maxsize=2)(lambda key: _pixels(read(key)))

    def models(self) -> tuple[Model, ...]:
        return ()

    def refuses(self, order: Order) -> None:
        return None

    def quote(self, order: Order) -> Quote:
        return Quote(0)

    def prepare(self, order: Order) -> bytes:
        wish = {
            "product": order.references[0],
            "scene": order.scene,
            "size": size(order.ratio, LONG_SIDES[order.resolution]),
            "seed": order.seed,
            "free": order.free,
        }
        return json.dumps(wish, sort_keys=True).encode()

    def submit(self, request: bytes, key: str) -> Finished:
        wish: dict[str, Any] = json.loads(request)
        width, height = wish["size"]
        product, scene, free = (
            self._product(wish["product"]),
            _scene(wish["scene"]),
            Free(*wish.get("free", ())),
        )
        made = compose(product, scene, width, height, wish["seed"], free)
        return Finished(png(Image.fromarray(made.pixels)), "image/png", made.box)

    def look(self, task_id: str) -> Finished:
        raise Declined("engine_failed", task=task_id)


def _scene(values: dict[str, Any]) -> Scene:
    try:
        return Scene.parse(values)
    except SceneError as error:
        raise Declined(
            "engine_value", field=error.field, value=str(error.value), allowed=str(error.allowed)
        ) from error


def _pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        return np.asarray(image.convert("RGBA"))
