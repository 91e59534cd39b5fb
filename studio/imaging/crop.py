"""Cut one picture for one place: which part of it is kept, and that part at exact pixels."""

from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from studio.imaging.plain import REDUCING_GAP

CENTRE = (0.5, 0.5, 0.0, 0.0)


class Safe(NamedTuple):
    """What a channel's own buttons and texts may cover, in percent of the target's height or width."""

    top: float = 0
    bottom: float = 0
    left: float = 0
    right: float = 0


class Box(NamedTuple):
    """A window in whole pixels of the picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Cut:
    """`image` has exactly the target's pixels; `upscaled` when the window had fewer."""

    image: Image.Image
    box: Box
    upscaled: bool


def cut(
    image: Image.Image,
    target: tuple[int, int],
    product: tuple[float, float, float, float] | None = None,
    safe: Safe | None = None,
) -> Cut:
    """The part of `image` that crop_box chooses, at the pixels of `target` (width, height)."""
    box = crop_box(image.size, target, product, safe)
    upscaled = box.width < target[0] or box.height < target[1]
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    if (box.width, box.height) == target:
        return Cut(image.crop(edges), box, upscaled)
    sized = image.resize(target, Image.Resampling.LANCZOS, box=edges, reducing_gap=REDUCING_GAP)
    return Cut(sized, box, upscaled)


def margins(ratio: float, target: tuple[int, int], safe: Safe) -> Safe:
    """What to keep free in a picture of this ratio (width / height) that will be cut to `target`, in percent.

    A product that stands inside survives the cut in the middle, clear of the channel's own buttons.
    """
    wanted = target[0] / target[1]
    across, down = min(1.0, wanted / ratio), min(1.0, ratio / wanted)  # the window's shares of the picture
    beside, above = 50 * (1 - across), 50 * (1 - down)
    return Safe(
        above + safe.top * down, above + safe.bottom * down,
        beside + safe.left * across, beside + safe.right * across,
    )  # fmt: skip


def crop_box(
    size: tuple[int, int],
    target: tuple[int, int],
    product: tuple[float, float, float, float] | None = None,
    safe: Safe | None = None,
) -> Box:
    """The largest window with the ratio of `target` in a picture of `size` (both width, height in pixels).

    `product` is its box (x, y, width, height) as shares of the picture. The window keeps the product where
    the composition has it, moved as little as brings it inside the window and, if there is room, inside
    what `safe` leaves. A product too large for that is centred there.
    """
    width, height = _window(size, target)
    left, top, wide, high = product or CENTRE
    safe = safe or Safe()
    x = _offset(size[0], width, left, left + wide, safe.left, safe.right)
    y = _offset(size[1], height, top, top + high, safe.top, safe.bottom)
    return Box(x, y, width, height)


def _window(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
    (have_wide, have_high), (wide, high) = size, target
    if have_wide * high > have_high * wide:
        return max(1, round(have_high * wide / high)), have_high
    return have_wide, max(1, round(have_wide * high / wide))


def _offset(side: int, window: int, start: float, end: float, before: float, after: float) -> int:
    """Where the window begins on one axis; the later a wish is heard, the stronger it is."""
    centre = (start + end) / 2
    place = centre * (side - window)
    place = _between(end * side - window * (1 - after / 100), place, start * side - window * before / 100)
    place = _between(end * side - window, place, start * side)
    return round(_between(0, place, side - window))


def _between(low: float, value: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)
