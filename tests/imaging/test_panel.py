"""Ground that goes on: the picture itself untouched, what is added calm and of the same tones."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.imaging.crop import cut
from studio.imaging.panel import extend
from tests import pictures

MIDDLE = (120, 60, 180, 190)


@pytest.fixture(scope="module")
def scene() -> NDArray[np.uint8]:
    """A wall over a floor, with a dark thing in the middle."""
    pixels = np.full((200, 300, 3), 190, np.uint8)
    pixels[140:] = (120, 90, 60)
    pixels += np.random.default_rng(3).integers(0, 8, pixels.shape, np.uint8)
    pixels[60:190, 120:180] = 10
    return pixels


def test_the_picture_stays_pixel_by_pixel(scene: NDArray[np.uint8]) -> None:
    made = extend(scene, (70, 10, 500, 20), MIDDLE)
    assert made.shape == (230, 870, 3)
    assert (made[10:210, 70:370] == scene).all()


def test_wall_stays_wall_and_floor_stays_floor(scene: NDArray[np.uint8]) -> None:
    added = extend(scene, (0, 0, 600, 0), MIDDLE)[:, 300:].astype(float)
    assert np.abs(added[:110].mean(axis=(0, 1)) - 193.5).max() < 4
    assert np.abs(added[180:].mean(axis=(0, 1)) - (123.5, 93.5, 63.5)).max() < 8


def lights() -> NDArray[np.uint8]:
    """Soft spots of light, as far out of focus; some lie across the edge."""
    spots = np.random.default_rng(1).random((25, 36, 3), np.float32)
    return np.asarray(
        Image.fromarray((spots * 255).astype(np.uint8)).resize((288, 200), Image.Resampling.BICUBIC)
    )


def test_no_seam_is_seen(scene: NDArray[np.uint8]) -> None:
    for picture in (scene, lights()):
        wide = picture.shape[1]
        made = extend(picture, (0, 0, 600, 0), MIDDLE).astype(float)
        step, usual = (np.abs(made[:, at] - made[:, at - 1]).mean() for at in (wide, wide - 1))
        assert step < 1.5 * usual


def test_the_product_is_seen_once(scene: NDArray[np.uint8]) -> None:
    made = extend(scene, (400, 0, 400, 0), MIDDLE)
    assert made[:, :400].min() > 40
    assert made[:, 700:].min() > 40


def test_the_grain_goes_on(scene: NDArray[np.uint8]) -> None:
    added = extend(scene, (0, 0, 900, 0), MIDDLE)[20:100, 300:]
    assert added[:, 800:].std() > 0.7 * scene[20:100, 250:].std()


def test_the_same_picture_gives_the_same_pixels(scene: NDArray[np.uint8]) -> None:
    assert (extend(scene, (9, 8, 7, 6), MIDDLE) == extend(scene, (9, 8, 7, 6), MIDDLE)).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (300, 1)])
def test_the_smallest_picture_goes_on_too(size: tuple[int, int]) -> None:
    made = extend(np.full((*size, 4), 77, np.uint8), (5, 6, 7, 8))
    assert made.shape == (size[0] + 14, size[1] + 12, 4)
    assert (made == 77).all()


def test_a_ground_of_one_colour_goes_on_exactly() -> None:
    picture = Image.new("RGB", (300, 100), "white")
    picture.paste(pictures.view(60, 80), (100, 10))
    made = cut(picture, (728, 90))
    assert made.image.crop((0, 0, 150, 90)).getextrema() == ((255, 255),) * 3
    assert made.product is not None
    assert 0.77 < made.product[3] < 0.81


def test_nothing_goes_on_as_nothing() -> None:
    cutout = pictures.opened(pictures.cutout())
    made = cut(cutout, (800, 90)).image
    assert made.mode == "RGBA"
    assert made.getchannel("A").crop((0, 0, 60, 90)).getextrema() == (0, 0)
