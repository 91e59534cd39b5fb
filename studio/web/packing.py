"""The page before an archive: which pictures are meant, what comes of them, what the files are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from studio.flow import naming, outgoing, selection
from studio.flow.selection import Reason, Summary
from studio.messages import Message, say
from studio.models import Brand, Cut, Render, Shoot, State, Verdict
from studio.web import addresses, words
from studio.web.forms.gallery import FilterForm
from studio.web.ids import ids

EXAMPLES: Final = 4
_RELATED: Final = ("product", "scene_version__scene", "shoot", "brand", "parent")


class Asked:
    """Pictures chosen one by one, a whole shoot, or what the gallery's filter finds."""

    def __init__(self, data: QueryDict, brand: Brand) -> None:
        self.ids, self.filter = ids(data.getlist("render")), FilterForm(data)
        self.shoot = self._whole_shoot(brand)
        rows = Render.objects.filter(brand=brand)
        self.found = rows.filter(pk__in=self.ids, state=State.DONE) if self.ids else self._narrowed(rows)

    @property
    def fields(self) -> list[tuple[str, Any]]:
        """What a form carries along to mean the same pictures."""
        return [("render", pk) for pk in self.ids] or list(self.filter.wanted.items())

    def _whole_shoot(self, brand: Brand) -> Shoot | None:
        wanted = self.filter.wanted
        if self.ids or set(wanted) != {"shoot"}:
            return None
        return Shoot.objects.filter(pk=wanted["shoot"], brand=brand).exclude(launched_at=None).first()

    def _narrowed(self, rows: QuerySet[Render]) -> QuerySet[Render]:
        return self.shoot.renders.all() if self.shoot else self.filter.narrow(rows)


@dataclass(frozen=True)
class Told:
    """One reason with its words, and some of the pictures it is about."""

    reason: Reason
    message: Message
    pictures: Sequence[Render]

    @property
    def failing(self) -> bool:
        return self.reason.level == Verdict.FAILURE

    @property
    def headline(self) -> str:
        """`3 files would fail Meta Stories: The product is cut`."""
        verb = "cannot be made for" if self.reason.unmade else "would fail" if self.failing else "for"
        return f"{words.count(len(self.reason.renders), 'file')} {verb} {self.reason.placement}"

    @property
    def more(self) -> int:
        return len(self.reason.renders) - len(self.pictures)

    @property
    def thumbs(self) -> list[tuple[Render, str]]:
        return [(render, addresses.of_thumb(render)) for render in self.pictures]


def shown(asked: Asked, template: str, approved: bool, skip: bool) -> dict[str, Any]:
    """What exports/new.html needs beside its form. Without a right template there are no examples."""
    summary = selection.summary(asked.found, approved)
    failing = summary.failures - summary.unmade
    weight = summary.bytes - (summary.failing_bytes if skip else 0)
    count, kept = summary.files - (failing if skip else 0), selection.wanted(asked.found, approved)
    return {
        "summary": summary,
        "count": count,
        "files": words.count(count, "file"),
        "any": count > 0,
        "failing": 0 if skip else failing,
        "fields": [f"{{{name}}}" for name in naming.FIELDS],
        "weight": words.weight(weight) if weight else "",
        "told": told(summary),
        "examples": examples(kept, template) if template else [],
    }


def told(summary: Summary) -> list[Told]:
    shown = {pk for reason in summary.reasons for pk in reason.renders[: selection.SHOWN]}
    rows = Render.objects.select_related("product", "scene_version__scene").in_bulk(shown)
    return [
        Told(
            reason, say(**reason.values), [rows[pk] for pk in reason.renders[: selection.SHOWN] if pk in rows]
        )
        for reason in summary.reasons
    ]


def examples(renders: QuerySet[Render], template: str) -> list[str]:
    """The names of some of the files, of as many channels as there are."""
    cuts = Prefetch("cuts", Cut.objects.select_related("placement"))
    some = list(renders.select_related(*_RELATED).prefetch_related(cuts).order_by("pk")[: 2 * EXAMPLES])
    shaped = selection.shapes(Render.objects.filter(pk__in=[render.pk for render in some]))
    names, found = naming.Names(), dict[tuple[int, str], str]()
    for render in some:
        endings = {cut.placement_id: cut.extension for cut in render.cuts.all()}
        for place in outgoing.slots(shaped[render.shoot_id, render.ratio]):
            ending = endings.get(place.pk, "") if place else naming.extension_of(render.picture)
            size = (place.width, place.height) if place else (render.width or 0, render.height or 0)
            wish = outgoing.wish(template, render, place, ending or outgoing.usual_ending(place), size)
            found.setdefault((render.product_id, place.channel if place else ""), wish)
    return [names.give(wish) for wish in list(found.values())[:EXAMPLES]]
