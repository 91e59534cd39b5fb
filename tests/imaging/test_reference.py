"""What a provider works from: small, bare, on white, always the same bytes."""

from contextlib import suppress
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageColor

from studio.imaging.errors import Refused
from studio.imaging.reference import LONG_SIDE, MOST_BYTES, fit, sheet
from tests import pictures
from tests.imaging import profiles

COLOURS = ("#d02020", "#20d020", "#2020d0", "#d0d020", "#20d0d0")


@cache
def noise(side: int) -> bytes:
    """A PNG that hardly compresses."""
    grain = np.random.default_rng(7).integers(0, 256, (side, side, 3), np.uint8)
    return pictures.encoded(Image.fromarray(grain), "PNG")


def plain(colour: str, width: int = 900, height: int = 900) -> bytes:
    return pictures.encoded(Image.new("RGB", (width, height), colour), "PNG")


def painted(pixels: NDArray[np.int16], colour: str) -> NDArray[np.bool_]:
    far: NDArray[np.int16] = np.abs(pixels - np.array(ImageColor.getrgb(colour), np.int16))
    return far.max(axis=2) < 24


def test_a_large_packshot_becomes_a_small_jpeg_of_the_same_view() -> None:
    data = pictures.photo(4000, 3000)
    small = pictures.opened(fit(data))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (LONG_SIDE, 1152))
    seen = pictures.opened(data).resize(small.size)
    assert np.abs(np.asarray(small, np.int16) - np.asarray(seen, np.int16)).mean() < 2


def test_a_small_picture_keeps_its_pixels() -> None:
    assert pictures.opened(fit(pictures.photo(320, 240, "PNG"))).size == (320, 240)


@pytest.mark.parametrize("most", [700_000, 300_000, 100_000, 30_000])
def test_the_byte_limit_holds_for_a_picture_that_hardly_compresses(most: int) -> None:
    data = fit(noise(1200), most)
    assert len(data) <= most
    assert max(pictures.opened(data).size) >= 200
    assert len(data) > most / 4  # the room is used


def test_with_less_room_there_are_fewer_pixels_or_less_quality_never_more() -> None:
    sides = [max(pictures.opened(fit(noise(1200), most)).size) for most in (700_000, 200_000, 50_000)]
    assert sides == sorted(sides, reverse=True)


def test_a_limit_that_nothing_meets_is_a_refusal() -> None:
    with pytest.raises(Refused, match="too_heavy") as no:
        fit(noise(500), 2_000)
    assert no.value.values["limit"] == 2_000


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white_and_its_hidden_colour_gone(mode: str) -> None:
    picture = Image.new("RGBA", (400, 400), (208, 32, 32, 0))
    picture.paste((32, 32, 208, 255), (100, 100, 300, 300))
    shown = pictures.opened(fit(pictures.encoded(picture.convert(mode), "PNG")))
    corner, middle = np.asarray(shown)[5, 5], np.asarray(shown)[200, 200]
    assert (corner > 250).all()
    assert middle.mean() < 150


def test_a_soft_edge_blends_into_white_without_a_dark_seam() -> None:
    alpha = Image.linear_gradient("L").resize((2000, 2000))
    picture = Image.merge("RGBA", (*[Image.new("L", (2000, 2000), 255)] * 3, alpha))
    shown = np.asarray(pictures.opened(fit(pictures.encoded(picture, "PNG"))))
    assert shown.min() > 250


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
def test_nothing_but_pixels_goes_out(format: str) -> None:
    data = pictures.chatty(format)
    assert b"marker-7f3a" in data
    for out in (fit(data), sheet([data, data])):
        assert b"marker-7f3a" not in out
        assert b"Exif" not in out
        assert not {"exif", "icc_profile", "comment"} & pictures.opened(out).info.keys()


def test_the_same_pictures_give_the_same_bytes() -> None:
    data = [pictures.photo(), pictures.cutout()]
    assert fit(data[0]) == fit(data[0])
    assert sheet(data) == sheet(list(data))
    assert sheet(data) != sheet(data[::-1])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_sheet_shows_every_picture_once_whole_on_white_the_first_one_largest(count: int) -> None:
    made = pictures.opened(sheet([plain(colour) for colour in COLOURS[:count]]))
    pixels = np.asarray(made, np.int16)
    areas = [painted(pixels, one).sum() for one in COLOURS]
    assert max(made.size) <= LONG_SIDE
    assert all(areas[:count])
    assert not any(areas[count:])
    assert areas[0] > max(areas) * 0.99
    assert (pixels[:, 0] > 235).all()
    assert (pixels[0] > 235).all()
    white = (pixels.min(axis=2) > 240).sum()
    assert (white + sum(areas)) / pixels[..., 0].size > 0.97  # no picture covers another


def test_odd_shapes_stay_whole_in_their_cells() -> None:
    tall, wide = plain(COLOURS[1], 300, 3000), plain(COLOURS[2], 3000, 300)
    pixels = np.asarray(pictures.opened(sheet([tall, wide])), np.int16)
    for colour, shape in ((COLOURS[1], 10), (COLOURS[2], 0.1)):
        high, wide_at = np.nonzero(painted(pixels, colour))
        assert np.ptp(high) / np.ptp(wide_at) == pytest.approx(shape, rel=0.1)


def test_a_sheet_is_as_light_as_a_single_reference() -> None:
    assert len(sheet([noise(900)] * 5)) <= MOST_BYTES
    assert len(sheet([noise(900)] * 5, 50_000)) <= 50_000


@pytest.mark.parametrize("count", [0, 6])
def test_a_sheet_of_none_or_six_is_a_mistake_of_the_caller(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 5 pictures"):
        sheet([plain("white")] * count)


def test_only_the_formats_that_we_take_are_opened() -> None:
    with pytest.raises(Refused, match="format_refused"):
        fit(pictures.encoded(Image.new("RGB", (64, 64)), "GIF"))


def test_a_file_that_lost_its_end_is_not_sent() -> None:
    data = noise(300)
    with pytest.raises(Refused, match="truncated"):
        fit(data[: len(data) // 2])


def test_a_picture_of_an_engine_is_decoded_in_the_limited_child_only(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, opened, open_here = pictures.photo(640, 480, "WebP"), [], Image.open

    def watched(file: BytesIO, **options: object) -> Image.Image:
        opened.append(file.getvalue())
        return open_here(file, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image, "open", watched)
    fit(theirs)
    sheet([theirs, theirs])
    assert opened
    assert theirs not in opened


@pytest.mark.parametrize("bomb", sorted(pictures.bombs()))
def test_a_bomb_is_refused_or_becomes_small(bomb: str) -> None:
    with suppress(Refused):
        assert max(pictures.opened(fit(pictures.bombs()[bomb])).size) <= LONG_SIDE


def test_colours_of_another_space_are_converted_before_their_profile_goes() -> None:
    patch, profile = (200, 60, 60), profiles.rgb_profile(profiles.DISPLAY_P3)
    data = pictures.encoded(Image.new("RGB", (96, 96), patch), "PNG", icc_profile=profile)
    small = pictures.opened(fit(data))
    seen = small.getpixel((48, 48))
    assert "icc_profile" not in small.info
    assert profiles.delta_e(seen, profiles.in_srgb(patch, profiles.DISPLAY_P3)) < 2  # type: ignore[arg-type]


def test_a_grey_jpeg_stays_readable() -> None:
    out = BytesIO()
    Image.linear_gradient("L").resize((2048, 2048)).save(out, "JPEG")
    assert pictures.opened(fit(out.getvalue())).mode == "RGB"
