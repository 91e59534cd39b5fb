"""What the page of a running shoot shows: a section a product, a row a scene, a frame a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, OuterRef, QuerySet, Subquery

from studio.models import Product, Render, SceneVersion, Shoot
from studio.web import marks, words
from studio.web.frames import Frame
from studio.web.prices import Prices
from studio.web.progress import Progress

PAGE: Final = 60  # pictures; more come as the page is scrolled
ORDER: Final = ("product_id", "scene_version__scene__name", "scene_version_id", "pk")  # as they are made


@dataclass(frozen=True)
class Row:
    version: SceneVersion
    frames: list[Frame]


@dataclass(frozen=True)
class Section:
    product: Product
    rows: list[Row]
    arrived: int
    total: int


@dataclass(frozen=True)
class Sheet:
    """One page of a shoot's pictures. `more` is where the next begins, None at the end."""

    sections: list[Section]
    more: int | None

    @property
    def scenes(self) -> list[SceneVersion]:
        return list(dict.fromkeys(row.version for section in self.sections for row in section.rows))


def sheet(shoot: Shoot, progress: Progress, start: int, may_act: bool) -> Sheet:
    renders = shoot.renders.order_by(*ORDER)
    page = frames_of(renders[start : start + PAGE + 1], may_act)
    by_product = groupby(page[:PAGE], lambda frame: frame.render.product)
    sections = [
        Section(product, _rows(group), *progress.products.get(product.pk, (0, 0)))
        for product, group in by_product
    ]
    return Sheet(sections, start + PAGE if len(page) > PAGE else None)


def frames_of(renders: QuerySet[Render], may_act: bool, arriving: bool = False) -> list[Frame]:
    """Frames whose edge print says how many placements are cut from the picture."""
    of_its_ratio = {"shoot": OuterRef("shoot"), "placement__ratio": OuterRef("ratio")}
    asked: QuerySet[Any] = Shoot.placements.through.objects.filter(**of_its_ratio).order_by()
    counted = Subquery(asked.values("shoot").annotate(count=Count("pk")).values("count"))
    rows: QuerySet[Any] = renders.annotate(wanted=counted).select_related(
        "product", "packshot", "scene_version__scene"
    )
    prices, found = Prices(), marks.of(rows)
    return [
        Frame(
            row,
            _cuts(row.wanted or 0),
            may_act,
            arriving=arriving,
            again=prices.of_failed(row),
            mark=found.get(row.pk),
        )
        for row in rows
    ]


def _rows(frames: Iterable[Frame]) -> list[Row]:
    by_scene = groupby(frames, lambda frame: frame.render.scene_version)
    return [Row(version, list(group)) for version, group in by_scene]


def _cuts(number: int) -> str:
    return words.count(number, "placement") if number else "uncut"
