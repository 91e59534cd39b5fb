"""What the plan page shows: products on a shelf, scenes on a wall, placements by channel, the sum."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from studio.flow import price, price_list
from studio.flow.correction import can_correct
from studio.flow.money import Room
from studio.flow.shoot import Sum, is_enlarged, named, sum_up
from studio.flow.start import lacking
from studio.messages import Message, dollars, say
from studio.models import RESOLUTIONS, Placement, Product, Scene, Shoot
from studio.web import addresses, makers, refusals, shapes, standstill, words
from studio.web.ids import number
from studio.web.standstill import Standstill

SHELF: Final = 48  # products a page; the chosen ones come first
CHANNELS: Final = 8  # shown at once; the others fold


@dataclass(frozen=True)
class Tile:
    """A product on the shelf; without a packshot it has no thumb.

    `lacks` is the code of why it cannot be chosen. One that was chosen before can be let go.
    """

    product: Product
    thumb: str
    picked: bool
    lacks: str


@dataclass(frozen=True)
class Shelf:
    """`more` continues the list; it is empty at its end. `total` is of what was looked for."""

    tiles: list[Tile]
    query: str
    more: str
    total: int


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
    """The sum in words. Every placement counts once a product, scene and take.

    `bought`: its pictures take money. `read_at` is when their prices were read. `standstill` is why they
    would wait after the launch.
    """

    sum: Sum
    resolution: str
    problem: Message | None = None
    bought: bool = False
    read_at: datetime | None = None
    standstill: Standstill | None = None
    others: dict[str, str] = field(
        default_factory=dict
    )  # what makes all of its shapes, where its model does not

    @property
    def price(self) -> str:
        """Nothing chosen of what takes money is not free."""
        return "–" if self.bought and not self.sum.pictures else words.price(self.sum.price)

    @property
    def seen(self) -> str:
        """The price of the whole plan in micro-dollars, which the person agrees to by launching."""
        return "" if self.sum.price is None else str(self.sum.price)

    @property
    def each(self) -> str:
        return words.price(self.sum.quote.amount)

    @property
    def drawn_each(self) -> str:
        return words.price(self.sum.drawn_quote.amount)

    @property
    def as_of(self) -> str:
        return words.ago(self.read_at) if self.read_at else "not yet"

    @property
    def rooms(self) -> list[tuple[str, str]]:
        """What may still be spent, where there is a limit."""
        month = f"Left in {timezone.now():%B}"
        named = ((month, self.sum.month), ("Left for you today", self.sum.today))
        return [(label, _left(room)) for label, room in named if room.limit is not None]

    @property
    def refused(self) -> list[Message]:
        """Choices that the model cannot make, except the one that the problem tells of."""
        told = [say(no.code, **no.values, **self.others) for no in self.sum.refused]
        return [one for one in told if one != self.problem]

    @property
    def raisable(self) -> bool:
        """Whether an admin can help, and how."""
        return self.sum.problem in refusals.OF_MONEY

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
    def doubtful(self) -> str:
        """The SKUs of products that may not cut out cleanly, the first three by name."""
        return named(self.sum.doubtful)

    @property
    def doubts(self) -> list[tuple[str, Message, int]]:
        """SKU, doubt and packshot of the first three of them."""
        return _mendable(self.sum.doubtful)

    @property
    def uncut(self) -> list[tuple[str, Message, int]]:
        """The same of products of which no picture will be made."""
        return _mendable(self.sum.left_out)

    @property
    def left_out(self) -> Message | None:
        """Of which products no picture will be made, unless the problem tells of it."""
        told = say("no_cutout", skus=named(self.sum.left_out)) if self.sum.left_out else None
        return told if self.sum.problem != "no_cutout" else None

    @property
    def enlarged(self) -> str:
        """`12 of 24 placements need 2K`, when the chosen resolution has too few pixels for them."""
        each = self.sum.products * self.sum.scenes * self.sum.takes
        need = Counter(_needed(place) for place in self.sum.enlarged)
        parts = [f"{number * each:,} of {words.count(self.sum.placements, 'placement')} "
                 f"need{'s' * (number * each == 1)} {size}"
                 for size, number in sorted(need.items()) if each]  # fmt: skip
        return ", ".join(parts)

    @property
    def unfit(self) -> str:
        """`Main image and 2 more ask`: the placements that some scenes fail by their ground."""
        return self._some(self.sum.unfit, "ask")

    @property
    def below_least(self) -> str:
        """`Packshot and 1 more take`: the placements that this resolution fails."""
        return self._some(self.sum.below_least, "take")

    def _some(self, places: list[Placement], verb: str) -> str:
        """The first by name, and the verb for as many."""
        if not (places and self.sum.pictures):
            return ""
        more = f" and {len(places) - 1} more {verb}" if len(places) > 1 else f" {verb}s"
        return f"{places[0].name}{more}"


def shelf(shoot: Shoot, query: str = "", after: str = "") -> Shelf:
    """One page of the brand's products. `after` is what the page before gave as `more`."""
    rows = _products(shoot)
    found = rows.filter(Q(sku__icontains=query) | Q(name__icontains=query)) if query else rows
    counted = _after(found, after).annotate(total=Window(Count("pk")))
    page = list(counted.order_by("-picked", "-pk").prefetch_related("packshots")[: SHELF + 1])
    tiles = _tiles(shoot, page)
    last = tiles[SHELF - 1] if len(tiles) > SHELF else None
    more = f"{'c' if last.picked else 'r'}{last.product.pk}" if last else ""
    return Shelf(tiles[:SHELF], query, more, page[0].total if page else 0)


def bare_tiles(shoot: Shoot, shown: Iterable[Product]) -> list[Tile]:
    """Those of `shown` that have no packshot: whether they can be chosen is up to the model."""
    bare = _products(shoot).filter(pk__in=[one.pk for one in shown], packshots=None)
    return _tiles(shoot, bare.prefetch_related("packshots"))


def picked(shoot: Shoot, sum_: Sum, whole: Shelf | None = None) -> dict[str, int]:
    """How many of the brand's products are chosen: `some` of `total`. A shelf of all has counted them."""
    counted = whole.total if whole and not whole.query else _products(shoot).count()
    return {"some": sum_.products + len(sum_.left_out), "total": counted}


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


@price_list.once()
def total(shoot: Shoot, reader: int = 0) -> Total:
    """`reader` is the role of whoever reads it."""
    whole = sum_up(shoot)
    others = makers.others(shoot.engine, shoot.all_ratios(), shoot.resolution) if whole.refused else {}
    values = {**whole.problem_values, **others}
    problem = refusals.message(whole.problem, values, shoot.brand, reader) if whole.problem else None
    if not makers.bought(shoot.engine):
        return Total(whole, shoot.resolution, problem, others=others)
    waits = standstill.of(shoot, standstill.known()) if not problem else None
    return Total(whole, shoot.resolution, problem, True, price.read_at(shoot.engine), waits, others)


def lead_preview(scenes: Iterable[SceneChoice]) -> str:
    """The sample that fills the shapes: of the first chosen scene, else of the first."""
    ordered = sorted(scenes, key=lambda choice: not choice.picked)
    return next((choice.preview for choice in ordered if choice.preview), "")


def _mendable(products: list[Product]) -> list[tuple[str, Message, int]]:
    covers = [(product.sku, product.cover) for product in products]
    told = [
        (sku, say(shot.cutout_reason, file=shot.file_name), shot.pk)
        for sku, shot in covers
        if shot and can_correct(shot)
    ]
    return told[:3]


def _left(room: Room) -> str:
    return f"{dollars(room.left or 0)} of {dollars(room.limit or 0)}"


def _products(shoot: Shoot) -> QuerySet[Any]:
    mine = Shoot.products.through.objects.filter(shoot=shoot, product=OuterRef("pk"))
    return Product.objects.filter(brand=shoot.brand_id).annotate(picked=Exists(mine))


def _tiles(shoot: Shoot, products: Iterable[Any]) -> list[Tile]:
    rows = list(products)
    lacks = lacking(shoot, rows)
    covers = [(row, row.cover) for row in rows]
    return [
        Tile(row, addresses.of_packshot_thumb(cover) if cover else "", row.picked, lacks.get(row.pk, ""))
        for row, cover in covers
    ]


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
