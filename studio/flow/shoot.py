"""A shoot is planned, summed up and launched once."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import disk
from studio.flow.engines import ENGINES
from studio.flow.prompt import write_prompt
from studio.imaging.errors import Refused
from studio.imaging.ratios import LONG_SIDES, RATIOS, size
from studio.models import (
    Brand,
    Packshot,
    Placement,
    Product,
    Render,
    Scene,
    SceneVersion,
    Shoot,
    State,
    User,
)  # fmt: skip
from studio.providers.base import Order

USUAL_SECONDS = {"1K": 1.5, "2K": 5.0, "4K": 16.0}


@dataclass(frozen=True)
class RatioCount:
    ratio: str
    placements: int


@dataclass(frozen=True)
class Sum:
    """What a plan comes to. `problem` is the code of what bars the launch; prices are micro-dollars."""

    products: int
    scenes: int
    placements: int
    pictures: int
    takes: int
    ratios: list[RatioCount]
    price_each: int | None
    seconds: float
    enlarged: list[Placement]
    doubtful: list[Product]
    problem: str = ""
    problem_values: dict[str, object] = field(default_factory=dict)

    @property
    def price(self) -> int | None:
        return None if self.price_each is None else self.price_each * self.pictures


def plan(brand: Brand, person: User | None, products: Iterable[Product] = ()) -> Shoot:
    """A new draft."""
    shoot = Shoot.objects.create(brand=brand, created_by=person, engine=settings.ENGINE)
    shoot.products.set(products)
    return shoot


def choose(
    shoot: Shoot,
    *,
    products: Iterable[Product],
    scenes: Iterable[Scene],
    placements: Iterable[Placement],
    ratios: Sequence[str],
    resolution: str,
    takes: int,
    name: str = "",
) -> bool:
    """Saves what has been chosen so far. False, and nothing changes, when it was launched meanwhile."""
    wanted = [ratio for ratio in RATIOS if ratio in ratios]
    with transaction.atomic():
        if not shoot.edit(ratios=wanted, resolution=resolution, takes=takes, name=name):
            return False
        shoot.products.set(products)
        shoot.scenes.set(scenes)
        shoot.placements.set(placements)
    shoot.refresh_from_db()
    return True


def sum_up(shoot: Shoot) -> Sum:
    """Counts pictures, price and time of a plan, and says what still bars its launch."""
    products, scenes = list(_products(shoot)), list(shoot.scenes.published())
    placements, ratios = list(shoot.placements.all()), shoot.all_ratios()
    counts = [RatioCount(ratio, sum(place.ratio == ratio for place in placements)) for ratio in ratios]
    pictures = len(products) * len(scenes) * len(ratios) * shoot.takes
    problem, values = _problem(products, scenes, ratios, pictures)
    return Sum(
        products=len(products),
        scenes=len(scenes),
        placements=len(products) * len(scenes) * len(placements) * shoot.takes,
        pictures=pictures,
        takes=shoot.takes,
        ratios=counts,
        price_each=_price_each(shoot, ratios),
        seconds=pictures * _usual_seconds(shoot) / settings.WORKERS,
        enlarged=[place for place in placements if is_enlarged(place, shoot.resolution)],
        doubtful=[product for product in products if _is_doubtful(shoot, product)],
        problem=problem,
        problem_values=values,
    )


def is_enlarged(place: Placement, resolution: str) -> bool:
    """Whether a picture of this resolution has fewer pixels than the placement needs."""
    width, height = size(place.ratio, LONG_SIDES[resolution])
    return max(place.width / width, place.height / height) > 1


def launch(shoot: Shoot, person: User | None, packshots: dict[int, list[Packshot]] | None = None) -> bool:
    """Makes every render of the plan, once. True for the one call that launched it.

    `packshots` says, by product id, which ones to start from where it is not the product's first.
    Raises Refused when the plan is not ready. The scenes' versions of this moment are pinned.
    """
    total = sum_up(shoot)
    if total.problem:
        raise Refused(total.problem, **total.problem_values)
    with transaction.atomic():
        if not shoot.edit(launched_at=timezone.now(), name=shoot.name or _usual_name(shoot)):
            return False
        renders = list(_renders(shoot, packshots or {}))
        Render.objects.bulk_create(renders, batch_size=400)
        queue.work_on_renders(len(renders))
    shoot.refresh_from_db()
    return True


def cancel(shoot: Shoot) -> int:
    """Cancels what has not started; what is under way is finished. Gives the number of cancelled pictures."""
    now = timezone.now()
    waiting = shoot.renders.filter(state=State.QUEUED)
    return waiting.update(state=State.CANCELLED, finished_at=now, updated_at=now, look_again_at=None)


def delete(shoot: Shoot) -> bool:
    """Throws a draft away. False for a launched shoot."""
    return Shoot.objects.filter(pk=shoot.pk, launched_at=None).delete()[0] > 0


def _products(shoot: Shoot) -> Iterable[Product]:
    return shoot.products.prefetch_related("packshots").order_by("pk")


def _problem(
    products: list[Product], scenes: list[Scene], ratios: list[str], pictures: int
) -> tuple[str, dict[str, object]]:
    if disk.low():
        return "disk_low", {"free": disk.free(), "limit": settings.DISK_FLOOR}
    bare = next((product for product in products if product.cover is None), None)
    if not products:
        return "no_products", {}
    if bare:
        return "no_packshot", {"sku": bare.sku}
    if not scenes:
        return "no_scenes", {}
    if not ratios:
        return "no_shapes", {}
    if pictures > settings.SHOOT_PICTURES:
        return "too_many_pictures", {"count": pictures, "limit": settings.SHOOT_PICTURES}
    return "", {}


def _price_each(shoot: Shoot, ratios: list[str]) -> int | None:
    ratio = ratios[0] if ratios else "1:1"
    return ENGINES[shoot.engine].price(Order("", ratio, shoot.resolution, (), model=shoot.model))


def _is_doubtful(shoot: Shoot, product: Product) -> bool:
    """Whether the engine needs a cut-out, and the one there is may not be clean."""
    cover = product.cover
    return ENGINES[shoot.engine].wants == "cutout" and cover is not None and bool(cover.cutout_reason)


def _usual_seconds(shoot: Shoot) -> float:
    """What the last pictures of this engine and size took, or a first guess."""
    alike = Render.objects.filter(engine=shoot.engine, resolution=shoot.resolution, state=State.DONE)
    spans = alike.order_by("-pk").values_list("started_at", "finished_at")[:20]
    took = [(end - start).total_seconds() for start, end in spans if start and end]
    return sum(took) / len(took) if took else USUAL_SECONDS[shoot.resolution]


def _renders(shoot: Shoot, packshots: dict[int, list[Packshot]]) -> Iterator[Render]:
    versions = [scene.current for scene in shoot.scenes.published().prefetch_related("versions")]
    for product in _products(shoot):
        starts = packshots.get(product.pk) or list(filter(None, [product.cover]))
        each = itertools.product(
            starts, filter(None, versions), shoot.all_ratios(), range(1, shoot.takes + 1)
        )
        for packshot, version, ratio, take in each:
            yield _render(shoot, product, packshot, version, ratio, take)


def _render(
    shoot: Shoot, product: Product, packshot: Packshot, version: SceneVersion, ratio: str, take: int
) -> Render:
    return Render(
        shoot=shoot,
        brand_id=shoot.brand_id,
        product=product,
        packshot=packshot,
        scene_version=version,
        ratio=ratio,
        take=take,
        resolution=shoot.resolution,
        engine=shoot.engine,
        model=shoot.model,
        prompt=write_prompt(product, version, shoot.brand),
    )


def _usual_name(shoot: Shoot) -> str:
    names = [scene.name for scene in shoot.scenes.published()]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return (" and ".join(names[:2]) if not more else ", ".join(names[:2])) + more
