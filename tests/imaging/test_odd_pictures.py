"""Good pictures of the oddest kinds, and small ones with each byte hurt, are read as Pillow reads them."""

import warnings
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from studio.imaging.decoder import Decoder
from studio.imaging.encode import webp
from studio.imaging.errors import Refused
from studio.imaging.facts import Limits
from studio.imaging.header import accept
from studio.imaging.normalise import decode, normalise
from tests import odd_pictures as odd
from tests import pictures
from tests.imaging import profiles

LIMITS = Limits()
SIZES = ((32, 32), (1, 1), (3, 5), (9, 1))
# Pillow compares the key of these with samples that it has already brought to 8 bits, and misses.
KEY_ASTRAY = ((odd.GREY, 2), (odd.GREY, 4), (odd.RGB, 16))
SMALL = {
    "JPEG": pictures.photo(16, 12),
    "progressive JPEG": pictures.photo(16, 12, progressive=True),
    "JPEG of a phone": pictures.phone_photo(16, 12),
    "PNG": pictures.photo(16, 12, "PNG"),
    "interlaced PNG": odd.png(odd.Kind(odd.RGBA, 16, interlaced=True), 7, 5),
    "animated PNG": pictures.animation("PNG", 3, 16, 12),
    "WebP": pictures.photo(16, 12, "WebP"),
    "lossless WebP": pictures.photo(16, 12, "WebP", lossless=True),
    "animated WebP": pictures.animation("WebP", 3, 16, 12),
}


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def ours(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 4), as we read it."""
    done = decode(data, LIMITS)
    return np.asarray(Image.frombytes(done.mode, (done.width, done.height), done.data).convert("RGBA"))


def plain(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 4), as plain Pillow reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > LIMITS.max_pixels:
                raise ValueError("too many pixels")
            image.load()
            return np.asarray(ImageOps.exif_transpose(image).convert("RGBA"))


def plain_takes(data: bytes) -> bool:
    try:
        return plain(data).size > 0
    except Exception:
        return False


def verdict(decoder: Decoder, data: bytes) -> str:
    try:
        return decoder.normalise(data).media_type
    except Refused as refusal:
        return refusal.code


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """The largest difference of any visible pixel."""
    assert one.shape == other.shape
    seen = (one[..., 3] > 0) | (other[..., 3] > 0)
    return int(np.abs(one.astype(int) - other)[seen].max(initial=0))


# --- Hurt ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_cut_at_every_byte_a_picture_meets_the_verdict_of_pillow(decoder: Decoder, name: str) -> None:
    whole = SMALL[name]
    decoder.normalise(whole)
    child = decoder._child
    for end in range(len(whole)):
        said = verdict(decoder, whole[:end])
        assert said.startswith("image/") == plain_takes(whole[:end]), (end, said)
        assert said not in ("decoder_died", "decoder_slow")
    assert decoder._child is child, "no cut has cost a child"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP", "interlaced PNG", "lossless WebP"])
def test_with_any_byte_turned_a_picture_meets_the_verdict_of_pillow(decoder: Decoder, name: str) -> None:
    whole = SMALL[name]
    decoder.normalise(whole)
    child = decoder._child
    for at in range(len(whole)):
        hurt = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        said = verdict(decoder, hurt)
        assert said.startswith("image/") == plain_takes(hurt) or hollow(hurt), (at, said)
        assert said not in ("decoder_died", "decoder_slow")
    assert decoder._child is child


def hollow(data: bytes) -> bool:
    """A JPEG that claims more pixels than its bytes can hold: a rule of ours alone."""
    try:
        return not accept(data, LIMITS)
    except Refused as refusal:
        return refusal.code == "truncated"


# --- Every kind of PNG ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", odd.KINDS, ids=str)
def test_every_kind_of_png_shows_the_samples_that_it_was_drawn_from(kind: odd.Kind) -> None:
    for size in SIZES:
        data = odd.png(kind, *size)
        astray = kind.keyed and (kind.colour, kind.depth) in KEY_ASTRAY
        assert apart(ours(data), plain(data) if astray else odd.seen(kind, *size)) <= 1


# --- Every way to save ---------------------------------------------------------------------------


@cache
def saved() -> dict[str, bytes]:
    view, clear = pictures.view(96, 64), pictures.opened(pictures.cutout(width=96, height=96))
    masked = clear.quantize(16)
    return {
        **{f"PNG {mode}": pictures.encoded(view.convert(mode), "PNG") for mode in ("1", "L", "P", "RGB")},
        **{f"PNG {mode}": pictures.encoded(clear.convert(mode), "PNG") for mode in ("LA", "RGBA")},
        "PNG P with alpha": pictures.encoded(masked, "PNG"),
        "PNG L keyed": pictures.encoded(view.convert("L"), "PNG", transparency=90),
        "PNG RGB keyed": pictures.encoded(view, "PNG", transparency=view.getpixel((50, 50))),
        **{f"JPEG {mode}": pictures.encoded(view.convert(mode), "JPEG") for mode in ("L", "CMYK")},
        "JPEG progressive": pictures.photo(96, 64, progressive=True),
        "JPEG CMYK progressive": pictures.encoded(view.convert("CMYK"), "JPEG", progressive=True),
        "JPEG 4:4:4": pictures.photo(97, 61, subsampling="4:4:4"),
        "JPEG 4:2:2": pictures.photo(97, 61, subsampling="4:2:2"),
        "JPEG restarts": pictures.photo(96, 64, restart_marker_blocks=1),
        "JPEG of a phone": pictures.phone_photo(96, 64),
        "WebP": pictures.photo(97, 61, "WebP"),
        "WebP lossless": pictures.photo(97, 61, "WebP", lossless=True),
        "WebP alpha": pictures.encoded(clear, "WebP"),
        "WebP alpha lossless": pictures.encoded(clear, "WebP", lossless=True, exact=True),
        "animated PNG": pictures.animation("PNG"),
        "animated PNG beside its picture": pictures.encoded(
            view, "PNG", save_all=True, default_image=True, append_images=[clear.convert("RGB"), view]
        ),
        "animated WebP": pictures.animation("WebP"),
    }  # fmt: skip


@pytest.mark.parametrize("name", saved())
def test_a_picture_without_a_profile_has_the_pixels_that_pillow_reads(name: str) -> None:
    assert apart(ours(saved()[name]), plain(saved()[name])) == 0


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 3), (2, 16_383)])
def test_lines_and_dots_have_a_working_copy_a_thumb_and_a_screen_copy(
    size: tuple[int, int], format: str
) -> None:
    data = pictures.photo(*size, format)
    assert apart(ours(data), plain(data)) == 0
    done = normalise(data, LIMITS)
    for copy, side in ((done.picture, 4096), (done.thumb, 480), (webp(pictures.opened(data), 1600), 1600)):
        image = pictures.opened(copy)
        assert max(image.size) == min(max(size), side)
        assert min(image.size) >= 1


# --- EXIF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("name", odd.exif_loops())
def test_exif_that_leads_in_circles_costs_neither_picture_nor_orientation(name: str, format: str) -> None:
    data = pictures.photo(96, 64, format, exif=odd.exif_loops()[name])
    assert ours(data).shape == (96, 64, 4)
    assert apart(ours(data), plain(data)) == 0


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_eight_orientations_look_like_the_first(orientation: int, format: str) -> None:
    turned, upright = (ours(pictures.turned(tag, format=format)) for tag in (orientation, 1))
    assert np.abs(turned.astype(int) - upright).mean() <= 5
    assert apart(turned, plain(pictures.turned(orientation, format=format))) == 0


# --- Profiles ------------------------------------------------------------------------------------


@pytest.mark.parametrize("inks", odd.INKS)
def test_inks_are_shown_as_their_profile_prints_them(inks: tuple[int, int, int, int]) -> None:
    image = Image.new("CMYK", (64, 64), inks)
    data = pictures.encoded(image, "JPEG", quality=100, icc_profile=odd.cmyk_profile())
    assert profiles.delta_e(tuple(ours(data)[30, 30, :3].tolist()), odd.INKS[inks]) <= 2


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
def test_a_profile_of_another_kind_of_colour_moves_nothing(format: str) -> None:
    for profile in (profiles.grey_profile(1.0), odd.cmyk_profile()):
        data = pictures.photo(96, 64, format, icc_profile=profile)
        assert apart(ours(data), plain(data)) == 0


def test_a_display_profile_on_inks_moves_nothing() -> None:
    profile = profiles.rgb_profile(profiles.DISPLAY_P3)
    data = pictures.encoded(pictures.view(96, 64).convert("CMYK"), "JPEG", icc_profile=profile)
    assert apart(ours(data), plain(data)) == 0


def test_a_profile_cut_anywhere_is_either_followed_or_ignored() -> None:
    whole, patch = profiles.rgb_profile(profiles.ADOBE_RGB), (200, 60, 40)
    image = Image.new("RGB", (8, 8), patch)
    moved = tuple(ours(pictures.encoded(image, "PNG", icc_profile=whole))[4, 4, :3].tolist())
    assert profiles.delta_e(moved, profiles.in_srgb(patch, profiles.ADOBE_RGB)) <= 2
    for end in range(1, len(whole)):
        data = pictures.encoded(image, "PNG", icc_profile=whole[:end])
        assert tuple(ours(data)[4, 4, :3].tolist()) in (patch, moved), end
