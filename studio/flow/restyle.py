"""The main job in one call: files in, finished pictures out, through the rows and steps of the browser."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from studio.flow import cut, intake, naming, people, provenance, work
from studio.flow import shoot as shoots
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import FINAL, Brand, Packshot, Placement, Product, Render, Scene, Shoot
from studio.models.render import UNDECIDED


@dataclass(frozen=True)
class Wish:
    """What was asked for. `ratios` are wanted uncut, beside the placements."""

    brand: Brand
    files: Sequence[Path]
    scenes: Sequence[Scene]
    placements: Sequence[Placement]
    ratios: Sequence[str]
    resolution: str
    engine: str
    model: str
    takes: int
    out: Path


def pictures(wish: Wish, finish: Callable[[Shoot], None]) -> Iterator[dict[str, Any]]:
    """Every picture that was asked for, in the order of the files: written, or with the reason why not.

    `finish` comes back when the shoot's pictures are final. Raises Refused for a wish that cannot be granted
    at any time; one that cannot be granted now is every picture's reason.
    """
    taken, refused = take_in(wish)
    shoot = None
    try:
        shoot = launch(wish, list(taken.values())) if taken else None
    except Refused as refusal:
        if refusal.code not in shoots.NOT_NOW and not refusal.code.startswith("price_"):
            raise
        refused |= dict.fromkeys(taken, refusal)
    if shoot:
        finish(shoot)
    for path in wish.files:
        if path in refused or shoot is None:
            yield from refusals(wish, path, refused[path])
        else:
            yield from deliver(wish, shoot, path, taken[path])


def take_in(wish: Wish) -> tuple[dict[Path, Packshot], dict[Path, Refused]]:
    """Every file as a packshot of the product named after its stem; or why it was refused."""
    taken: dict[Path, Packshot] = {}
    refused: dict[Path, Refused] = {}
    for path in wish.files:
        try:
            taken[path] = _receive(wish.brand, path)
        except Refused as refusal:
            refused[path] = refusal
    return taken, refused


def launch(wish: Wish, packshots: Sequence[Packshot]) -> Shoot:
    """A launched shoot of these packshots, booked to the system user. Raises Refused."""
    person = people.system_user()
    shoot = shoots.plan(wish.brand, person, {shot.product for shot in packshots})
    shoots.choose(
        shoot,
        products=shoot.products.all(),
        scenes=wish.scenes,
        placements=wish.placements,
        ratios=wish.ratios,
        resolution=wish.resolution,
        takes=wish.takes,
        name="Command line",
        engine=wish.engine,
        model=wish.model,
    )
    starts: dict[int, list[Packshot]] = {}
    for packshot in dict.fromkeys(packshots):
        starts.setdefault(packshot.product_id, []).append(packshot)
    try:
        shoots.launch(shoot, person, starts)
    except Refused:
        shoots.delete(shoot)
        raise
    return shoot


def finish(shoot: Shoot) -> None:
    """Works on the shoot until every picture is final, or waits for a person; workers elsewhere may help."""
    renders = Render.objects.filter(shoot=shoot)
    while renders.exclude(Q(state__in=FINAL) | UNDECIDED).exists():
        if not work.work_on(renders):
            time.sleep(0.3)


def deliver(wish: Wish, shoot: Shoot, path: Path, packshot: Packshot) -> Iterator[dict[str, Any]]:
    """Writes every file that was asked for of this packshot, and tells about each."""
    wanted = shoot.renders.filter(packshot=packshot).select_related("scene_version__scene", "product")
    for one in wanted.order_by("pk"):
        price = one.attempts.aggregate(paid=Sum("price_charged"))["paid"] or 0
        for placement in _outputs(wish, one):
            yield _deliver(wish, one, path, placement, price)
            price = 0  # one paid picture serves every placement of its ratio


def refusals(wish: Wish, path: Path, refusal: Refused) -> Iterator[dict[str, Any]]:
    """What is missing because a file was refused: one entry for each picture that would have been."""
    error = {"error": say(refusal.code, **refusal.values).sentence}
    shapes = [(place.slug, place.ratio) for place in wish.placements] + [(None, one) for one in wish.ratios]
    for scene, (slug, ratio), _ in itertools.product(wish.scenes, shapes, range(wish.takes)):
        yield _facts(wish, path, scene.slug, slug, ratio) | error


def _receive(brand: Brand, path: Path) -> Packshot:
    data = path.read_bytes()
    product, new = Product.objects.get_or_create(
        brand=brand, sku=path.stem[:80], defaults={"name": path.stem[:120]}
    )
    try:
        arrival = intake.receive(brand, people.system_user(), path.name, data, product=product)
    except Refused:
        if new:
            _delete_bare(product)
        raise
    if new and arrival.product != product:  # the same bytes stand under another product already
        _delete_bare(product)
    return arrival.packshot


@transaction.atomic
def _delete_bare(product: Product) -> None:
    """Unless somebody has put a packshot into it meanwhile."""
    for held in Product.objects.select_for_update().filter(pk=product.pk):
        if not held.packshots.exists():
            held.delete()


def _outputs(wish: Wish, one: Render) -> list[Placement | None]:
    """The placements of this render's ratio, and None where the uncut picture was asked for too."""
    placements = [place for place in wish.placements if place.ratio == one.ratio]
    return [*placements, *([None] if one.ratio in wish.ratios else [])]


def _deliver(wish: Wish, one: Render, path: Path, placement: Placement | None, price: int) -> dict[str, Any]:
    slug = placement.slug if placement else None
    facts = _facts(wish, path, one.scene_version.scene.slug, slug, one.ratio)
    facts |= {"shoot": one.shoot_id, "state": one.state, "price_microusd": price, "model": one.model or None}
    if one.state != "done":
        return facts | {"error": say(one.failure or one.state, **one.failure_values).sentence}
    if placement is None:
        return facts | _written(
            wish, one, path, None, one.picture, _suffix(one.picture), (one.width, one.height), []
        )
    [made] = cut.of(one, [placement])
    if not made.file:
        return facts | {"error": say(made.failure, **made.failure_values).sentence}
    checks = [finding["code"] for finding in made.findings]
    size = (made.width, made.height)
    return facts | _written(wish, one, path, placement, made.file, made.extension, size, checks)


def _suffix(key: str) -> str:
    return key.rpartition(".")[2]


def _written(
    wish: Wish,
    one: Render,
    path: Path,
    placement: Placement | None,
    key: str,
    extension: str,
    size: tuple[int | None, int | None],
    checks: list[str],
) -> dict[str, Any]:
    target = wish.out / naming.name_of(one, placement, extension, sku=path.stem)
    xmp = b"" if placement else provenance.packet_of(one)  # a cut carries it already
    with provenance.open_marked(key, xmp) as file:
        target.write_bytes(file.read())
    return {"path": str(target), "width": size[0], "height": size[1], "check": checks}


def _facts(wish: Wish, path: Path, scene: str, placement: str | None, ratio: str) -> dict[str, Any]:
    """The keys of one reported picture; what is not known stays null."""
    return {
        "file": str(path),
        "path": None,
        "sku": path.stem,
        "scene": scene,
        "placement": placement,
        "ratio": ratio,
        "width": None,
        "height": None,
        "engine": wish.engine,
        "model": wish.model or None,
        "resolution": wish.resolution,
        "price_microusd": 0,
        "shoot": None,
        "state": "failed",
        "check": [],
        "error": None,
    }
