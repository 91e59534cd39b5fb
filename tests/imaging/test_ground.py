"""What the outermost pixels tell of a picture's ground, and what a channel's rule can have of it."""

import numpy as np
import pytest
from PIL import Image

from studio.imaging.channel_check import Piece, Rule, check
from studio.imaging.channel_rules import Background
from studio.imaging.crop import cut
from studio.imaging.encode import encode
from studio.imaging.ground import ground_of, standing_out, suited
from tests import pictures

WHITE = Background(white=True)


def on(colour: str, thing: tuple[int, int, int, int] = (100, 50, 300, 250)) -> Image.Image:
    image = Image.new("RGB", (400, 300), colour)
    image.paste(pictures.view(thing[2] - thing[0], thing[3] - thing[1]), thing)
    return image


def nearly_white() -> Image.Image:
    """As a model from outside draws it: 249 to 253, never the same twice."""
    noise = np.random.default_rng(5).integers(249, 254, (300, 400, 3), np.uint8)
    image = Image.fromarray(noise)
    image.paste("#702818", (100, 50, 300, 250))
    return image


def test_one_colour_all_around_is_a_ground() -> None:
    assert ground_of(on("#ffffff")) == (255, 255, 255)
    assert ground_of(on("#3a6a5c")) == (0x3A, 0x6A, 0x5C)
    assert ground_of(pictures.opened(pictures.cutout())) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "thing", [(0, 50, 300, 250), (100, 0, 300, 250), (100, 50, 400, 250), (100, 50, 300, 300)]
)
def test_what_touches_an_edge_makes_it_a_scene(thing: tuple[int, int, int, int]) -> None:
    assert ground_of(on("#ffffff", thing)) is None


def test_a_product_is_what_stands_out() -> None:
    assert standing_out(on("#112233"), (0x11, 0x22, 0x33)) == (0.25, 50 / 300, 0.5, 200 / 300)
    assert standing_out(Image.new("RGB", (9, 9), "white"), (255, 255, 255)) is None
    box = standing_out(pictures.opened(pictures.cutout()), (0, 0, 0, 0))
    assert box is not None
    assert 0.2 < box[2] < 0.8


def test_a_ground_that_is_nearly_white_becomes_white_and_the_product_stays() -> None:
    made = suited(nearly_white(), WHITE)
    assert ground_of(made) == (255, 255, 255)
    before, after = (image.getpixel((200, 150)) for image in (nearly_white(), made))
    assert np.abs(np.subtract(after, before)).max() <= 4


def test_so_that_a_model_s_white_passes_and_its_product_is_found() -> None:
    background = Background(white=True, fill=(0.85, 0.92))
    image = suited(nearly_white(), background)
    piece = cut(image, (600, 600), None, None, background.fill)
    data = encode(piece.image, ("JPEG",)).data
    rule = Rule(600, 600, ("JPEG",), background=background)
    found = check(data, rule, Piece(piece.box, image.size, piece.product))
    assert [one.code for one in found] == ["upscaled"]


def test_grey_stays_grey_and_a_scene_a_scene() -> None:
    for image in (on("#e8e8e8"), pictures.view(400, 300)):
        assert suited(image, WHITE).tobytes() == image.tobytes()


def test_what_is_transparent_is_covered_where_the_channel_asks() -> None:
    cutout = pictures.opened(pictures.cutout())
    for rule in (WHITE, Background(opaque=True)):
        assert ground_of(suited(cutout, rule)) == (255, 255, 255)
    for rule in (Background(), Background(white=True, transparent=True)):
        assert suited(cutout, rule).mode == "RGBA"
