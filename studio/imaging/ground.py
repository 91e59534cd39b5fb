"""The ground of a picture, as its outermost pixels tell it."""

from typing import Final

from PIL import Image, ImageChops

from studio.imaging.channel_rules import Background
from studio.imaging.framing import Shares
from studio.imaging.plain import on_white

NEARLY_WHITE: Final = 242  # of 255: a ground so bright all around was meant to be white
RIM: Final = 0.01  # of the shorter side
CLEAR: Final = 20  # px: so near to the product are a JPEG's echoes of it, in blocks of 16
NOISE: Final = 8  # of 255: less than that is no product
Colour = tuple[int, ...]
Part = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def ground_of(image: Image.Image) -> Colour | None:
    """The one colour all around an RGB or RGBA picture, which could go on for ever; None in a scene."""
    least, most = _border(image)
    if len(most) == 4 and most[3] == 0:
        return (0, 0, 0, 0)
    return most if least == most else None


def edge(image: Image.Image, product: Shares | None = None) -> tuple[Colour, Colour]:
    """The least and the most of each channel in a rim all around, or up to near the product."""
    return _border(image, _deep(image, product))


def soiled(image: Image.Image, product: Shares | None = None) -> tuple[str, ...]:
    """The sides on which what `edge` looks at is not pure white: left, top, right, bottom."""
    sides = zip(("left", "top", "right", "bottom"), _sides(image.size, _deep(image, product)), strict=True)
    return tuple(name for name, side in sides if min(_extremes(image, [side])[0][:3]) < 255)


def suited(image: Image.Image, background: Background) -> Image.Image:
    """What a channel's rule can have without another scene: cover instead of transparency, a clean white."""
    if image.mode == "RGBA" and (background.opaque or (background.white and not background.transparent)):
        image = on_white(image)
    return whitened(image) if background.white else image


def standing_out(image: Image.Image, ground: Colour) -> Shares | None:
    """The box of what is not `ground`, as shares of the picture."""
    if len(ground) == 4:
        box = image.getchannel("A").getbbox()
    else:
        apart = ImageChops.difference(image, Image.new(image.mode, image.size, ground))
        bands = [band.point(lambda level: 255 * (level > NOISE)) for band in apart.split()]
        box = Image.merge(image.mode, bands).getbbox()
    if box is None:
        return None
    (left, top, right, bottom), (wide, high) = box, image.size
    return left / wide, top / high, (right - left) / wide, (bottom - top) / high


def whitened(image: Image.Image) -> Image.Image:
    """With the white point at the darkest of a ground that is nearly white, as a retoucher sets it."""
    if image.mode != "RGB":
        return image
    least, _ = _border(image)
    if min(least) == 255 or min(least) < NEARLY_WHITE:
        return image
    return image.point([min(255, round(level * 255 / white)) for white in least for level in range(256)])


def _deep(image: Image.Image, product: Shares | None) -> tuple[int, ...]:
    """How many pixels from left, top, right and bottom are no product for certain."""
    rim = max(1, round(RIM * min(image.size)))
    if product is None:
        return (rim,) * 4
    left, top, wide, high = product
    free = (left, top, 1 - left - wide, 1 - top - high)
    return tuple(max(rim, round(room * image.size[i % 2]) - CLEAR) for i, room in enumerate(free))


def _sides(size: tuple[int, int], deep: tuple[int, ...]) -> list[Part]:
    """Strips so deep, at left, top, right, bottom."""
    (wide, high), (left, top, right, bottom) = size, deep
    return [
        (0, 0, left, high),
        (0, 0, wide, top),
        (wide - right, 0, wide, high),
        (0, high - bottom, wide, high),
    ]


def _border(image: Image.Image, deep: tuple[int, ...] = (1, 1, 1, 1)) -> tuple[Colour, Colour]:
    """The least and the most of each channel among the outermost pixels; `deep`: left, top, right, bottom."""
    return _extremes(image, _sides(image.size, deep))


def _extremes(image: Image.Image, parts: list[Part]) -> tuple[Colour, Colour]:
    """The least and the most of each channel in these parts."""
    found = [image.crop(side).getextrema() for side in parts]
    channels = list(zip(*found, strict=True))
    least = tuple(int(min(low for low, _ in channel)) for channel in channels)
    return least, tuple(int(max(top for _, top in channel)) for channel in channels)
