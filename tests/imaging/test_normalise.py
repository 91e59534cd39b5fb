"""Whatever comes in leaves upright, in sRGB, alone."""

import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base

from studio.imaging.errors import CODES, Refused
from studio.imaging.facts import Limits
from studio.imaging.normalise import decode, normalise
from tests import pictures
from tests.imaging import profiles
from tests.polyglots import polyglots

LIMITS = Limits()
POLYGLOTS = polyglots()
FORMATS = ("JPEG", "PNG", "WebP", "HEIC", "AVIF")


def taken(data: bytes) -> Image.Image:
    return pictures.opened(normalise(data, LIMITS).picture)


def colour_of(data: bytes) -> tuple[int, ...]:
    """The colour in the middle, exactly as decoded."""
    pixels = decode(data, LIMITS)
    image = Image.frombytes(pixels.mode, (pixels.width, pixels.height), pixels.data)
    return image.getpixel((pixels.width // 2, pixels.height // 2))  # type: ignore[return-value]


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        normalise(data, LIMITS)
    return caught.value.code


def distance(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_becomes_a_jpeg_that_looks_the_same(format: str) -> None:
    done = normalise(pictures.photo(320, 240, format, quality=95), LIMITS)
    assert (done.media_type, done.width, done.height) == ("image/jpeg", 320, 240)
    assert distance(pictures.opened(done.picture), pictures.view(320, 240)) < 3


def test_the_same_file_gives_the_same_bytes() -> None:
    assert normalise(pictures.photo(), LIMITS) == normalise(pictures.photo(), LIMITS)


def test_a_large_picture_is_brought_to_the_longest_side_and_never_enlarged() -> None:
    assert (
        normalise(pictures.photo(900, 300), LIMITS, 450).width,
        normalise(pictures.photo(900, 300), LIMITS, 450).height,
    ) == (450, 150)
    assert normalise(pictures.photo(900, 300), LIMITS, 2000).width == 900


def test_the_thumb_is_a_small_webp_on_white() -> None:
    thumb = pictures.opened(normalise(pictures.cutout(width=900, height=600), LIMITS).thumb)
    assert (thumb.format, thumb.mode, thumb.size) == ("WEBP", "RGB", (480, 320))
    assert min(thumb.getpixel((3, 3))) >= 253  # type: ignore[type-var]


def test_decode_gives_every_pixel_unscaled() -> None:
    pixels = decode(pictures.photo(900, 300, "PNG"), LIMITS)
    assert (pixels.mode, pixels.width, pixels.height) == ("RGB", 900, 300)
    assert pixels.data == pictures.view(900, 300).tobytes()


# Orientation


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_stands_upright(orientation: int, format: str) -> None:
    upright = taken(pictures.turned(orientation, format=format))
    assert upright.size == (320, 240)
    assert distance(upright, pictures.view(320, 240)) < 2


# Metadata


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_the_metadata_is_left(format: str) -> None:
    done = normalise(pictures.chatty(format), LIMITS)
    for data in (done.picture, done.thumb):
        image = pictures.opened(data)
        assert b"7f3a" not in data
        assert not image.getexif()
        assert not image.info.keys() & {"exif", "xmp", "icc_profile", "comment", "Comment", "photoshop"}


def test_nothing_of_the_metadata_is_left_beside_transparency() -> None:
    exif = Image.Exif()
    exif[0x10E] = "marker-7f3a"
    cutout = pictures.opened(pictures.cutout())
    profile = profiles.rgb_profile(profiles.DISPLAY_P3)
    done = normalise(pictures.encoded(cutout, "PNG", exif=exif, icc_profile=profile), LIMITS)
    assert done.media_type == "image/png"
    assert pictures.opened(done.picture).info == {}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_hides_in_a_picture_does_not_come_out(name: str) -> None:
    data = POLYGLOTS[name]
    done = normalise(data, LIMITS)
    assert pictures.MARKER in data
    assert pictures.MARKER not in done.picture + done.thumb


# Damage


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("format", FORMATS)
def test_a_truncated_file_is_refused(format: str, share: float) -> None:
    assert refused(pictures.truncated(pictures.photo(format=format), share)) == "truncated"


@pytest.mark.parametrize("format", FORMATS)
def test_no_damaged_byte_gets_past_as_a_crash(format: str) -> None:
    good = pictures.photo(128, 96, format)
    for at in range(4, len(good), max(1, len(good) // 40)):
        hurt = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            verdict = normalise(hurt, LIMITS).media_type
        except Refused as refusal:
            verdict = refusal.code
        assert verdict in ("image/jpeg", "image/png", *CODES)


def test_the_ten_bombs_are_refused_or_decoded_within_the_limits() -> None:
    verdicts = {}
    for name, data in pictures.bombs().items():
        try:
            verdicts[name] = normalise(data, Limits(max_pixels=20_000_000)).media_type
        except Refused as refusal:
            verdicts[name] = refusal.code
    assert verdicts == {
        "png 50000x50000 1 bit": "too_many_pixels",
        "png 2147483647x1": "too_many_pixels",
        "png 7000x7000 rgba 16 bit": "too_many_pixels",
        "png ztxt 200 MB": "broken",
        "png iccp 100 MB": "broken",
        "png 5000 texts": "image/jpeg",
        "apng 300 frames": "image/jpeg",
        "jpeg 65500x65500": "too_many_pixels",
        "jpeg 7000x7000": "too_many_pixels",
        "webp 16383x3000": "too_many_pixels",
    }


# Several pictures in one file


def test_of_a_phone_photo_the_first_picture_is_taken() -> None:
    done = normalise(pictures.phone_photo(640, 480), LIMITS)
    assert (done.width, done.height, done.facts.format, done.facts.frames) == (640, 480, "JPEG", 2)


@pytest.mark.parametrize("format", ["PNG", "WebP", "AVIF"])
def test_of_an_animation_the_first_frame_is_taken(format: str) -> None:
    done = normalise(pictures.animation(format), LIMITS)
    red, green, blue = pictures.opened(done.picture).getpixel((50, 50))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 20
    assert done.facts.frames > 1


# Kinds of colour


def test_grey_of_sixteen_bits_keeps_its_steps() -> None:
    across = np.asarray(taken(pictures.deep_grey()))[30, :, 0]
    assert np.abs(across - np.arange(256)).max() <= 2


def test_colour_of_sixteen_bits_keeps_its_colour() -> None:
    assert colour_of(pictures.deep_colour((0xFFFF, 0x8000, 0x1234))) == (255, 128, 18)


def test_real_transparency_is_kept_and_an_idle_alpha_channel_is_not() -> None:
    half = normalise(pictures.deep_colour((0xFFFF, 0x8000, 0x1234, 0x8000)), LIMITS)
    full = normalise(pictures.deep_colour((0xFFFF, 0x8000, 0x1234, 0xFFFF)), LIMITS)
    assert (half.media_type, full.media_type) == ("image/png", "image/jpeg")
    assert pictures.opened(half.picture).getpixel((9, 9)) == (255, 128, 18, 128)


def test_a_colour_key_of_sixteen_bits_is_transparency() -> None:
    pixels = decode(pictures.deep_grey(256, 64, key=0), LIMITS)
    alpha = np.frombuffer(pixels.data, np.uint8).reshape(64, 256, 4)[30, :, 3]
    assert pixels.mode == "RGBA"
    assert alpha[0] == 0
    assert (alpha[1:] == 255).all()


@pytest.mark.parametrize("key", [1, 300, 32_768, 65_535])
def test_one_level_of_sixteen_bit_grey_is_seen_through_and_no_other(key: int) -> None:
    levels = np.array([0, key - 1, key, min(key + 1, 65_535), 65_535])
    row = zlib.compress(b"\0" + levels.astype(">u2").tobytes())
    pixels = decode(pictures.png(5, 1, 16, 0, row, (b"tRNS", key.to_bytes(2, "big"))), LIMITS)
    alpha = np.frombuffer(pixels.data, np.uint8)[3::4]
    assert (alpha == np.where(levels == key, 0, 255)).all()


def test_a_palette_with_transparency_keeps_both() -> None:
    palette = pictures.opened(pictures.cutout("#2060c0")).quantize(32)
    done = taken(pictures.encoded(palette, "PNG"))
    assert done.mode == "RGBA"
    assert done.getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert profiles.delta_e(done.getpixel((300, 480)), (0x20, 0x60, 0xC0)) < 2  # type: ignore[arg-type]


def test_black_and_white_and_palettes_become_rgb() -> None:
    for mode in ("1", "P", "L"):
        image = pictures.view(200, 100).convert(mode)
        assert distance(taken(pictures.encoded(image, "PNG")), image.convert("RGB")) < 6


def test_grey_with_alpha_keeps_both() -> None:
    image = Image.new("LA", (100, 100), (200, 128))
    assert colour_of(pictures.encoded(image, "PNG")) == (200, 200, 200, 128)


def test_cmyk_without_a_profile_keeps_its_hues() -> None:
    for ink, expected in (
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
    ):
        data = pictures.encoded(Image.new("CMYK", (100, 100), ink), "JPEG", quality=95)
        assert np.abs(np.subtract(colour_of(data), expected)).max() <= 4


# Profiles

PATCHES = (
    (200, 60, 40),
    (40, 160, 90),
    (30, 60, 200),
    (128, 128, 128),
    (230, 200, 160),
    (250, 250, 250),
    (90, 30, 60),
)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP", "HEIC", "AVIF"])
@pytest.mark.parametrize("primaries", [profiles.DISPLAY_P3, profiles.ADOBE_RGB, profiles.SRGB])
def test_a_profile_is_applied_before_it_is_dropped(primaries: profiles.Primaries, format: str) -> None:
    profile = profiles.rgb_profile(primaries)
    lossless = {"PNG": {}, "WebP": {"lossless": True}}
    for patch in PATCHES:
        options = lossless.get(format, {"quality": 100})
        data = pictures.encoded(Image.new("RGB", (96, 96), patch), format, icc_profile=profile, **options)
        expected = profiles.in_srgb(patch, primaries)
        assert profiles.delta_e(colour_of(data), expected) <= 2, (patch, colour_of(data), expected)


def test_a_profile_is_applied_under_transparency_too() -> None:
    image = Image.new("RGBA", (96, 96), (40, 160, 90, 128))
    data = pictures.encoded(image, "PNG", icc_profile=profiles.rgb_profile(profiles.ADOBE_RGB))
    *colour, alpha = colour_of(data)
    assert alpha == 128
    assert profiles.delta_e(tuple(colour), profiles.in_srgb((40, 160, 90), profiles.ADOBE_RGB)) <= 2


@pytest.mark.parametrize(("mode", "level"), [("L", 128), ("LA", (128, 90))])
def test_a_grey_profile_is_applied(mode: str, level: int) -> None:
    image = Image.new(mode, (96, 96), level)
    data = pictures.encoded(image, "PNG", icc_profile=profiles.grey_profile(1.0))
    expected = round(255 * profiles.srgb_level(128 / 255))
    assert np.abs(np.subtract(colour_of(data)[:3], expected)).max() <= 2
    assert colour_of(data)[3:] == ((90,) if mode == "LA" else ())


@pytest.mark.parametrize("format", ["PNG", "HEIC", "AVIF"])
def test_a_wide_gamut_named_by_a_code_is_known(format: str) -> None:
    patch = (40, 160, 90)
    if format == "PNG":
        row = b"\0" + bytes(patch) * 96
        data = pictures.png(96, 96, 8, 2, zlib.compress(row * 96), (b"cICP", bytes((12, 13, 0, 1))))
    else:
        options = {"color_primaries": 12, "transfer_characteristics": 13} if format == "HEIC" else {}
        data = pictures.encoded(Image.new("RGB", (96, 96), patch), format, quality=100, **options)
        data = data.replace(b"colrnclx\0\1\0\x0d", b"colrnclx\0\x0c\0\x0d")
    expected = profiles.in_srgb(patch, profiles.DISPLAY_P3, gamma=None)
    assert profiles.delta_e(colour_of(data), expected) <= 2


def test_a_camera_that_marks_adobe_rgb_without_a_profile_is_believed() -> None:
    patch, exif = (200, 60, 40), Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.ColorSpace] = 0xFFFF
    exif.get_ifd(IFD.Exif)[IFD.Interop] = {1: "R03", 2: b"0100"}
    data = pictures.encoded(Image.new("RGB", (96, 96), patch), "JPEG", quality=100, exif=exif)
    assert profiles.delta_e(colour_of(data), profiles.in_srgb(patch, profiles.ADOBE_RGB)) <= 2


def test_a_profile_for_other_colours_or_of_nonsense_is_ignored() -> None:
    image = Image.new("RGB", (96, 96), (40, 160, 90))
    for profile in (profiles.grey_profile(1.0), b"nonsense", profiles.rgb_profile(profiles.SRGB)[:200]):
        assert colour_of(pictures.encoded(image, "PNG", icc_profile=profile)) == (40, 160, 90)


def test_a_profile_that_is_srgb_by_another_name_moves_no_colour() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = pictures.encoded(pictures.view(320, 240), "PNG", icc_profile=srgb)
    assert decode(data, LIMITS).data == pictures.view(320, 240).tobytes()
