"""A shoot is planned, summed up and launched once."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio import queue
from studio.flow import channel, disk, money, pace, price, span
from studio.flow.engines import ENGINES, is_remote, offered
from studio.flow.order import refusal
from studio.flow.prompt import write_prompt
from studio.flow.start import draft_model, is_doubtful, is_hopeless, lacking, startable
from studio.imaging.errors import Refused
from studio.imaging.ratios import LONG_SIDES, RATIOS, size
from studio.models import (
    Attempt,
    Basis,
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
from studio.providers.base import Model, Quote
from studio.providers.errors import Declined

NOT_NOW = ("disk_low", "no_key", "gate_closed", "model_closed", "draining", "over_budget", "over_daily_limit")


@dataclass(frozen=True)
class RatioCount:
    ratio: str
    placements: int


@dataclass(frozen=True)
class Sum:
    """What a plan comes to. `problem` is the code of what bars the launch; prices are micro-dollars.

    `left_out` are chosen products of which no picture can be made; nothing else counts them.
    """

    products: int
    scenes: int
    placements: int
    pictures: int
    takes: int
    ratios: list[RatioCount]
    quote: Quote
    drawn: int  # pictures from words alone, of products without a packshot
    drawn_quote: Quote
    month: money.Room
    today: money.Room
    refused: list[Declined]
    seconds: float
    enlarged: list[Placement]
    below_least: list[Placement]  # whose channel refuses pictures of so few pixels
    unfit: list[Placement]  # that ask for another ground than some of the scenes have
    doubtful: list[Product]
    left_out: list[Product]
    problem: str = ""
    problem_values: dict[str, object] = field(default_factory=dict)

    @property
    def price(self) -> int | None:
        """Of the whole plan, when a picture's price is known."""
        return _price(self.quote, self.pictures - self.drawn, self.drawn_quote, self.drawn)


def plan(brand: Brand, person: User | None, products: Iterable[Product] = ()) -> Shoot:
    """A new draft; or one of this person in which nothing has been chosen or changed, as if new.

    Products from which it could not start are passed over.
    """
    usual = {"engine": settings.ENGINE, "model": usual_model(settings.ENGINE)}
    with transaction.atomic():
        shoot = Shoot.objects.untouched(**usual).filter(brand=brand, created_by=person or 0).first()
        if not (shoot and shoot.edit(created_at=timezone.now())):
            shoot = Shoot.objects.create(brand=brand, created_by=person, **usual)
        shoot.products.set(startable(shoot, products))
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
    engine: str = "",
    model: str = "",
) -> bool:
    """Saves what has been chosen so far. False, and nothing changes, when it was launched meanwhile."""
    wanted = [ratio for ratio in RATIOS if ratio in ratios]
    engine, model = engine_and_model(shoot, engine, model)
    fields = {"resolution": resolution, "takes": takes, "name": name, "engine": engine, "model": model}
    with transaction.atomic():
        if not shoot.edit(ratios=wanted, **fields):
            return False
        shoot.products.set(products)
        shoot.scenes.set(scenes)
        shoot.placements.set(placements)
    shoot.refresh_from_db()
    return True


def engine_and_model(shoot: Shoot, engine: str, model: str) -> tuple[str, str]:
    """What a plan is left with if these are chosen; an empty one keeps the draft's, or takes the usual."""
    engine = engine or shoot.engine
    return engine, model or (shoot.model if engine == shoot.engine else "") or usual_model(engine)


def sum_up(shoot: Shoot, person: User | None = None, tried: Collection[int] = ()) -> Sum:
    """Counts pictures, price and time of a plan, and says what still bars its launch by this person.

    `tried` are ids of products that count although their packshot cannot be cut out.
    """
    chosen, scenes = list(_products(shoot)), list(shoot.scenes.published())
    left_out = [one for one in chosen if one.pk not in tried and is_hopeless(shoot, one)]
    products = [one for one in chosen if one not in left_out]
    placements, ratios = list(shoot.placements.all()), shoot.all_ratios()
    counts = [RatioCount(ratio, sum(place.ratio == ratio for place in placements)) for ratio in ratios]
    pictures = len(products) * len(scenes) * len(ratios) * shoot.takes
    drawn = sum(product.cover is None for product in products) * len(scenes) * len(ratios) * shoot.takes
    quote, refused = price.of(shoot, shoot.model), _refused(shoot, ratios, products)
    drawn_quote = price.of(shoot, draft_model(shoot), drawn=True) if drawn else Quote(0)
    asked = quote, pictures - drawn, drawn_quote, drawn
    room = _rooms(shoot, person or shoot.created_by)
    problem, values = _problem(shoot, chosen, left_out, scenes, ratios, pictures)
    if not problem:
        problem, values = _money_problem(shoot, refused, asked, *room)
    return Sum(
        products=len(products),
        scenes=len(scenes),
        placements=len(products) * len(scenes) * len(placements) * shoot.takes,
        pictures=pictures,
        takes=shoot.takes,
        ratios=counts,
        quote=quote,
        drawn=drawn,
        drawn_quote=drawn_quote,
        month=room[0],
        today=room[1],
        refused=refused,
        seconds=span.seconds(shoot, pictures),
        enlarged=[place for place in placements if is_enlarged(place, shoot.resolution)],
        below_least=[place for place in placements if is_below_least(place, shoot.resolution)],
        unfit=channel.unfit(placements, scenes),
        doubtful=[product for product in products if is_doubtful(shoot, product)],
        left_out=left_out,
        problem=problem,
        problem_values=values,
    )


def is_enlarged(place: Placement, resolution: str) -> bool:
    """Whether a picture of this resolution has fewer pixels than the placement needs."""
    width, height = size(place.ratio, LONG_SIDES[resolution])
    return max(place.width / width, place.height / height) > 1


def is_below_least(place: Placement, resolution: str) -> bool:
    """Whether the placement's part of a picture of this resolution is less than its channel takes."""
    width, height = size(place.ratio, LONG_SIDES[resolution])
    part = min(width / place.width, height / place.height)
    return part * place.width < (place.min_width or 0) or part * place.height < (place.min_height or 0)


def named(products: Sequence[Product]) -> str:
    """The SKUs, the first three by name."""
    more = f" and {len(products) - 3} more" if len(products) > 3 else ""
    return ", ".join(product.sku for product in products[:3]) + more


def usual_model(engine: str) -> str:
    """The key of the engine's usual model; empty where there is nothing to choose."""
    return next((model.key for model in models(engine)), "")


def models(engine: str) -> Sequence[Model]:
    return ENGINES[engine].models()


def launch(
    shoot: Shoot,
    person: User | None,
    packshots: dict[int, list[Packshot]] | None = None,
    seen: int | None = None,
) -> bool:
    """Makes every render of the plan, once. True for the one call that launched it.

    `packshots` says, by product id, which ones to start from where it is not the product's first; these are
    tried whatever is known of them. `seen` is the price of the whole plan that the person agreed to. Raises
    Refused when the plan is not ready, the price is not that one any more, or the money is not there. The
    scenes' versions of this moment are pinned.
    """
    price.refresh(shoot.engine)
    try:
        return _launch(shoot, person, packshots or {}, seen)
    except Refused:
        if Shoot.objects.filter(pk=shoot.pk).exclude(launched_at=None).exists():
            return False  # another press of the button was first, and took the money that is missing now
        raise


def cancel(shoot: Shoot) -> int:
    """Cancels what has not started; what is under way is finished. Gives the number of cancelled pictures."""
    now = timezone.now()
    waiting = shoot.renders.filter(state=State.QUEUED)
    with transaction.atomic():
        count = waiting.update(
            state=State.CANCELLED, reserved=0, finished_at=now, updated_at=now, look_again_at=None
        )
        told_to_wait = Attempt.objects.filter(render__shoot=shoot, render__state=State.CANCELLED, outcome="")
        told_to_wait.update(outcome="cancelled", price_charged=0, ended_at=now)
    return count


def delete(shoot: Shoot) -> bool:
    """Throws a draft away. False for a launched shoot."""
    return Shoot.objects.filter(pk=shoot.pk, launched_at=None).delete()[0] > 0


def _launch(
    shoot: Shoot, person: User | None, packshots: dict[int, list[Packshot]], seen: int | None
) -> bool:
    total = sum_up(shoot, person, packshots)
    if total.problem:
        raise Refused(total.problem, **total.problem_values)
    with transaction.atomic():
        brand = money.lock(shoot.brand_id)
        if not shoot.edit(launched_at=timezone.now(), name=shoot.name or _usual_name(shoot)):
            return False
        prices = total.quote.amount or 0, total.drawn_quote.amount or 0
        renders = list(_renders(shoot, person, packshots, prices, total.left_out))
        price_now = sum(render.reserved for render in renders)
        if seen is not None and seen != price_now:
            raise Refused("price_changed", before=seen, now=price_now)
        money.check(brand, person, price_now)
        Render.objects.bulk_create(renders, batch_size=400)
        queue.work_on_renders(len(renders))
    shoot.refresh_from_db()
    return True


def _products(shoot: Shoot) -> Iterable[Product]:
    return shoot.products.prefetch_related("packshots").order_by("pk")


def _problem(
    shoot: Shoot,
    products: list[Product],
    left_out: list[Product],
    scenes: list[Scene],
    ratios: list[str],
    pictures: int,
) -> tuple[str, dict[str, object]]:
    """What bars the launch first, as a code of messages.py; empty when nothing does."""
    if disk.low():
        return "disk_low", {"free": disk.free(), "limit": settings.DISK_FLOOR}
    if not products:
        return "no_products", {}
    if bare := lacking(shoot, products):
        first = next(one for one in products if one.pk in bare)
        return bare[first.pk], {"sku": first.sku}
    if len(left_out) == len(products):
        return "no_cutout", {"skus": named(left_out)}
    if not scenes:
        return "no_scenes", {}
    if not ratios:
        return "no_shapes", {}
    if pictures > settings.SHOOT_PICTURES:
        return "too_many_pictures", {"count": pictures, "limit": settings.SHOOT_PICTURES}
    return "", {}


def _money_problem(
    shoot: Shoot,
    refused: list[Declined],
    asked: tuple[Quote, int, Quote, int],
    month: money.Room,
    today: money.Room,
) -> tuple[str, dict[str, object]]:
    """Whether the engine is open, makes this, has a price, and the price fits."""
    if shoot.engine not in offered():
        return "engine_gone", {"engine": shoot.engine}
    code, values = pace.needs_open(shoot.engine, shoot.model)
    if code:
        return code, values
    if refused:
        return refused[0].code, refused[0].values
    for quote in (asked[0], asked[2]):
        if quote.amount is None:
            return quote.problem or "price_unknown", dict(quote.values)
    price = _price(*asked)
    for room, code in ((month, "over_budget"), (today, "over_daily_limit")):
        if price and not room.fits(price):
            return code, {"price": price, "left": room.left, "limit": room.limit}
    return "", {}


def _rooms(shoot: Shoot, person: User | None) -> tuple[money.Room, money.Room]:
    """What the brand may still spend this month and the person today. Embedded pictures cost nothing."""
    if not is_remote(shoot.engine):
        return money.Room(None, 0, 0), money.Room(None, 0, 0)
    return money.month(shoot.brand), money.today(shoot.brand, person)


def _price(quote: Quote, pictures: int, drawn_quote: Quote, drawn: int) -> int | None:
    if quote.amount is None or drawn_quote.amount is None:
        return None
    return quote.amount * pictures + drawn_quote.amount * drawn


def _refused(shoot: Shoot, ratios: list[str], products: list[Product]) -> list[Declined]:
    """Shapes that a model of the plan cannot make at this resolution, each with the nearest that it can."""
    drafts = draft_model(shoot)
    drawn = {product.cover is None and bool(drafts) for product in products} or {False}
    told = (
        refusal(shoot.engine, drafts if words else shoot.model, ratio, shoot.resolution, drawn=words)
        for words in sorted(drawn)
        for ratio in ratios
    )
    return [no for no in told if no]


def _renders(
    shoot: Shoot,
    person: User | None,
    packshots: dict[int, list[Packshot]],
    prices: tuple[int, int],
    left_out: Collection[Product],
) -> Iterator[Render]:
    versions = [scene.current for scene in shoot.scenes.published().prefetch_related("versions")]
    for product in _products(shoot):
        if product in left_out:
            continue
        starts: list[Packshot | None] = [*packshots.get(product.pk, [])] or [product.cover]
        each = itertools.product(
            starts, filter(None, versions), shoot.all_ratios(), range(1, shoot.takes + 1)
        )
        for packshot, version, ratio, take in each:
            render = _render(shoot, product, packshot, version, ratio, take)
            render.asked_by, render.reserved = person, prices[packshot is None]
            yield render


def _render(
    shoot: Shoot, product: Product, packshot: Packshot | None, version: SceneVersion, ratio: str, take: int
) -> Render:
    drawn = packshot is None
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
        model=draft_model(shoot) if drawn else shoot.model,
        basis=Basis.WORDS if drawn else Basis.PACKSHOT,
        prompt=write_prompt(product, version, shoot.brand, drawn=drawn),
    )


def _usual_name(shoot: Shoot) -> str:
    names = [scene.name for scene in shoot.scenes.published()]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return (" and ".join(names[:2]) if not more else ", ".join(names[:2])) + more
