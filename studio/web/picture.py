"""What the page of one picture shows beside the picture itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Sum

from studio.flow.prompt import parts, write_prompt
from studio.messages import Message, say
from studio.models import Brand, Cut, Placement, Render
from studio.web import addresses, shapes, words
from studio.web.frames import Frame
from studio.web.live import ORDER

ENGINES: Final = {"local": "Embedded engine"}


@dataclass(frozen=True)
class CutShown:
    """A placement of this picture. Without a cut it is still being made."""

    placement: Placement
    cut: Cut | None
    thumb: str

    @property
    def size(self) -> tuple[int, int]:
        return shapes.drawn(self.placement.width, self.placement.height, unit=3)

    @property
    def window(self) -> str:
        """The crop in the picture's pixels, then the safe margins of the placement in percent."""
        frame = self.cut.frame if self.cut else []
        return " ".join(f"{value:g}" for value in (*frame, *self.placement.safe))

    @property
    def findings(self) -> list[Message]:
        found = self.cut.findings if self.cut else []
        return [say(one["code"], **{key: one[key] for key in one if key != "code"}) for one in found]

    @property
    def failure(self) -> Message | None:
        return say(self.cut.failure) if self.cut and self.cut.failure else None

    @property
    def weight(self) -> str:
        return words.weight(self.cut.bytes) if self.cut else ""


@dataclass(frozen=True)
class Neighbours:
    """Where the picture stands in its shoot."""

    place: int
    total: int
    before: int | None
    after: int | None


def cuts(render: Render) -> list[CutShown]:
    made = {cut.placement_id: cut for cut in render.cuts.all()}
    places = list(render.shoot.placements.filter(ratio=render.ratio))
    thumb = addresses.of_thumb(render)
    return [CutShown(place, made.get(place.pk), thumb) for place in places]


def takes(render: Render) -> list[Frame]:
    """Every take of the same picture within the shoot, this one among them."""
    family = Render.objects.filter(
        shoot=render.shoot_id,
        product=render.product_id,
        scene_version=render.scene_version_id,
        ratio=render.ratio,
    )
    rows = family.select_related("product", "scene_version__scene").order_by("pk")
    return [Frame(row, f"Take {row.take}") for row in rows]


def neighbours(render: Render) -> Neighbours:
    keys = list(Render.objects.filter(shoot=render.shoot_id).order_by(*ORDER).values_list("pk", flat=True))
    at = keys.index(render.pk)
    after = keys[at + 1] if at + 1 < len(keys) else None
    return Neighbours(at + 1, len(keys), keys[at - 1] if at else None, after)


def facts(render: Render) -> dict[str, str]:
    """What made the picture, in words."""
    charged = render.attempts.aggregate(paid=Sum("price_charged"))["paid"]
    pixels = f", {render.width} × {render.height}" if render.width else ""
    took = ""
    if render.started_at and render.finished_at:
        took = f", {words.took((render.finished_at - render.started_at).total_seconds())}"
    return {
        "shape": f"{render.ratio}{pixels}",
        "engine": f"{ENGINES.get(render.engine, render.engine)}{took}",
        "price": words.price(charged or 0),
        "again": words.price(charged or 0),
    }


def prompt(render: Render, brand: Brand) -> Iterable[tuple[str, str]]:
    """The words that were sent, by parts as long as the parts still say the same."""
    version = render.scene_version
    if write_prompt(render.product, version, brand) == render.prompt:
        return parts(render.product, version, brand)
    return [("As sent", render.prompt)]
