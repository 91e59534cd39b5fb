"""The page before an archive: which pictures are meant, what comes of them, what the files are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils.text import slugify

from studio.flow import naming, outgoing, selection
from studio.flow.selection import Reason
from studio.messages import Message, say
from studio.models import Brand, Cut, Export, Render, Shoot, State, Verdict
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
    built: bool

    @property
    def failing(self) -> bool:
        return self.reason.level == Verdict.FAILURE

    @property
    def headline(self) -> str:
        """`3 files would fail Meta Stories`; once they are in an archive, that they fail it."""
        count = len(self.reason.renders)
        return f"{words.count(count, 'file')} {self._verb(count)} {self.reason.placement}"

    @property
    def more(self) -> int:
        return len(self.reason.renders) - len(self.pictures)

    @property
    def thumbs(self) -> list[tuple[Render, str]]:
        return [(render, addresses.of_thumb(render)) for render in self.pictures]

    def _verb(self, count: int) -> str:
        if self.reason.unmade:
            return "cannot be made for"
        if not self.failing:
            return "for"
        return "would fail" if not self.built else "fails" if count == 1 else "fail"


@dataclass(frozen=True)
class Flaws:
    """What the channels would say to files of a finished archive, where they do not simply pass."""

    files: int
    failing: int
    warned: int
    told: list[Told]

    @property
    def sentence(self) -> str:
        """`Of its 312 files 4 fail their channel, 3 have warnings`; empty when all is well."""
        fail = f"{self.failing:,} {'fails its' if self.failing == 1 else 'fail their'} channel"
        warn = f"{self.warned:,} {'has a warning' if self.warned == 1 else 'have warnings'}"
        parts = [fail] * bool(self.failing) + [warn] * bool(self.warned)
        return f"Of its {words.count(self.files, 'file')} {', '.join(parts)}" if parts else ""


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
        "told": told(summary.reasons),
        "skip": skip,
        "examples": examples(kept, template, skip) if template else [],
        "called": called(kept) if "{scene}" in template else [],
    }


def flaws(export: Export) -> Flaws:
    packed = selection.packed(export)
    found = selection.verdicts(packed)
    failing, warned = found[Verdict.FAILURE], found[Verdict.WARNING]
    why = told(selection.reasons(packed), built=True) if failing or warned else []
    return Flaws(export.count, failing, warned, why)


def told(reasons: Iterable[Reason], built: bool = False) -> list[Told]:
    reasons = list(reasons)
    shown = {pk for reason in reasons for pk in reason.renders[: selection.SHOWN]}
    rows = Render.objects.select_related("product", "scene_version__scene").in_bulk(shown)
    return [
        Told(
            reason,
            say(**reason.values),
            [rows[pk] for pk in reason.renders[: selection.SHOWN] if pk in rows],
            built,
        )
        for reason in reasons
    ]


def called(renders: QuerySet[Render]) -> list[tuple[str, str]]:
    """Names of scenes that `{scene}` calls otherwise than they are shown, each with what it calls them."""
    scenes = renders.order_by().values_list("scene_version__scene__name", "scene_version__scene__slug")
    return [(name, slug) for name, slug in sorted(scenes.distinct()) if slugify(name) != slug][:EXAMPLES]


def examples(renders: QuerySet[Render], template: str, skip: bool) -> list[str]:
    """The names of some of the files, of as many channels as there are; `skip` leaves out what would fail."""
    cuts = Prefetch("cuts", Cut.objects.select_related("placement"))
    some = list(renders.select_related(*_RELATED).prefetch_related(cuts).order_by("pk")[: 2 * EXAMPLES])
    shaped = selection.shapes(Render.objects.filter(pk__in=[render.pk for render in some]))
    names, found = naming.Names(), dict[tuple[int, str], str]()
    for render in some:
        out = {cut.placement_id for cut in render.cuts.all() if skip and cut.verdict == Verdict.FAILURE}
        endings = {cut.placement_id: cut.extension for cut in render.cuts.all()}
        for place in outgoing.slots(shaped[render.shoot_id, render.ratio]):
            if place and place.pk in out:
                continue
            ending = endings.get(place.pk, "") if place else naming.extension_of(render.picture)
            size = (place.width, place.height) if place else (render.width or 0, render.height or 0)
            wish = outgoing.wish(template, render, place, ending or outgoing.usual_ending(place), size)
            found.setdefault((render.product_id, place.channel if place else ""), wish)
    return [names.give(wish) for wish in list(found.values())[:EXAMPLES]]
