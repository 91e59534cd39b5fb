"""One picture, many places: the product stays in, the pixels are exact."""

import random

import pytest
from PIL import Image, ImageDraw

from studio.imaging.crop import cut
from studio.imaging.framing import Box, Safe, crop_box, margins
from tests import pictures

SIDES = (64, 300, 512, 777, 1024, 1200, 1920, 4096)


@pytest.mark.parametrize(
    ("size", "target", "box"),
    [
        ((1000, 1000), (500, 500), (0, 0, 1000, 1000)),
        ((1000, 1000), (1000, 500), (0, 250, 1000, 500)),
        ((1000, 1000), (500, 1000), (250, 0, 500, 1000)),
        ((1024, 576), (1080, 1080), (224, 0, 576, 576)),
        ((1024, 512), (1200, 628), (23, 0, 978, 512)),
    ],
)
def test_without_a_product_the_middle_is_kept(
    size: tuple[int, int], target: tuple[int, int], box: tuple[int, ...]
) -> None:
    assert crop_box(size, target) == Box(*box)


def test_a_product_in_the_middle_changes_nothing() -> None:
    assert crop_box((1000, 1000), (1000, 500), (0.3, 0.3, 0.4, 0.4)) == crop_box((1000, 1000), (1000, 500))


def test_the_window_follows_a_product_that_stands_low() -> None:
    box = crop_box((1000, 1000), (1000, 500), (0.4, 0.6, 0.2, 0.38))
    assert box.y <= 600
    assert box.y + box.height >= 980


def test_the_product_keeps_its_share_of_the_composition() -> None:
    box = crop_box((1000, 1000), (1000, 500), (0.4, 0.2, 0.2, 0.1))
    assert (0.25 * 1000 - box.y) / box.height == pytest.approx(0.25, abs=0.01)


def test_what_the_channel_covers_is_left_free() -> None:
    product, story = (0.35, 0.55, 0.3, 0.4), Safe(top=14, bottom=35)
    box = crop_box((1000, 2000), (1000, 1200), product, story)
    assert box.y + box.height * (1 - 0.35) >= 0.95 * 2000 or box.y + box.height == 2000
    free = crop_box((1000, 3000), (1000, 1200), (0.35, 0.5, 0.3, 0.1), story)
    assert free.y + 0.14 * free.height <= 1500
    assert free.y + 0.65 * free.height >= 1800 - 1


def test_a_product_too_large_for_the_free_part_stays_in_the_window() -> None:
    box = crop_box((1000, 1000), (1000, 500), (0.1, 0.3, 0.8, 0.45), Safe(top=30, bottom=30))
    assert box.y <= 300
    assert box.y + box.height >= 750


def test_a_product_too_large_for_the_window_is_cut_evenly() -> None:
    box = crop_box((1000, 1000), (1000, 200), (0.2, 0.2, 0.6, 0.6))
    assert box == (0, 400, 1000, 200)


def test_a_thousand_windows_keep_their_promises() -> None:
    dice = random.Random(7)
    for _ in range(1000):
        size, target = (dice.choice(SIDES), dice.choice(SIDES)), (dice.choice(SIDES), dice.choice(SIDES))
        x, y = dice.random() * 0.8, dice.random() * 0.8
        product = (x, y, dice.random() * (1 - x), dice.random() * (1 - y))
        safe = dice.choice([None, Safe(14, 20, 5, 12)])
        box = crop_box(size, target, product, safe)
        assert box.width == size[0] or box.height == size[1]
        assert abs(box.width * target[1] - box.height * target[0]) <= max(target) / 2
        for at, side, window, start, share in (
            (box.x, size[0], box.width, product[0], product[2]),
            (box.y, size[1], box.height, product[1], product[3]),
        ):
            assert 0 <= at <= side - window
            if share * side <= window:
                assert at - 0.51 <= start * side
                assert (start + share) * side <= at + window + 0.51


def test_a_cut_has_exactly_the_pixels_of_its_target() -> None:
    picture = pictures.view(1024, 683)
    for target in ((1, 1), (160, 600), (970, 90), (1024, 683), (1080, 1080), (728, 90)):
        assert cut(picture, target).image.size == target


def test_enlarging_is_told() -> None:
    picture = pictures.view(1024, 576)
    assert not cut(picture, (1024, 576)).upscaled
    assert not cut(picture, (768, 576)).upscaled
    assert cut(picture, (772, 579)).upscaled
    assert cut(picture, (1025, 576)).upscaled


def test_a_window_of_the_right_size_is_copied_pixel_by_pixel() -> None:
    picture = pictures.view(400, 300)
    assert cut(picture, (300, 300)).image.tobytes() == picture.crop((50, 0, 350, 300)).tobytes()


def test_the_product_is_in_the_cut() -> None:
    picture = Image.new("RGB", (1000, 1000), "white")
    ImageDraw.Draw(picture).rectangle((400, 700, 599, 949), "black")
    done = cut(picture, (500, 250), (0.4, 0.7, 0.2, 0.25)).image.convert("L")
    dark = done.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert dark is not None
    assert (dark[2] - dark[0], dark[3] - dark[1]) == (100, 125)


def test_transparency_survives_a_cut() -> None:
    assert cut(pictures.opened(pictures.cutout()), (200, 100)).image.mode == "RGBA"


def test_a_product_inside_the_margins_survives_any_cut_clear_of_what_the_channel_covers() -> None:
    for target in ((1080, 1080), (1080, 1350), (1200, 628), (1080, 1920)):
        safe = Safe(top=14, bottom=20, left=4, right=8)
        top, bottom, left, right = (one / 100 for one in margins(4 / 3, target, safe))
        product = (left, top, 1 - left - right, 1 - top - bottom)
        box = crop_box((1600, 1200), target, product, safe)
        assert box.y + 0.14 * box.height <= top * 1200 + 1.5
        assert box.y + 0.8 * box.height >= (1 - bottom) * 1200 - 1.5
        assert box.x + 0.04 * box.width <= left * 1600 + 1.5
        assert box.x + 0.92 * box.width >= (1 - right) * 1600 - 1.5
