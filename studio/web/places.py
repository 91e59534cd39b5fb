"""Placements as they are shown: by channel on one scale, and one of them drawn large while it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from studio.flow.placement import Fit, fits
from studio.models import Brand, Placement
from studio.web import shapes

SIDE: Final = 300  # the longer side of a picture in the large drawing
Margins = tuple[float, float, float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """A placement with its shape: `width` and `height` on screen, `safe` as x, y, width, height in there."""

    placement: Placement
    width: int
    height: int
    safe: Box | None
    fit: Fit
    may_edit: bool

    @property
    def loss(self) -> float:
        return 100 * self.fit.loss

    @property
    def formats(self) -> str:
        return self.placement.formats.replace(";", ", ")

    @property
    def limit(self) -> str:
        """The channel's limit as it writes it: 1 MB is a million bytes."""
        most = self.placement.max_bytes
        if not most:
            return ""
        return f"{most / 1_000_000:g} MB" if most >= 1_000_000 else f"{most / 1000:g} kB"

    @property
    def evidence(self) -> str:
        told = self.placement.evidence.replace("_", " ")
        return f"{told}, {self.placement.confidence} confidence" if told else ""


@dataclass(frozen=True)
class Channel:
    name: str
    places: list[Place]


@dataclass(frozen=True)
class Shelf:
    """The brand's own placements, those shared by all, and both kinds' retired ones, each by channel."""

    own: list[Channel]
    shared: list[Channel]
    retired: list[Channel]

    @property
    def count(self) -> int:
        return sum(len(channel.places) for channel in [*self.own, *self.shared])


@dataclass(frozen=True)
class Sketch:
    """A placement drawn inside the picture it is cut from; what is outside `cut` is trimmed away.

    Boxes are x, y, width, height in the drawing's own units. `others` are the ratios that lose more.
    """

    width: int
    height: int
    picture: tuple[float, float]
    cut: Box
    safe: Box | None
    fit: Fit
    others: list[Fit]

    @property
    def loss(self) -> float:
        return 100 * self.fit.loss

    @property
    def all(self) -> list[Fit]:
        return [self.fit, *self.others]

    @property
    def foot(self) -> tuple[float, float]:
        """Where the width is written."""
        return self.cut[0] + self.cut[2] / 2, self.picture[1] + 16

    @property
    def flank(self) -> tuple[float, float]:
        """Where the height is written."""
        return self.picture[0] + 8, self.cut[1] + self.cut[3] / 2 + 4

    @property
    def view(self) -> str:
        """The drawing's viewBox, with room for the figures at its right and below."""
        return f"-1 -1 {self.picture[0] + 52:.1f} {self.picture[1] + 24:.1f}"

    @property
    def size(self) -> tuple[int, int]:
        return round(self.picture[0] + 52), round(self.picture[1] + 24)


def shelf(brand: Brand, may_edit: bool, may_edit_shared: bool) -> Shelf:
    rows = list(Placement.objects.open_to(brand))
    places = [_place(row, may_edit if row.brand_id else may_edit_shared) for row in rows]
    offered = [place for place in places if not place.placement.retired_at]
    return Shelf(
        own=_channels(place for place in offered if place.placement.brand_id),
        shared=_channels(place for place in offered if not place.placement.brand_id),
        retired=_channels(place for place in places if place.placement.retired_at),
    )


def sketch(width: int, height: int, safe: Margins) -> Sketch:
    """`safe` is percent of the placement: top, bottom, left, right."""
    best, *others = fits(width, height)
    whole, part = _picture(best, width, height)
    left, top = (whole[0] - part[0]) / 2, (whole[1] - part[1]) / 2
    cut = (left, top, *part)
    return Sketch(width, height, whole, cut, _safe(cut, safe), best, others)


def channel_names(brand: Brand) -> list[str]:
    """Those that the brand sees, each once."""
    rows = Placement.objects.offered_to(brand).values_list("channel", flat=True)
    return list(dict.fromkeys(rows))


def _channels(places: Iterable[Place]) -> list[Channel]:
    """In the order in which the first placement of each channel stands."""
    grouped: dict[str, list[Place]] = {}
    for place in places:
        grouped.setdefault(place.placement.channel, []).append(place)
    return [Channel(name, group) for name, group in grouped.items()]


def _place(placement: Placement, may_edit: bool) -> Place:
    width, height = shapes.drawn(placement.width, placement.height)
    fit = next(one for one in fits(placement.width, placement.height) if one.ratio == placement.ratio)
    return Place(placement, width, height, _safe((0, 0, width, height), placement.safe), fit, may_edit)


def _picture(fit: Fit, width: int, height: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The whole picture and the part that stays, scaled to SIDE."""
    whole = (float(width), float(height))
    if fit.trimmed == "sides":
        whole = (width / (1 - fit.loss), height)
    elif fit.trimmed == "ends":
        whole = (width, height / (1 - fit.loss))
    scale = SIDE / max(whole)
    return (whole[0] * scale, whole[1] * scale), (max(1.0, width * scale), max(1.0, height * scale))


def _safe(box: Box, margins: Margins) -> Box | None:
    if not any(margins):
        return None
    x, y, width, height = box
    top, bottom, left, right = (percent / 100 for percent in margins)
    return x + width * left, y + height * top, width * (1 - left - right), height * (1 - top - bottom)
