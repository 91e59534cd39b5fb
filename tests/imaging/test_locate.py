"""A product is found again in pictures of it, and not in pictures of something else."""

import io
from functools import cache

import cv2
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


@pytest.mark.parametrize("gone", [0.15, 0.3])
def test_what_leaves_the_frame_is_known_beyond_it(gone: float) -> None:
    made = shot("mug")
    left, _, wide, _ = made.box
    first = round((left + gone * wide) * 900)
    box = locate(cutout("mug"), saved(made.pixels[:, first:]))
    assert box is not None
    assert box[0] == pytest.approx(-gone * wide * 900 / (900 - first), abs=0.02)
    assert box[2] == pytest.approx(wide * 900 / (900 - first), abs=0.03)


def test_a_product_that_just_touches_the_edge_does_not_leave() -> None:
    made = shot("mug")
    first = round(made.box[0] * 900)
    box = locate(cutout("mug"), saved(made.pixels[:, first:]))
    assert box is not None
    assert 0 <= box[0] < 0.015


def test_a_product_that_leans_has_its_own_box_not_that_of_its_packshots_corners() -> None:
    made = shot("watch")
    turn = cv2.getRotationMatrix2D((450, 300), 20, 1)
    leaning = cv2.warpAffine(made.pixels, turn, (900, 600), borderMode=cv2.BORDER_REPLICATE)
    box = locate(cutout("watch"), saved(np.asarray(leaning, np.uint8)))
    straight = locate(cutout("watch"), saved(made.pixels))
    assert box is not None
    assert straight is not None
    left, top, wide, high = straight
    corners = np.array([(x, y) for x in (left, left + wide) for y in (top, top + high)]) * (900, 600)
    around = np.ptp(corners @ turn[:, :2].T, axis=0) / (900, 600)
    assert box[2] < around[0] - 0.005
