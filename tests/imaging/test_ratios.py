"""The fifteen shapes and the arithmetic between them."""

import pytest

from studio.imaging.ratios import LONG_SIDES, RATIOS, crop_loss, nearest, parts, size


def test_there_are_fifteen_shapes_and_each_has_its_turned_twin() -> None:
    assert len(set(RATIOS)) == 15
    assert {":".join(reversed(ratio.split(":"))) for ratio in RATIOS} == set(RATIOS)


def test_a_ratio_that_is_none_is_refused_by_name() -> None:
    for wrong in ("16x9", "16:10", "", "1:1 "):
        with pytest.raises(ValueError, match="is not one of 1:1, 3:2"):
            parts(wrong)


@pytest.mark.parametrize("long_side", LONG_SIDES.values())
@pytest.mark.parametrize("ratio", RATIOS)
def test_a_size_has_the_long_side_and_the_ratio(ratio: str, long_side: int) -> None:
    width, height = size(ratio, long_side)
    wide, high = parts(ratio)
    assert max(width, height) == long_side
    assert abs(width * high - height * wide) <= max(wide, high) / 2


def test_even_a_tiny_size_has_a_pixel() -> None:
    assert size("21:9", 1) == (1, 1)


def test_crop_loss_is_the_share_that_is_trimmed() -> None:
    assert crop_loss("1:1", 500, 500) == 0
    assert crop_loss("2:1", 500, 500) == 0.5
    assert crop_loss("1:1", 1200, 628) == pytest.approx(1 - 628 / 1200)


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_shape_is_nearest_to_itself(ratio: str) -> None:
    assert nearest(*size(ratio, 4096)) == ratio


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [
        (1200, 628, "2:1"),
        (970, 600, "3:2"),
        (1080, 1350, "4:5"),
        (1000, 1500, "2:3"),
        (160, 600, "1:3"),
        (728, 90, "3:1"),
    ],
)
def test_the_nearest_shape_loses_the_least(width: int, height: int, ratio: str) -> None:
    assert nearest(width, height) == ratio
