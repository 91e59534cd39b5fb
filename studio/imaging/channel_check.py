"""Whether a channel takes a file, read back from its bytes.

A failure is what the channel refuses or what would shame the product in it; a warning is what a person should
know before. What that means for the picture's own pixels, which nobody sees in the file:

- fewer than the file has: it is enlarged, a warning; where the channel refuses enlarged pictures, a failure;
- fewer than the channel's least: a failure. The least is there so that there is something to see when people
  zoom or print; a file that was blown up to it keeps the letter of the rule and nothing else.

A channel that asks for photos of the item itself is never a failure: what a composite of a photograph is to
it, people decide. Whether the ratio is right follows from the pixels, which are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, Literal

from PIL import Image

from studio.imaging.channel_rules import Background, Notes
from studio.imaging.framing import Box, Safe, Shares, holds
from studio.imaging.ground import Colour, edge, soiled

Level = Literal["warning", "failure"]
FORMATS: Final = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}  # by Pillow's names
PLAIN: Final = 6  # of 255: a ground that differs less than that all around is no scene
HARDLY: Final = 0.08  # share of a picture: so little of its edges is hardly ever product
PREVIEW: Final = (64, 64)  # the least that is decoded when only the end of the file matters


@dataclass(frozen=True)
class Rule:
    """What a placement asks. `formats` in any case; `least` is width and height, 0 where none is named."""

    width: int
    height: int
    formats: tuple[str, ...]
    max_bytes: int | None = None
    least: tuple[int, int] = (0, 0)
    safe: Safe = Safe()
    background: Background = Background()
    notes: Notes = Notes()


@dataclass(frozen=True)
class Piece:
    """Where the file comes from: the `window` of a picture of `size`, and the product's box in the file."""

    window: Box
    size: tuple[int, int]
    product: Shares | None = None


@dataclass(frozen=True)
class ChannelFinding:
    """`code` is a message's, `values` fill its sentence."""

    code: str
    level: Level
    values: dict[str, Any] = field(default_factory=dict)


def check(data: bytes, rule: Rule, piece: Piece) -> list[ChannelFinding]:
    """Everything that the channel, or a person, may hold against this file."""
    try:
        size, image = _decoded(data, whole=_looks(rule.background))
    except (OSError, SyntaxError, ValueError):
        return [ChannelFinding("file_broken", "failure")]
    return [
        *_file(data, image, size, rule),
        *_ground(image, rule.background, piece.product),
        *_product(rule, piece),
        *_resolution(rule, piece.window),
        *_policy(rule),
    ]


def _decoded(data: bytes, whole: bool) -> tuple[tuple[int, int], Image.Image]:
    """The size, and the pixels read to the end: a JPEG in small when nobody looks at them."""
    with Image.open(BytesIO(data), formats=list(FORMATS)) as image:
        size = image.size
        if not whole:
            image.draft(None, PREVIEW)
        image.load()
        return size, image


def _looks(background: Background) -> bool:
    return background.white or background.scene or background.opaque


def _file(data: bytes, image: Image.Image, size: tuple[int, int], rule: Rule) -> Iterator[ChannelFinding]:
    name = FORMATS[image.format or ""]
    if name.upper() not in {one.upper() for one in rule.formats}:
        yield ChannelFinding(
            "format_not_taken", "failure", {"format": name, "formats": ", ".join(rule.formats)}
        )
    if size != (rule.width, rule.height):
        asked = {"asked_width": rule.width, "asked_height": rule.height}
        yield ChannelFinding("other_pixels", "failure", {"width": size[0], "height": size[1], **asked})
    if rule.max_bytes is not None and len(data) > rule.max_bytes:
        yield ChannelFinding("over_limit", "failure", {"bytes": len(data), "limit": rule.max_bytes})
    if image.mode not in ("RGB", "RGBA"):
        yield ChannelFinding("other_colours", "failure", {"mode": image.mode})
    if rule.background.cmyk:
        yield ChannelFinding("cmyk_expected", "warning")


def _ground(image: Image.Image, background: Background, product: Shares | None) -> Iterator[ChannelFinding]:
    if not _looks(background):
        return
    least, most = edge(image, product if background.white else None)
    bare = len(least) == 4 and least[3] < 255
    nothing = bare and most[3] == 0
    if bare and (background.opaque or (background.white and not (nothing and background.transparent))):
        yield ChannelFinding("ground_transparent", "failure")
    elif background.white and not bare and min(least) < 255:
        yield ChannelFinding(
            "ground_not_white", "failure", {"darkest": min(least), "where": ", ".join(soiled(image, product))}
        )
    if background.scene and (bare or _plain(least, most)):
        yield ChannelFinding("ground_plain", "failure")


def _plain(least: Colour, most: Colour) -> bool:
    return all(high - low <= PLAIN for low, high in zip(least, most, strict=True))


def _product(rule: Rule, piece: Piece) -> Iterator[ChannelFinding]:
    product = piece.product
    if product is None:
        if _matters(rule, piece):
            yield ChannelFinding("place_unknown", "warning")
        return
    window, size = Box(0, 0, rule.width, rule.height), (rule.width, rule.height)
    if _leaves(piece, product):
        yield ChannelFinding("product_leaves", "failure")
    elif not holds(window, size, product, Safe()):
        yield ChannelFinding("product_cut", "failure")
    elif not holds(window, size, product, rule.safe):
        yield ChannelFinding("outside_safe", "warning", _covers(rule.safe))
    if rule.background.fill:
        yield from _filling(max(product[2:]), *rule.background.fill)


def _leaves(piece: Piece, product: Shares) -> bool:
    """Whether the picture itself ends in the product, whatever ground was added around it."""
    left, top, wide, high = product
    window, (across, down) = piece.window, piece.size
    own = (
        (window.x + left * window.width) / across, (window.y + top * window.height) / down,
        wide * window.width / across, high * window.height / down,
    )  # fmt: skip
    return not holds(Box(0, 0, across, down), piece.size, own, Safe())


def _matters(rule: Rule, piece: Piece) -> bool:
    """Whether something of the picture is gone, covered, or measured."""
    part = piece.window.common(piece.size)
    lost = 1 - part.width * part.height / (piece.size[0] * piece.size[1])
    return lost > HARDLY or any(rule.safe) or rule.background.fill is not None


def _covers(safe: Safe) -> dict[str, Any]:
    return {
        "margins": ", ".join(
            f"{getattr(safe, side):g} % {side}" for side in safe._fields if getattr(safe, side)
        )
    }


def _filling(share: float, least: float, most: float) -> Iterator[ChannelFinding]:
    values = {"percent": round(100 * share), "least": round(100 * least), "most": round(100 * most)}
    if share < least:
        yield ChannelFinding("fills_too_little", "failure", values)
    elif share > most + 0.005:
        yield ChannelFinding("fills_too_much", "warning", values)


def _resolution(rule: Rule, window: Box) -> Iterator[ChannelFinding]:
    have = {"width": window.width, "height": window.height}
    if window.width < rule.width or window.height < rule.height:
        yield ChannelFinding("upscaled", "warning", have)
        if rule.notes.refuses_enlarged:
            yield ChannelFinding("enlarging_refused", "failure")
    if window.width < rule.least[0] or window.height < rule.least[1]:
        least = {"least_width": rule.least[0], "least_height": rule.least[1]}
        yield ChannelFinding("too_few_pixels", "failure", have | least)


def _policy(rule: Rule) -> Iterator[ChannelFinding]:
    if rule.notes.real_photo:
        yield ChannelFinding("real_photo_expected", "warning", {"note": rule.notes.real_photo})
