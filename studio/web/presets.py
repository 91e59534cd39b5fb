"""What the pages of presets show: scenes in a list, a version's prompt in pieces."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from studio.flow import prompt
from studio.models import Brand, Product, Scene, SceneVersion
from studio.web import addresses


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
