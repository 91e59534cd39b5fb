"""What is held against a file, read back from its bytes. Each test is about one rule."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from studio.imaging.channel_check import Piece, Rule, check
from studio.imaging.channel_rules import Background, Notes
from studio.imaging.framing import Box, Safe
from tests import pictures

PLAIN = Rule(400, 300, ("JPEG", "PNG"))
WHOLE = Piece(Box(0, 0, 400, 300), (400, 300), (0.1, 0.1, 0.8, 0.8))


def on(colour: str | tuple[int, ...], format: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A file with a dark product on a ground of one colour."""
    image = Image.new(mode, (400, 300), colour)
    ImageDraw.Draw(image).rectangle((40, 30, 359, 269), fill="#802010")
    return pictures.encoded(image, format, **options)


SCENE = pictures.encoded(pictures.view(400, 300), "JPEG")


def found(data: bytes, rule: Rule = PLAIN, piece: Piece = WHOLE) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in check(data, rule, piece)]


def white(**more: object) -> Rule:
    return replace(PLAIN, background=Background(white=True, **more))  # type: ignore[arg-type]


def test_a_good_file_has_nothing_against_it() -> None:
    assert found(SCENE) == []


def test_a_broken_file_is_told() -> None:
    assert found(SCENE[: len(SCENE) // 2]) == [("file_broken", "failure")]
    assert found(b"no picture") == [("file_broken", "failure")]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (replace(PLAIN, formats=("PNG", "WEBP")), "format_not_taken"),
        (replace(PLAIN, width=401), "other_pixels"),
        (replace(PLAIN, max_bytes=100), "over_limit"),
    ],
)
def test_what_the_file_itself_lacks(rule: Rule, code: str) -> None:
    assert found(SCENE, rule)[0] == (code, "failure")


def test_other_colours_than_srgb_are_told() -> None:
    grey = pictures.encoded(Image.new("CMYK", (400, 300)), "JPEG")
    assert found(grey) == [("other_colours", "failure")]
    assert found(SCENE, replace(PLAIN, background=Background(cmyk=True))) == [("cmyk_expected", "warning")]


def test_white_is_255_and_nothing_else() -> None:
    assert found(on("#ffffff"), white()) == []
    [darker] = check(on("#fdfdfd", "PNG"), white(), WHOLE)
    assert (darker.code, darker.level) == ("ground_not_white", "failure")
    assert darker.values == {"darkest": 253, "where": "left, top, right, bottom"}


def test_where_white_is_not_white_is_said() -> None:
    image = Image.new("RGB", (400, 300), "#ffffff")
    image.paste((250, 250, 250), (390, 120, 395, 180))
    [spot] = check(pictures.encoded(image, "PNG"), white(), WHOLE)
    assert spot.values == {"darkest": 250, "where": "right"}


def test_grey_inside_the_rim_is_seen_where_no_product_is() -> None:
    image = Image.new("RGB", (400, 300), "#ffffff")
    image.paste((250, 250, 250), (30, 30, 60, 60))
    image.paste((90, 60, 40), (200, 100, 300, 250))
    file = pictures.encoded(image, "PNG")
    assert found(file, white(), replace(WHOLE, product=(0.5, 1 / 3, 0.25, 0.5))) == [
        ("ground_not_white", "failure")
    ]
    assert found(file, white(), replace(WHOLE, product=(0.05, 0.05, 0.7, 0.8))) == []


def test_nothing_is_as_good_as_white_only_where_the_channel_says_so() -> None:
    bare = on((0, 0, 0, 0), "PNG", "RGBA")
    assert found(bare, white(transparent=True)) == []
    assert found(bare, white()) == [("ground_transparent", "failure")]
    assert found(bare, replace(PLAIN, background=Background(opaque=True))) == [
        ("ground_transparent", "failure")
    ]


def test_a_channel_that_wants_a_scene_turns_plain_grounds_down() -> None:
    wants = replace(PLAIN, background=Background(scene=True))
    assert found(SCENE, wants) == []
    for plain in (on("#ffffff"), on("#3a6a5c"), on((0, 0, 0, 0), "PNG", "RGBA")):
        assert found(plain, wants) == [("ground_plain", "failure")]


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.74, [("fills_too_little", "failure")]),
        (0.76, []),
        (0.9, []),
        (0.93, [("fills_too_much", "warning")]),
    ],
)
def test_the_product_fills_what_it_should(share: float, told: list[tuple[str, str]]) -> None:
    piece = replace(WHOLE, product=(0.02, 0.02, 0.5, share))
    bare = pictures.encoded(Image.new("RGB", (400, 300), "#ffffff"), "JPEG")
    assert found(bare, white(fill=(0.75, 0.9)), piece) == told


def test_a_product_that_is_cut_is_a_failure() -> None:
    inner = Piece(Box(100, 100, 400, 300), (600, 500))
    for product in ((-0.1, 0.1, 0.5, 0.5), (0.1, 0.6, 0.5, 0.45)):
        assert found(SCENE, PLAIN, replace(inner, product=product)) == [("product_cut", "failure")]


def test_a_product_that_its_picture_cuts_is_a_failure_also_where_ground_was_added() -> None:
    whole = replace(WHOLE, product=(-0.1, 0.1, 0.5, 0.5))
    wider = Piece(Box(-200, 0, 800, 300), (400, 300), (0.2, 0.1, 0.2, 0.5))
    for piece in (whole, wider):
        assert found(SCENE, PLAIN, piece) == [("product_leaves", "failure")]
    assert ("product_leaves", "failure") not in found(
        SCENE, PLAIN, replace(wider, product=(0.26, 0.1, 0.2, 0.5))
    )


def test_a_product_under_the_channels_buttons_is_a_warning() -> None:
    story = replace(PLAIN, safe=Safe(top=14, bottom=20))
    assert found(SCENE, story, replace(WHOLE, product=(0.1, 0.15, 0.8, 0.6))) == []
    [covered] = check(SCENE, story, WHOLE)
    assert (covered.code, covered.values) == ("outside_safe", {"margins": "14 % top, 20 % bottom"})


def test_an_unknown_product_is_told_only_where_something_is_lost() -> None:
    unknown = Piece(Box(0, 0, 400, 300), (400, 300))
    assert found(SCENE, PLAIN, unknown) == []
    assert found(SCENE, PLAIN, replace(unknown, size=(500, 300))) == [("place_unknown", "warning")]
    assert found(SCENE, replace(PLAIN, safe=Safe(top=9)), unknown) == [("place_unknown", "warning")]


def test_fewer_pixels_than_the_file_has_are_told() -> None:
    small = replace(WHOLE, window=Box(0, 0, 200, 150))
    assert found(SCENE, PLAIN, small) == [("upscaled", "warning")]
    strict = replace(PLAIN, notes=Notes(refuses_enlarged=True))
    assert found(SCENE, strict, small) == [("upscaled", "warning"), ("enlarging_refused", "failure")]


def test_fewer_pixels_than_the_channels_least_are_a_failure() -> None:
    small = replace(WHOLE, window=Box(0, 0, 200, 150))
    assert found(SCENE, replace(PLAIN, least=(200, 150)), small) == [("upscaled", "warning")]
    assert found(SCENE, replace(PLAIN, least=(201, 0)), small)[1] == ("too_few_pixels", "failure")


def test_a_wish_for_real_photos_is_passed_on_and_never_a_failure() -> None:
    [note] = check(SCENE, replace(PLAIN, notes=Notes("Used items need real photos")), WHOLE)
    assert (note.code, note.level) == ("real_photo_expected", "warning")
    assert note.values == {"note": "Used items need real photos"}
