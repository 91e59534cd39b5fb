"""The packshot laid in register with the picture: the same product at the same place and size."""

from dataclasses import dataclass

from studio.models import Packshot, Render
from studio.web import addresses


@dataclass(frozen=True)
class Strip:
    """A part of the packshot (`view`, in its pixels) laid over a place of the stage."""

    x: float
    y: float
    width: float
    height: float
    view: str


@dataclass(frozen=True)
class Before:
    """The packshot on a stage of the picture's pixels: the same product at the same place and size.

    Where the stage is larger than the packshot, the rim of the packshot is drawn out to the stage's edge,
    and the packshot's own edge fades into it over `fade` pixels.
    """

    address: str
    stage: tuple[int, int]
    size: tuple[int, int]
    x: float
    y: float
    scale: float

    @property
    def width(self) -> float:
        return round(self.size[0] * self.scale, 1)

    @property
    def height(self) -> float:
        return round(self.size[1] * self.scale, 1)

    @property
    def rims(self) -> list[Strip]:
        """Nine parts of the packshot, three by three: corners and edges are thin and are stretched."""
        return [
            Strip(x, y, width, height, f"{left} {top} {wide} {high}")
            for x, width, left, wide in self._across(0)
            for y, height, top, high in self._across(1)
        ]

    @property
    def fade(self) -> float:
        return round(min(self.width, self.height) * 0.04, 1)

    @property
    def third(self) -> float:
        return round(self.fade / 3, 1)

    @property
    def inner(self) -> tuple[float, float, float, float]:
        """Where the packshot is whole: x, y, width, height on the stage."""
        fade = self.fade
        inside = (self.x + fade, self.y + fade, self.width - 2 * fade, self.height - 2 * fade)
        x, y, width, height = (round(side, 1) for side in inside)
        return x, y, width, height

    def _across(self, axis: int) -> list[tuple[float, float, int, int]]:
        """Along one axis: place and length on the stage, place and length in the packshot. Empty parts go.

        The outer parts reach past the stage, so that blurring them lets nothing else in.
        """
        start, length = (self.x, self.y)[axis], (self.width, self.height)[axis]
        size, past = self.size[axis], 3 * self.fade
        thin, end = max(1, size // 100), self.stage[axis] + past
        parts = [
            (-past, start + past, thin, thin),
            (start, length, 0, size),
            (start + length, end - start - length, size - 2 * thin, thin),
        ]
        return [(round(at, 1), round(long, 1), own, wide) for at, long, own, wide in parts if long > 0]


def before(render: Render) -> Before | None:
    """None for a picture that was drawn from words alone."""
    packshot, stage = render.packshot, (render.width or 1, render.height or 1)
    if packshot is None:
        return None
    own = packshot.box_at(render.started_at or render.created_at) if render.box else None
    x, y, scale = _register(packshot, own, render.box, stage) or _contained(packshot, stage)
    size = (packshot.width, packshot.height)
    return Before(addresses.of_packshot(packshot), stage, size, round(x, 1), round(y, 1), scale)


def _register(
    packshot: Packshot, own: list[float] | None, box: list[float] | None, stage: tuple[int, int]
) -> tuple[float, float, float] | None:
    """Place and scale at which the packshot's product covers the picture's: centred, feet on feet.

    `own` is where the product is in the packshot, `box` where it is in the picture; both as shares.
    """
    if not (own and box and min(own[2:]) > 0 and min(box[2:]) > 0):
        return None
    left, top, wide, high = (side * stage[i % 2] for i, side in enumerate(box))
    from_left, from_top, own_wide, own_high = (
        side * (packshot.width, packshot.height)[i % 2] for i, side in enumerate(own)
    )
    scale = (wide / own_wide + high / own_high) / 2
    x = left + wide / 2 - (from_left + own_wide / 2) * scale
    y = top + high - (from_top + own_high) * scale
    return x, y, scale


def _contained(packshot: Packshot, stage: tuple[int, int]) -> tuple[float, float, float]:
    scale = min(stage[0] / packshot.width, stage[1] / packshot.height)
    return (stage[0] - packshot.width * scale) / 2, (stage[1] - packshot.height * scale) / 2, scale
