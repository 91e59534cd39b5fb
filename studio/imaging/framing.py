"""Which window of a picture a placement shows.

`crop_box` stays inside the picture. `frame` may reach beyond it, where panel.py lets the ground go on: before
the product is cut, touches an edge, or stands under a channel's buttons.
"""

from typing import Final, NamedTuple

MOST_LOST: Final = 0.35  # share of a picture that is cut away when nobody knows where the product is
ROOM: Final = 0.78  # of a side at most, for a product in a window that reaches beyond the picture
BREATH: Final = 6.0  # percent of a side that the product likes around it
SPARE: Final = 0.01  # so that a fill is obeyed by whoever measures it on blurred edges
NEAR: Final = 2.0  # closer than that it seems to touch the edge

Shares = tuple[float, float, float, float]


class Safe(NamedTuple):
    """What a channel's own buttons and texts may cover, in percent of the target's height or width."""

    top: float = 0
    bottom: float = 0
    left: float = 0
    right: float = 0

    def least(self, across: float, down: float) -> "Safe":
        """Never less than so much at left and right, at top and bottom."""
        return Safe(
            max(self.top, down), max(self.bottom, down), max(self.left, across), max(self.right, across)
        )


class Box(NamedTuple):
    """A window in whole pixels of the picture; `x` and `y` are negative where it begins before it."""

    x: int
    y: int
    width: int
    height: int

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    def inside(self, size: tuple[int, int]) -> bool:
        """Whether a picture of `size` holds all of it."""
        left, top, right, bottom = self.edges
        return left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1]

    def common(self, size: tuple[int, int]) -> "Box":
        """What it shows of a picture of `size`."""
        left, top, right, bottom = self.edges
        left, top, right, bottom = max(0, left), max(0, top), min(size[0], right), min(size[1], bottom)
        return Box(left, top, right - left, bottom - top)

    def pads(self, part: "Box", target: tuple[int, int]) -> tuple[int, int, int, int]:
        """What it has beyond `part` at left, top, right, bottom, in pixels of the target that it becomes."""
        across, down = target[0] / self.width, target[1] / self.height
        beyond = [abs(theirs - ours) for theirs, ours in zip(part.edges, self.edges, strict=True)]
        left, top, right, bottom = beyond
        return round(left * across), round(top * down), round(right * across), round(bottom * down)


CENTRE: Final[Shares] = (0.5, 0.5, 0.0, 0.0)
WHOLE: Final[Shares] = (0.0, 0.0, 1.0, 1.0)
NOTHING: Final = Safe()


def margins(ratio: float, target: tuple[int, int], safe: Safe) -> Safe:
    """What to keep free in a picture of this ratio (width / height) that will be cut to `target`, in percent.

    A product that stands inside survives the cut in the middle, clear of the channel's own buttons, and with
    some breath where something is cut away.
    """
    wanted = target[0] / target[1]
    across, down = min(1.0, wanted / ratio), min(1.0, ratio / wanted)  # the window's shares of the picture
    beside, above = 50 * (1 - across), 50 * (1 - down)
    safe = safe.least(across=BREATH if beside else 0, down=BREATH if above else 0)
    return Safe(
        above + safe.top * down, above + safe.bottom * down,
        beside + safe.left * across, beside + safe.right * across,
    )  # fmt: skip


def frame(
    size: tuple[int, int],
    target: tuple[int, int],
    product: Shares | None = None,
    safe: Safe | None = None,
    fill: tuple[float, float] | None = None,
) -> Box:
    """The window with the ratio of `target` in a picture of `size`: crop_box's, unless that one does harm.

    Then it is as large as gives the product room inside `safe`, though it reaches beyond the picture. `fill`
    is the least and the most that the product takes of a side, for grounds that go on by themselves.
    Where nobody knows the product, all of the picture is kept rather than more than MOST_LOST cut away.
    """
    safe = safe or NOTHING
    window = crop_box(size, target, product, safe.least(BREATH, BREATH))
    if product is None:
        lost = 1 - window.width * window.height / (size[0] * size[1])
        return window if lost <= MOST_LOST else _around(size, target, WHOLE, NOTHING, 1.0, 1.0)
    taken = filled(window, size, product)
    if fill and (share := _other_share(taken, fill)):
        return _centred(size, target, product, share)
    if holds(window, size, product, safe.least(NEAR, NEAR)):
        return window
    if fill:  # it fills rightly and stands at the edge
        return _centred(size, target, product, taken)
    across, down = (1 - (before + after) / 100 for before, after in (_across(safe), _down(safe)))
    return _around(size, target, product, safe, min(across, ROOM), min(down, ROOM))


def crop_box(
    size: tuple[int, int], target: tuple[int, int], product: Shares | None = None, safe: Safe | None = None
) -> Box:
    """The largest window with the ratio of `target` in a picture of `size` (both width, height in pixels).

    `product` is its box (x, y, width, height) as shares of the picture. The window keeps the product where
    the composition has it, moved as little as brings it inside the window and, if there is room, inside
    what `safe` leaves. A product too large for that is centred there.
    """
    width, height = _window(size, target)
    left, top, wide, high = product or CENTRE
    safe = safe or NOTHING
    x = _offset(size[0], width, left, left + wide, *_across(safe))
    y = _offset(size[1], height, top, top + high, *_down(safe))
    return Box(x, y, width, height)


def filled(window: Box, size: tuple[int, int], product: Shares) -> float:
    """What the product takes of the window's width or height, whichever is more."""
    return max(product[2] * size[0] / window.width, product[3] * size[1] / window.height)


def holds(window: Box, size: tuple[int, int], product: Shares, safe: Safe) -> bool:
    """Whether the product is clear of the window's edges and of `safe`, give or take a pixel."""
    left, top, wide, high = product
    return _clear(window.x, window.width, left * size[0], (left + wide) * size[0], *_across(safe)) and _clear(
        window.y, window.height, top * size[1], (top + high) * size[1], *_down(safe)
    )


def visible(product: Shares) -> Shares:
    """What the picture shows of a product that leaves it."""
    left, top, wide, high = product
    first, above, last, below = (min(max(one, 0.0), 1.0) for one in (left, top, left + wide, top + high))
    return first, above, last - first, below - above


def within(box: Box, size: tuple[int, int], product: Shares) -> Shares:
    """The product's place, known in a picture of `size`, as shares of the window."""
    left, top, wide, high = product
    return (
        (left * size[0] - box.x) / box.width, (top * size[1] - box.y) / box.height,
        wide * size[0] / box.width, high * size[1] / box.height,
    )  # fmt: skip


def _other_share(share: float, fill: tuple[float, float]) -> float:
    """The nearest share that obeys `fill`, a little inside; 0 when this one does."""
    least, most = fill
    if share < least:
        return min(least + SPARE, most)
    return max(most - SPARE, least) if share > most else 0.0


def _clear(at: int, window: int, start: float, end: float, before: float, after: float) -> bool:
    return start - at >= window * before / 100 - 1 and at + window - end >= window * after / 100 - 1


def _around(
    size: tuple[int, int], target: tuple[int, int], product: Shares, safe: Safe, across: float, down: float
) -> Box:
    """The smallest window in which the product takes at most these shares, in its place in the whole."""
    left, top, wide, high = product
    width, height = _grown(target, wide * size[0] / across, high * size[1] / down)
    safe = safe.least(NEAR, NEAR)
    x = _reach(size[0], width, left, left + wide, *_across(safe))
    y = _reach(size[1], height, top, top + high, *_down(safe))
    return Box(x, y, width, height)


def _centred(size: tuple[int, int], target: tuple[int, int], product: Shares, share: float) -> Box:
    """The window in whose middle the product takes this share of a side."""
    left, top, wide, high = product
    width, height = _grown(target, wide * size[0] / share, high * size[1] / share)
    x = round((left + wide / 2) * size[0] - width / 2)
    return Box(x, round((top + high / 2) * size[1] - height / 2), width, height)


def _grown(target: tuple[int, int], width: float, height: float) -> tuple[int, int]:
    """The smallest size of the target's ratio that is as wide and as high as this."""
    scale = max(width / target[0], height / target[1])
    return max(1, round(scale * target[0])), max(1, round(scale * target[1]))


def _across(safe: Safe) -> tuple[float, float]:
    return safe.left, safe.right


def _down(safe: Safe) -> tuple[float, float]:
    return safe.top, safe.bottom


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


def _reach(side: int, window: int, start: float, end: float, before: float, after: float) -> int:
    """The same for a window that may leave the picture when the product needs it to."""
    place = (start + end) / 2 * (side - window)
    low, high = end * side - window * (1 - after / 100), start * side - window * before / 100
    return round(_between(low, place, high))


def _between(low: float, value: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)
