"""Cut one picture for one place: its window at exact pixels, the ground going on where it reaches beyond."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from PIL import Image

from studio.imaging.framing import Box, Safe, Shares, frame, visible, within
from studio.imaging.ground import Colour, ground_of, standing_out
from studio.imaging.panel import extend
from studio.imaging.plain import REDUCING_GAP

LANCZOS = Image.Resampling.LANCZOS


@dataclass(frozen=True)
class Cut:
    """`image` has exactly the target's pixels; `box` is its window, which may reach beyond the picture.

    `product` is where the product lies in `image`, as shares, and beyond where the picture
    cuts it; None when nobody knows.
    """

    image: Image.Image
    box: Box
    product: Shares | None = None

    @property
    def upscaled(self) -> bool:
        """Whether the window has fewer pixels than the target."""
        return self.box.width < self.image.width or self.box.height < self.image.height


def cut(
    image: Image.Image,
    target: tuple[int, int],
    product: Shares | None = None,
    safe: Safe | None = None,
    fill: tuple[float, float] | None = None,
) -> Cut:
    """The part of `image` (RGB, RGBA) that `frame` chooses, at the pixels of `target` (width, height).

    On a ground of one colour a product that nobody named is found, and `fill` is obeyed.
    """
    ground = ground_of(image)
    if product is None and ground is not None:
        product = standing_out(image, ground)
    seen = visible(product) if product else None
    box = frame(image.size, target, seen, safe, fill if ground is not None else None)
    made = (
        _resized(image, target, box)
        if box.inside(image.size)
        else _extended(image, target, box, seen, ground)
    )
    return Cut(made, box, within(box, image.size, product) if product else None)


def _resized(image: Image.Image, target: tuple[int, int], box: Box) -> Image.Image:
    if (box.width, box.height) == target:
        return image.crop(box.edges)
    return image.resize(target, LANCZOS, box=box.edges, reducing_gap=REDUCING_GAP)


def _extended(
    image: Image.Image, target: tuple[int, int], box: Box, product: Shares | None, ground: Colour | None
) -> Image.Image:
    """What the window has of the picture, and the ground beyond."""
    part = box.common(image.size)
    left, top, right, bottom = pads = box.pads(part, target)
    size = max(1, target[0] - left - right), max(1, target[1] - top - bottom)
    piece = image.resize(size, LANCZOS, box=part.edges, reducing_gap=REDUCING_GAP)
    if ground is not None:
        made = Image.new(image.mode, target, ground)
        made.paste(piece, (left, top))
        return made
    inside = _edges(within(part, image.size, product), size) if product else None
    return Image.fromarray(extend(np.asarray(piece), pads, inside))


def _edges(product: Shares, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of its place in whole pixels, all of it between them."""
    left, top, wide, high = product
    right, bottom = ceil((left + wide) * size[0]), ceil((top + high) * size[1])
    return floor(left * size[0]), floor(top * size[1]), right, bottom
