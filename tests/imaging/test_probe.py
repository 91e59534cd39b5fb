"""Content decides what a file is; everything else is refused by its name."""

import struct
import time
import tracemalloc
from contextlib import suppress

import pytest

from studio.imaging.errors import CODES, Refused
from studio.imaging.facts import Facts, Limits
from studio.imaging.header import MOST_SIZES, accept, cut_short
from studio.imaging.probe import probe
from tests import pictures

LIMITS = Limits()
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
}
OTHERS = {
    "GIF": b"GIF89a" + bytes(64),
    "TIFF": b"II*\0\x08\0\0\0" + bytes(64),
    "BMP": b"BM" + bytes(64),
    "PDF": b"%PDF-1.7\n" + bytes(64),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "PSD": b"8BPS\0\1" + bytes(64),
    "SVG": b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- hello -->\n<svg xmlns='http://www.w3.org/2000/svg'/>",
    "HTML": b"  \n<!DOCTYPE html><html><body><svg></svg></body></html>",
    "XML": b"<?xml version='1.0'?><rss/>",
    "JPEG XL": b"\xff\x0a" + bytes(64),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(64),
    "ZIP": b"PK\3\4" + bytes(64),
    "video": b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(64),
    "camera raw": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(64),
    "ICO": b"\0\0\1\0\1\0" + bytes(64),
    "program": b"MZ" + bytes(64),
}


def refusal(data: bytes, limits: Limits = LIMITS) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        probe(data, limits)
    return caught.value.code, caught.value.values


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_each_format_that_we_take_is_known_by_its_content(format: str) -> None:
    facts = probe(pictures.photo(320, 240, format), LIMITS)
    assert facts == Facts(format, MEDIA_TYPES[format], 320, 240, 1, False)


@pytest.mark.parametrize("format", OTHERS)
def test_every_other_format_is_refused_by_name(format: str) -> None:
    assert refusal(OTHERS[format]) == ("format_refused", {"format": format})


@pytest.mark.parametrize("maker", [b"NIKON CORPORATION\0", b"\x12\xc6\x01\x00\x04\x00\x00\x00\1\4\0\0"])
def test_raw_files_that_look_like_tiff_are_called_raw(maker: bytes) -> None:
    assert refusal(b"II*\0\x08\0\0\0" + bytes(100) + maker) == ("format_refused", {"format": "camera raw"})


def test_nothing_is_not_a_picture() -> None:
    assert refusal(b"") == ("empty", {})


@pytest.mark.parametrize("data", [b"hello", bytes(5000), b"\xff\xd8", b"\x89PNG", b"RIFF"])
def test_what_no_one_knows_is_not_an_image(data: bytes) -> None:
    assert refusal(data)[0] in ("not_an_image", "format_refused")


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_a_good_beginning_with_nonsense_behind_is_refused(format: str) -> None:
    code, values = refusal(pictures.photo(format=format)[:24] + bytes(range(256)) * 8)
    assert code in ("truncated", "broken", "too_many_pixels")
    assert values.keys() == CODES[code]


def test_the_byte_limit_is_exact() -> None:
    data = pictures.photo()
    assert probe(data, Limits(max_bytes=len(data))).width == 320
    over = refusal(data, Limits(max_bytes=len(data) - 1))
    assert over == ("too_many_bytes", {"bytes": len(data), "limit": len(data) - 1})


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_the_pixel_limit_is_exact_and_read_from_the_header(format: str) -> None:
    data = pictures.photo(320, 240, format)
    assert probe(data, Limits(max_pixels=320 * 240)).width == 320
    over = refusal(data, Limits(max_pixels=320 * 240 - 1))
    assert over == ("too_many_pixels", {"width": 320, "height": 240, "limit": 320 * 240 - 1})


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP", "AVIF"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5000), (5000, 1), (3, 3)])
def test_no_picture_is_too_small_to_be_read(width: int, height: int, format: str) -> None:
    facts = probe(pictures.encoded(pictures.Image.new("RGB", (width, height)), format), LIMITS)
    assert (facts.width, facts.height) == (width, height)


def test_width_and_height_are_those_of_the_upright_picture() -> None:
    sizes = [
        (probe(pictures.turned(tag), LIMITS).width, probe(pictures.turned(tag), LIMITS).height)
        for tag in range(1, 9)
    ]
    assert sizes == [(320, 240)] * 8


def test_the_pictures_inside_are_counted() -> None:
    assert probe(pictures.phone_photo(), LIMITS).frames == 2
    assert probe(pictures.animation("PNG"), LIMITS).frames == 3
    assert probe(pictures.animation("AVIF"), LIMITS).frames == 3


def test_a_place_for_transparency_is_seen() -> None:
    assert probe(pictures.cutout(), LIMITS).has_alpha
    assert probe(pictures.deep_grey(key=500), LIMITS).has_alpha
    assert not probe(pictures.photo(format="PNG"), LIMITS).has_alpha


def test_a_jpeg_cannot_claim_more_pixels_than_its_bytes_can_hold() -> None:
    assert refusal(pictures.lying_jpeg(7000, 7000)) == ("truncated", {"format": "JPEG"})
    plainest = pictures.encoded(pictures.Image.new("L", (4096, 4096), 128), "JPEG", progressive=True)
    assert probe(plainest, LIMITS).width == 4096


def test_no_beginning_of_a_file_breaks_the_look_at_it() -> None:
    for format in MEDIA_TYPES:
        data = pictures.photo(format=format)
        for end in range(1, 700):
            with suppress(Refused):
                accept(data[:end], LIMITS)
                cut_short(data[:end], format)


@pytest.mark.parametrize("marker", [b"\xff", b"\xff\xe0\0\2", b"\xff\xd0", b"\xff\xe0\0\0\xff"])
def test_a_header_that_never_ends_is_not_read_to_its_end(marker: bytes) -> None:
    data = b"\xff\xd8" + b"\xff\xe0\0\2" + marker * 3_000_000
    started = time.monotonic()
    assert accept(data, LIMITS) == "JPEG"
    assert time.monotonic() - started < 0.5


def test_hostile_exif_does_not_cost_the_picture() -> None:
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 65535) + b"\xff" * 200
    assert probe(pictures.photo(exif=exif), LIMITS).width == 320


def test_a_refusal_carries_exactly_the_values_of_its_sentence() -> None:
    with pytest.raises(TypeError):
        Refused("too_many_pixels", width=1)
    told = str(Refused("too_many_pixels", width=1, height=2, limit=3))
    assert told == "too_many_pixels width=1 height=2 limit=3"


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_the_largest_of_all_claimed_sizes_counts(format: str) -> None:
    claims = b"".join(claimed(side, side) for side in (10, 9000, 20))
    with pytest.raises(Refused) as caught:
        accept(pictures.photo(format=format) + claims, LIMITS)
    assert caught.value.values == {"width": 9000, "height": 9000, "limit": LIMITS.max_pixels}


def test_a_file_full_of_claims_is_refused_at_little_cost() -> None:
    """It is read in the process that serves pages."""
    good = pictures.photo(format="HEIC")
    assert accept(good + claimed(1, 1) * (MOST_SIZES - good.count(b"ispe")), LIMITS) == "HEIC"
    hostile = good + claimed(1, 1) * 500_000
    tracemalloc.start()
    with pytest.raises(Refused) as caught:
        accept(hostile, LIMITS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (caught.value.code, caught.value.values) == ("broken", {"format": "HEIC"})
    assert peak < 1_000_000


def claimed(width: int, height: int) -> bytes:
    return b"ispe" + struct.pack(">III", 0, width, height)
