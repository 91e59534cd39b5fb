"""What the page of one picture shows beside the picture itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from studio.flow.order import packshots
from studio.flow.prompt import parts, write_prompt
from studio.flow.provenance import signed, source_of
from studio.messages import Message, dollars, say
from studio.models import Attempt, Basis, Brand, Cause, Cut, Placement, Render, Verdict
from studio.web import addresses, makers, shapes, words
from studio.web.frames import Frame
from studio.web.live import ORDER

_MADE: Final = {
    Cause.FIRST: "Take {take}",
    Cause.RETRY: "Take {take}",
    Cause.RERUN: "Take {take}, rerun",
    Cause.EDIT: "Take {take}, edit",
    Cause.FINAL: "Final {resolution}",
}
_SIGNS: Final = {
    Verdict.GOOD: ("check", "Passes"),
    Verdict.WARNING: ("alert", "Warning"),
    Verdict.FAILURE: ("cross", "Failure"),
}
_WORST_FIRST: Final = (Verdict.FAILURE, Verdict.WARNING, Verdict.GOOD, "")


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
    def sign(self) -> tuple[str, str]:
        """Icon and word of the verdict."""
        return _SIGNS[Verdict(self.cut.verdict)] if self.cut else ("", "")

    @property
    def findings(self) -> list[tuple[str, Message]]:
        """Each with its level, the failures first. What a failure says too is not said twice."""
        found = {finding["code"]: finding for finding in (self.cut.findings if self.cut else [])}
        if "too_few_pixels" in found:
            found.pop("upscaled", None)
        told = [(finding["level"], say(**finding)) for finding in found.values()]
        return sorted(told, key=lambda one: one[0])

    @property
    def goes_on(self) -> bool:
        """Whether its ground goes on beyond the picture."""
        if not self.cut or not self.cut.frame:
            return False
        left, top, width, height = self.cut.frame
        across, down = self.cut.render.width or 0, self.cut.render.height or 0
        return bool(left < 0 or top < 0 or left + width > across or top + height > down)

    @property
    def failure(self) -> Message | None:
        return say(self.cut.failure, **self.cut.failure_values) if self.cut and self.cut.failure else None

    @property
    def weight(self) -> str:
        return words.weight(self.cut.bytes) if self.cut else ""


@dataclass(frozen=True)
class Reference:
    """A picture that was shown to the engine."""

    name: str
    address: str
    thumb: str


@dataclass(frozen=True)
class Neighbours:
    """Where the picture stands in its shoot."""

    place: int
    total: int
    before: int | None
    after: int | None


def cuts(render: Render) -> list[CutShown]:
    """The placements of this picture, those first of which there is something to say; then as they stand."""
    made = {cut.placement_id: cut for cut in render.cuts.all()}
    places = list(render.shoot.placements.filter(ratio=render.ratio))
    thumb = addresses.of_thumb(render)
    shown = [CutShown(place, made.get(place.pk), thumb) for place in places]
    return sorted(shown, key=lambda one: _WORST_FIRST.index(one.cut.verdict if one.cut else ""))


def takes(render: Render) -> list[Frame]:
    """Every take of the same picture within the shoot, this one among them: edits and finals too."""
    family = Render.objects.filter(
        shoot=render.shoot_id,
        product=render.product_id,
        scene_version=render.scene_version_id,
        ratio=render.ratio,
    )
    rows = family.select_related("product", "scene_version__scene").order_by("pk")
    return [Frame(row, made(row)) for row in rows]


def made(render: Render) -> str:
    """`Take 2, edit`."""
    return _MADE[Cause(render.cause)].format(take=render.take, resolution=render.resolution)


def children(render: Render, family: Iterable[Frame]) -> list[Frame]:
    """What was made from it. They are takes of the same picture."""
    return [frame for frame in family if frame.render.parent_id == render.pk]


def neighbours(render: Render) -> Neighbours:
    keys = list(Render.objects.filter(shoot=render.shoot_id).order_by(*ORDER).values_list("pk", flat=True))
    at = keys.index(render.pk)
    after = keys[at + 1] if at + 1 < len(keys) else None
    return Neighbours(at + 1, len(keys), keys[at - 1] if at else None, after)


_ORIGIN: Final = {
    "compositeSynthetic": "Composite: the packshot in a computed scene",
    "compositeWithTrainedAlgorithmicMedia": "Edited by a trained model",
    "trainedAlgorithmicMedia": "Drawn by a trained model",
}
_READ: Final = "as it is sent, word for word"
_UNREAD: Final = "what other engines would read; the embedded one draws from the scene's set"


def facts(render: Render) -> dict[str, str]:
    """What made the picture, in words."""
    pixels = f", {render.width} × {render.height}" if render.width else ""
    took = ""
    if render.started_at and render.finished_at:
        took = f", {words.took((render.finished_at - render.started_at).total_seconds())}"
    return {
        "shape": f"{render.ratio}{pixels}",
        "engine": f"{makers.full_name(render.engine, render.model)}{took}",
        "origin": _ORIGIN[source_of(render)],
        "source": source_of(render),
        "prompt": _READ if render.engine != "local" else _UNREAD,
        "signed": _signed(render) if settings.C2PA_SIGNER else "",
        "price": _price(render, list(render.attempts.defer("request"))),
    }


def _signed(render: Render) -> str:
    """How many of its files carry signed Content Credentials; empty while there is none."""
    count, files = signed(render)
    if count == files:
        return "in every file" if files else ""
    return f"in {count} of {words.count(files, 'file')}" if count else "in no file"


def _price(render: Render, attempts: list[Attempt]) -> str:
    """What was charged; or what is put aside, and whether anybody knows."""
    charged = sum(attempt.price_charged or 0 for attempt in attempts)
    times = sum(bool(attempt.price_charged) for attempt in attempts)
    told = _charged(render, charged) if charged or not render.reserved else ""
    if charged and times > 1:
        told += f" for {times} calls"
    if charged and render.failure and not render.picture:
        told += ", counted as spent although no picture came"
    held = dollars(render.reserved) if render.reserved else ""
    doubt = " held, and nobody knows whether it was spent" if render.undecided else " held"
    return " and ".join(filter(None, [told, f"{held}{doubt}" if held else ""]))


def _charged(render: Render, charged: int) -> str:
    """What takes money is free only when it came."""
    came = render.picture or not makers.bought(render.engine)
    return words.price(charged) if charged or came else "nothing charged"


def remarks(render: Render) -> list[Message]:
    """What is odd about it."""
    return [say(one["code"], **{key: one[key] for key in one if key != "code"}) for one in render.remarks]


def references(render: Render) -> list[Reference]:
    """What the engine was shown, the first one first: an edit starts from the picture before."""
    if render.basis == Basis.WORDS:
        return []
    shots = packshots(render) if makers.bought(render.engine) else [render.packshot]
    shown = [
        Reference(shot.file_name, addresses.of_packshot(shot), addresses.of_packshot_thumb(shot))
        for shot in shots
        if shot is not None
    ]
    parent = render.parent
    if render.basis == Basis.PARENT and parent is not None:
        first = Reference(made(parent), addresses.of_picture(parent), addresses.of_thumb(parent))
        shown = [first, *shown]
    return shown[: makers.most_references(render.engine, render.model)]


def prompt(render: Render, brand: Brand) -> Iterable[tuple[str, str]]:
    """The words by parts, as long as the parts still say what was sent; else none."""
    version, drawn = render.scene_version, render.basis == Basis.WORDS
    if write_prompt(render.product, version, brand, drawn=drawn) == render.prompt:
        return parts(render.product, version, brand, drawn=drawn)
    return []
