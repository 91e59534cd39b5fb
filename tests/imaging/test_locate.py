"""A product is found again in pictures of it, and not in pictures of something else."""

import io
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.starter import product, scenes
from studio.imaging.compose import Composition, compose
from studio.imaging.locate import locate
from studio.imaging.scene import Scene
from tests.channels import HOME

Bytes = NDArray[np.uint8]


@cache
def cutout(name: str) -> Bytes:
    return product(name, HOME / "tests" / "samples")


@cache
def shot(name: str) -> Composition:
    """On slate, lit from the side."""
    return compose(cutout(name), Scene.parse(scenes(["dark-slate"])[0]["engine"]), 900, 600, 4)


def saved(pixels: Bytes, quality: int = 75) -> Bytes:
    """As it is after it went through somebody's JPEG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


@pytest.mark.parametrize("name", ["bottle", "chair", "mug", "watch"])
def test_a_product_is_found_to_a_few_pixels(name: str) -> None:
    made = shot(name)
    assert locate(cutout(name), saved(made.pixels)) == pytest.approx(made.box, abs=0.012)


@pytest.mark.parametrize(("name", "other"), [("bottle", "mug"), ("watch", "chair"), ("mug", "watch")])
def test_what_is_not_there_is_not_found(name: str, other: str) -> None:
    assert locate(cutout(name), saved(shot(other).pixels)) is None


def test_a_plain_thing_and_an_empty_picture_have_nothing_to_go_by() -> None:
    plain = np.full((300, 200, 4), 200, np.uint8)
    assert locate(plain, shot("mug").pixels) is None
    assert locate(cutout("mug"), np.full((300, 200, 3), 200, np.uint8)) is None
    assert locate(np.zeros((30, 20, 4), np.uint8), shot("mug").pixels) is None


def test_the_same_pixels_give_the_same_box() -> None:
    picture = saved(shot("mug").pixels)
    assert locate(cutout("mug"), picture) == locate(cutout("mug"), picture)
