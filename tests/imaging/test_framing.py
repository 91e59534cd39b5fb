"""A window never hurts the product: rather than cut it, it reaches beyond the picture."""

import random

import pytest

from studio.imaging.framing import NEAR, Box, Safe, crop_box, filled, frame, holds

SIDES = (300, 512, 777, 1024, 1200, 1920, 4096)
MUG = (0.3, 0.2, 0.4, 0.6)


def test_a_crop_that_holds_the_product_is_left_as_it_is() -> None:
    assert frame((1000, 1000), (1200, 1000), MUG) == crop_box((1000, 1000), (1200, 1000), MUG)


def test_before_it_touches_the_edge_the_window_moves() -> None:
    window = frame((1000, 1000), (1000, 500), (0.4, 0.7, 0.2, 0.25))
    assert window.inside((1000, 1000))
    assert window.y + window.height > 950


def test_a_banner_reaches_beyond_the_picture() -> None:
    window = frame((1024, 341), (728, 90), (0.2, 0.15, 0.15, 0.7))
    assert window.x < 0
    assert window.x + window.width > 1024
    assert window.y >= 0
    assert window.y + window.height <= 341


def test_the_product_keeps_its_place_in_the_whole() -> None:
    window = frame((1024, 341), (728, 90), (0.2, 0.15, 0.15, 0.7))
    assert (0.275 * 1024 - window.x) / window.width == pytest.approx(0.275, abs=0.01)


def test_a_thousand_windows_never_cut_the_product_nor_hide_it() -> None:
    dice = random.Random(11)
    for _ in range(1000):
        size, target = (dice.choice(SIDES), dice.choice(SIDES)), (dice.choice(SIDES), dice.choice(SIDES))
        x, y = dice.random() * 0.8, dice.random() * 0.8
        product = (x, y, 0.02 + dice.random() * (0.98 - x), 0.02 + dice.random() * (0.98 - y))
        safe = dice.choice([Safe(), Safe(14, 20), Safe(8, 35, 14, 15), Safe(45, 45, 40, 40)])
        window = frame(size, target, product, safe)
        assert holds(window, size, product, safe.least(NEAR, NEAR))
        assert abs(window.width * target[1] - window.height * target[0]) <= max(target)


@pytest.mark.parametrize(("top", "high"), [(0.09, 0.9), (0.0, 0.9), (0.075, 0.91)])
def test_a_product_that_fills_rightly_and_stands_at_the_edge_is_only_moved(top: float, high: float) -> None:
    size, product = (2048, 2048), (0.25, top, 0.5, high)
    window = frame(size, (2000, 2000), product, fill=(0.85, 0.98))
    assert filled(window, size, product) == pytest.approx(high, abs=0.005)
    assert holds(window, size, product, Safe(NEAR, NEAR, NEAR, NEAR))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_fill_is_obeyed_from_below_and_from_above(share: float) -> None:
    size, product = (1000, 1000), ((1 - share) / 2, (1 - share) / 2, share, share * 0.5)
    window = frame(size, (2000, 2000), product, fill=(0.75, 0.9))
    assert 0.755 < filled(window, size, product) < 0.895
    assert holds(window, size, product, Safe())


def test_of_an_unknown_product_nothing_is_cut_for_a_banner() -> None:
    assert frame((1024, 341), (970, 300)).inside((1024, 341))
    assert frame((1024, 341), (728, 90)) == Box(-867, 0, 2758, 341)
    assert frame((341, 1024), (120, 1200)) == Box(0, -1193, 341, 3410)
