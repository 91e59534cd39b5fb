"""What the pages of presets show: scenes in a list, a version's prompt in pieces, placements by channel."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Q

from studio.flow import prompt
from studio.models import Brand, Placement, Product, Scene, SceneVersion
from studio.web import addresses, shapes


@dataclass(frozen=True)
class Line:
    """A scene in the list. `preview` is an address, empty when there is no picture yet."""

    scene: Scene
    preview: str
    told: str


@dataclass(frozen=True)
class Piece:
    """A run of words in a prompt; `lent` ones come from the product or the brand."""

    text: str
    lent: bool


@dataclass(frozen=True)
class Place:
    """A placement with its shape: `width` and `height` on screen, `safe` as x, y, width, height in there."""

    placement: Placement
    width: int
    height: int
    safe: tuple[float, float, float, float] | None
    loss: float

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
        return f"{self.placement.evidence.replace('_', ' ')}, {self.placement.confidence} confidence"


@dataclass(frozen=True)
class Channel:
    name: str
    places: list[Place]


def lines(brand: Brand, may_edit_shared: bool) -> list[Line]:
    """The brand's scenes, then shared ones; retired last. Shared drafts are for those who edit them."""
    mine = Q(versions__renders__brand=brand)
    scenes = Scene.objects.open_to(brand).prefetch_related("versions")
    scenes = scenes.annotate(pictures=Count("versions__renders", filter=mine)).order_by("name")
    seen = [scene for scene in scenes if scene.brand_id or scene.current or may_edit_shared]
    return [
        _line(scene) for scene in sorted(seen, key=lambda scene: (not scene.brand_id, bool(scene.retired_at)))
    ]


def versions(scene: Scene, brand: Brand) -> Iterable[SceneVersion]:
    """Newest first, each with the number of this brand's pictures."""
    count = Count("renders", filter=Q(renders__brand=brand))
    return scene.versions.select_related("created_by").annotate(pictures=count).order_by("-number")


def pieces(product: Product, version: SceneVersion, brand: Brand) -> list[Piece]:
    """The prompt as it is sent, cut where words of the product or the brand begin and end."""
    sent = prompt.write_prompt(product, version, brand)
    found: list[Piece] = []
    for lent in (product.description or product.name, brand.brief):
        if lent.strip() and lent.strip() in sent:
            before, words, sent = sent.partition(lent.strip())
            found += [Piece(before, False), Piece(words, True)]
    return [*found, Piece(sent, False)]


def channels(placements: Iterable[Placement]) -> list[Channel]:
    grouped = groupby(placements, key=lambda placement: placement.channel)
    return [Channel(name, [_place(one) for one in group]) for name, group in grouped]


def _line(scene: Scene) -> Line:
    version = scene.current or scene.draft
    return Line(scene, addresses.of_preview(version), _told(scene))


def _told(scene: Scene) -> str:
    pictures: int = scene.pictures  # type: ignore[attr-defined]
    if scene.retired_at:
        return "retired"
    if scene.current is None:
        return "draft"
    return f"v{scene.current.number}, {pictures} picture{'' if pictures == 1 else 's'}"


def _place(placement: Placement) -> Place:
    width, height = shapes.drawn(placement.width, placement.height)
    wide, high = (int(part) for part in placement.ratio.split(":"))
    wanted, given = placement.width / placement.height, wide / high
    loss = 100 * (1 - min(wanted / given, given / wanted))
    return Place(placement, width, height, _safe(placement, width, height), loss)


def _safe(placement: Placement, width: int, height: int) -> tuple[float, float, float, float] | None:
    if not any(placement.safe):
        return None
    top, bottom, left, right = (percent / 100 for percent in placement.safe)
    return width * left, height * top, width * (1 - left - right), height * (1 - top - bottom)
