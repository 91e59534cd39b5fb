"""The file that a channel takes: right format, light enough, as good as that allows."""

import numpy as np
import pytest
from PIL import Image

from studio.imaging.encode import BEST, GOOD, Encoded, encode, jpeg, png, webp
from studio.imaging.errors import Refused
from tests import pictures
from tests.imaging import profiles


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Fine texture over a product: it costs bytes."""
    scene = pictures.still_life("#b5482f", 600, 400, "#e8e2d8")
    grain = Image.effect_noise((600, 400), 30).convert("RGB")
    return Image.blend(scene, grain, 0.2)


@pytest.fixture(scope="module")
def cutout() -> Image.Image:
    return pictures.opened(pictures.cutout())


def test_with_room_an_opaque_picture_is_a_fine_jpeg(picture: Image.Image) -> None:
    file = encode(picture, ("PNG", "JPEG", "WebP"))
    assert (file.format, file.extension, file.media_type, file.quality) == ("JPEG", "jpg", "image/jpeg", BEST)
    done = pictures.opened(file.data)
    assert done.info["progressive"]
    assert done.layer[0][1:3] == done.layer[1][1:3] == (1, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("formats", "format"),
    [
        (("GIF", "png"), "PNG"),
        (("webp",), "WebP"),
        ((" AVIF ", "TIFF"), "AVIF"),
        (("PDF", "JPEG"), "JPEG"),
        (("GIF (non-animated)", "WebP", "AVIF"), "WebP"),
    ],
)
def test_the_channels_words_decide_the_format(
    picture: Image.Image, formats: tuple[str, ...], format: str
) -> None:
    file = encode(picture, formats)
    assert file.format == format
    assert pictures.opened(file.data).size == picture.size


def test_a_channel_that_takes_nothing_of_ours_is_a_mistake_of_the_caller(picture: Image.Image) -> None:
    with pytest.raises(Refused, match="no_format"):
        encode(picture, ("GIF", "TIFF"))


@pytest.mark.parametrize("share", [0.95, 0.7, 0.5, 0.35])
@pytest.mark.parametrize("format", ["JPEG", "WebP", "AVIF"])
def test_the_byte_limit_is_met_with_the_best_quality_that_fits(
    picture: Image.Image, format: str, share: float
) -> None:
    limit = int(len(encode(picture, (format,)).data) * share)
    file = encode(picture, (format,), limit)
    assert len(file.data) <= limit
    assert file.quality < BEST
    assert len(file.data) > 0.8 * limit


def test_the_limit_is_exact(picture: Image.Image) -> None:
    best = encode(picture, ("JPEG",))
    assert encode(picture, ("JPEG",), len(best.data)) == best
    assert encode(picture, ("JPEG",), len(best.data) - 1).quality < BEST


def test_before_quality_suffers_another_format_is_taken(picture: Image.Image) -> None:
    tight = int(len(encode(picture, ("JPEG",)).data) * 0.4)
    assert encode(picture, ("JPEG",), tight).quality < GOOD
    assert encode(picture, ("JPEG", "WebP", "AVIF"), tight).format != "JPEG"


def test_what_cannot_fit_is_refused_with_the_smallest_that_could(picture: Image.Image) -> None:
    with pytest.raises(Refused) as caught:
        encode(picture, ("JPEG", "PNG"), 2000)
    assert caught.value.code == "too_heavy"
    assert caught.value.values["limit"] == 2000
    smallest = caught.value.values["smallest"]
    assert isinstance(smallest, int)
    assert len(encode(picture, ("JPEG", "PNG"), smallest).data) == smallest


def test_no_room_at_all_is_refused_like_too_little(picture: Image.Image) -> None:
    with pytest.raises(Refused, match="too_heavy"):
        encode(picture, ("JPEG",), 0)


def test_transparency_is_kept_where_the_channel_can(cutout: Image.Image) -> None:
    for formats, format in ((("JPEG", "PNG"), "PNG"), (("JPEG", "WebP"), "WebP"), (("AVIF",), "AVIF")):
        file = encode(cutout, formats)
        assert (file.format, pictures.opened(file.data).mode) == (format, "RGBA")


def test_where_the_channel_cannot_transparency_becomes_white(cutout: Image.Image) -> None:
    done = pictures.opened(encode(cutout, ("JPEG",)).data)
    assert min(done.getpixel((5, 5))) >= 253  # type: ignore[type-var]


def test_an_idle_alpha_channel_does_not_ask_for_png(picture: Image.Image) -> None:
    assert encode(picture.convert("RGBA"), ("JPEG", "PNG")) == encode(picture, ("JPEG", "PNG"))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP", "AVIF"])
def test_the_same_picture_gives_the_same_bytes_without_metadata(picture: Image.Image, format: str) -> None:
    chatty = picture.copy()
    profile = profiles.rgb_profile(profiles.DISPLAY_P3)
    chatty.info = {
        "icc_profile": profile,
        "exif": b"Exif\0\0marker-7f3a",
        "comment": b"marker-7f3a",
        "dpi": (9, 9),
    }
    file = encode(chatty, (format,))
    assert file == encode(picture, (format,))
    assert b"7f3a" not in file.data
    assert b"handmade" not in file.data
    assert not pictures.opened(file.data).getexif()


def test_a_master_is_lossless(picture: Image.Image, cutout: Image.Image) -> None:
    for image in (picture, cutout):
        done = pictures.opened(png(image))
        assert (done.mode, done.tobytes(), done.info) == (image.mode, image.tobytes(), {})


def test_a_screen_copy_fits_and_is_never_enlarged(picture: Image.Image, cutout: Image.Image) -> None:
    assert pictures.opened(webp(picture, 300)).size == (300, 200)
    assert pictures.opened(webp(picture, 2000)).size == (600, 400)
    assert pictures.opened(webp(cutout, 300)).mode == "RGBA"
    assert len(webp(picture, 600, quality=40)) < len(webp(picture, 600, quality=90))


def test_a_working_copy_is_a_jpeg_of_the_asked_quality(picture: Image.Image, cutout: Image.Image) -> None:
    assert len(jpeg(picture, 50)) < len(jpeg(picture, 95))
    assert pictures.opened(jpeg(cutout, 95)).mode == "RGB"


def decoded(file: Encoded) -> Image.Image:
    return pictures.opened(file.data).convert("RGB")


@pytest.mark.parametrize("format", ["JPEG", "WebP", "AVIF"])
def test_the_best_quality_looks_like_the_picture(picture: Image.Image, format: str) -> None:
    assert psnr(picture, decoded(encode(picture, (format,)))) > 34


def psnr(one: Image.Image, other: Image.Image) -> float:
    difference = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    return float(10 * np.log10(255**2 / (difference**2).mean()))
