"""What the plan page shows: products on a shelf, scenes on a wall, placements by channel, the sum."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from studio.flow.shoot import Sum, is_enlarged, sum_up
from studio.messages import Message, say
from studio.models import RESOLUTIONS, Placement, Product, Scene, Shoot
from studio.web import addresses, shapes, words
from studio.web.ids import number

SHELF: Final = 48  # products a page; the chosen ones come first
CHANNELS: Final = 8  # shown at once; the others fold


@dataclass(frozen=True)
class Tile:
    """A product on the shelf; without a packshot it has no thumb."""

    product: Product
    thumb: str
    picked: bool


@dataclass(frozen=True)
class Shelf:
    """`more` continues the list; it is empty at its end."""

    tiles: list[Tile]
    query: str
    more: str


@dataclass(frozen=True)
class SceneChoice:
    scene: Scene
    preview: str
    picked: bool


@dataclass(frozen=True)
class Shape:
    """One choice that is drawn: a placement, or a bare ratio. Width and height are pixels on screen."""

    value: str
    name: str
    detail: str
    width: int
    height: int
    picked: bool


@dataclass(frozen=True)
class Channel:
    name: str
    shapes: list[Shape]

    @property
    def picked(self) -> int:
        return sum(shape.picked for shape in self.shapes)


@dataclass(frozen=True)
class Total:
    """The sum in words. Every placement counts once a product, scene and take."""

    sum: Sum
    resolution: str

    @property
    def price(self) -> str:
        return words.price(self.sum.price)

    @property
    def time(self) -> str:
        return words.about(self.sum.seconds) if self.sum.pictures else "–"

    @property
    def recipe(self) -> str:
        parts = [
            words.count(self.sum.products, "product"),
            words.count(self.sum.scenes, "scene"),
            words.count(len(self.sum.ratios), "shape"),
        ]
        takes = [f"{self.sum.takes} takes"] if self.sum.takes > 1 else []
        return " × ".join(parts + takes)

    @property
    def ratios(self) -> list[tuple[str, int, int, int]]:
        """Each ratio with the size it is drawn at, and how many files are cut from it."""
        each = self.sum.products * self.sum.scenes * self.sum.takes
        return [(one.ratio, *shapes.within(one.ratio, 16), one.placements * each) for one in self.sum.ratios]

    @property
    def problem(self) -> Message | None:
        return say(self.sum.problem, **self.sum.problem_values) if self.sum.problem else None

    @property
    def doubtful(self) -> str:
        """The SKUs of products that may not cut out cleanly, the first three by name."""
        skus = [product.sku for product in self.sum.doubtful]
        more = f" and {len(skus) - 3} more" if len(skus) > 3 else ""
        return ", ".join(skus[:3]) + more

    @property
    def enlarged(self) -> str:
        """`3 placements need 2K`, when the chosen resolution has too few pixels for them."""
        need = Counter(_needed(place) for place in self.sum.enlarged)
        parts = [f"{words.count(number, 'placement')} need{'s' * (number == 1)} {size}"
                 for size, number in sorted(need.items())]  # fmt: skip
        return ", ".join(parts)


def shelf(shoot: Shoot, query: str = "", after: str = "") -> Shelf:
    """One page of the brand's products. `after` is what the page before gave as `more`."""
    rows = _products(shoot)
    found = rows.filter(Q(sku__icontains=query) | Q(name__icontains=query)) if query else rows
    page = _after(found, after).order_by("-picked", "-pk").prefetch_related("packshots")[: SHELF + 1]
    tiles = [_tile(product) for product in page]
    last = tiles[SHELF - 1] if len(tiles) > SHELF else None
    more = f"{'c' if last.picked else 'r'}{last.product.pk}" if last else ""
    return Shelf(tiles[:SHELF], query, more)


def picked(shoot: Shoot) -> dict[str, int]:
    """How many of the brand's products are chosen: `some` of `total`."""
    return _products(shoot).aggregate(total=Count("pk"), some=Count("pk", filter=Q(picked=True)))


def wall(shoot: Shoot) -> list[SceneChoice]:
    mine = Shoot.scenes.through.objects.filter(shoot=shoot, scene=OuterRef("pk"))
    scenes: QuerySet[Any] = Scene.objects.open_to(shoot.brand).published().annotate(picked=Exists(mine))
    return [
        SceneChoice(scene, addresses.of_preview(scene.current), scene.picked)
        for scene in scenes.prefetch_related("versions")
    ]


def channels(shoot: Shoot) -> list[Channel]:
    """Placements by channel, the channels in the order in which the first placement of each stands.

    The brand's own come first, and with them their channels.
    """
    mine = Shoot.placements.through.objects.filter(shoot=shoot, placement=OuterRef("pk"))
    places = Placement.objects.offered_to(shoot.brand).annotate(picked=Exists(mine))
    order: dict[str, int] = {}
    for place in places:
        order.setdefault(place.channel, len(order))
    ordered = sorted(places, key=lambda place: order[place.channel])
    grouped = groupby(ordered, lambda place: place.channel)
    return [Channel(name, [_shape(place) for place in group]) for name, group in grouped]


def bare_shapes(shoot: Shoot) -> list[Shape]:
    """The fifteen ratios, for pictures that are not cut."""
    return [
        Shape(
            ratio, ratio, word, *shapes.drawn(*shapes.within(ratio, shapes.BARE_SIDE)), ratio in shoot.ratios
        )
        for ratio, word in shapes.WORDS.items()
    ]


def total(shoot: Shoot) -> Total:
    return Total(sum_up(shoot), shoot.resolution)


def lead_preview(scenes: Iterable[SceneChoice]) -> str:
    """The sample that fills the shapes: of the first chosen scene, else of the first."""
    ordered = sorted(scenes, key=lambda choice: not choice.picked)
    return next((choice.preview for choice in ordered if choice.preview), "")


def _products(shoot: Shoot) -> QuerySet[Any]:
    mine = Shoot.products.through.objects.filter(shoot=shoot, product=OuterRef("pk"))
    return Product.objects.filter(brand=shoot.brand_id).annotate(picked=Exists(mine))


def _tile(product: Any) -> Tile:
    cover = product.cover
    return Tile(product, addresses.of_packshot_thumb(cover) if cover else "", product.picked)


def _after(rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    part, pk = after[:1], number(after[1:])
    if part not in ("c", "r") or pk is None:
        return rows
    if part == "r":
        return rows.filter(picked=False, pk__lt=pk)
    return rows.filter(Q(picked=True, pk__lt=pk) | Q(picked=False))


def _shape(place: Any) -> Shape:
    size = shapes.drawn(place.width, place.height)
    return Shape(str(place.pk), place.name, place.pixels, *size, place.picked)


def _needed(place: Placement) -> str:
    enough = (size for size in RESOLUTIONS if not is_enlarged(place, size))
    return next(enough, "more than 4K")
