"""Which files come of some pictures: counted before anything is built, channel by channel."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from studio.flow import final
from studio.models import Brand, Cause, Cut, Export, Placement, Render, Review, Shoot, State, Verdict
from studio.models.preset import placement_title

GONE: Final = "file_gone"  # why a cut whose file was not there is missing; its values name the cut
UNCUT: Final = "Uncut"  # in place of a channel
SHOWN: Final = 6  # pictures named for each reason
READ: Final = 20_000  # findings that are grouped


@dataclass(frozen=True)
class Shape:
    """What each picture of one shoot and ratio is delivered as."""

    placements: tuple[Placement, ...]
    uncut: bool

    @property
    def files(self) -> int:
        return len(self.placements) + self.uncut


Shapes = Mapping[tuple[int, str], Shape]  # by shoot and ratio


@dataclass
class Channel:
    """Files by what the channel would say to them. `coming` are not cut yet."""

    name: str
    files: int = 0
    warnings: int = 0
    failures: int = 0
    coming: int = 0

    @property
    def fitting(self) -> int:
        """What stays when what would fail is left out."""
        return self.files - self.failures


@dataclass
class Reason:
    """Why files of one placement are warned about, fail their channel, or cannot be made at all."""

    placement: str
    code: str
    level: str
    values: dict[str, Any]
    unmade: bool
    renders: list[int] = field(default_factory=list)


@dataclass
class Summary:
    """What would come out. `unfinished`, `rejected` and `replaced` count pictures, all else files."""

    channels: list[Channel]
    reasons: list[Reason]
    bytes: int
    failing_bytes: int
    unmade: int
    unfinished: int
    rejected: int
    replaced: int

    @property
    def files(self) -> int:
        return sum(channel.files for channel in self.channels) - self.unmade

    @property
    def failures(self) -> int:
        return sum(channel.failures for channel in self.channels)

    @property
    def coming(self) -> int:
        return sum(channel.coming for channel in self.channels)


def chosen(brand: Brand, shoot: Shoot | None = None) -> QuerySet[Render]:
    """What an archive of a shoot holds, or of a whole brand: the pictures that nobody rejected or cancelled.

    Of a shoot also those that are not finished: the archive names them.
    """
    return wanted(shoot.renders.all() if shoot else brand.renders.filter(state=State.DONE))


def wanted(found: QuerySet[Render], approved_only: bool = False) -> QuerySet[Render]:
    kept = found.exclude(review=Review.REJECTED).exclude(state=State.CANCELLED)
    return kept.filter(review=Review.APPROVED) if approved_only else kept


def shapes(renders: QuerySet[Render]) -> Shapes:
    """The shape of each picture, by its shoot and ratio. Without a placement it is wanted uncut."""
    pairs = set(renders.order_by().values_list("shoot", "ratio").distinct())
    shoots = Shoot.objects.filter(pk__in={shoot for shoot, _ in pairs}).prefetch_related("placements")
    return {
        (shoot.pk, ratio): Shape(places, not places or ratio in shoot.ratios)
        for shoot in shoots
        for ratio in sorted({ratio for pk, ratio in pairs if pk == shoot.pk})
        for places in [tuple(place for place in shoot.placements.all() if place.ratio == ratio)]
    }


def replaced(renders: QuerySet[Render]) -> dict[int, Render]:
    """By key: the finals in whose favour pictures among these stay out."""
    finals = list(renders.filter(cause=Cause.FINAL, state=State.DONE).select_related("parent"))
    if not finals:
        return {}
    origins = {final.origin(one).pk for one in finals} - {one.pk for one in finals}
    return final.replaced([*finals, *renders.filter(pk__in=origins).select_related("parent")])


def summary(found: QuerySet[Render], approved_only: bool = False) -> Summary:
    """Counts what these pictures give, without reading each of them."""
    kept = wanted(found, approved_only)
    finals = replaced(kept)
    done = kept.filter(state=State.DONE).exclude(pk__in=finals)
    cuts = Cut.objects.filter(render__in=done.order_by().values("pk"))
    channels, uncut_bytes = _promised(done)
    weights = _judge(channels, cuts)
    why = reasons(cuts)
    return Summary(
        channels=sorted(channels.values(), key=lambda one: (one.name == UNCUT, one.name)),
        reasons=why,
        bytes=sum(weights.values()) + uncut_bytes,
        failing_bytes=weights[Verdict.FAILURE],
        unmade=sum(len(reason.renders) for reason in why if reason.unmade),
        unfinished=kept.exclude(state=State.DONE).count(),
        rejected=found.filter(review=Review.REJECTED).count(),
        replaced=len(finals),
    )


def packed(export: Export) -> QuerySet[Cut]:
    """The cuts whose files a finished archive has; what was made or cut since is not among them."""
    done = export.renders.filter(state=State.DONE)
    kept = done.exclude(pk__in=replaced(done)).order_by()
    until = export.finished_at or timezone.now()
    gone = [one["values"].get("cut") for one in export.missing if one["reason"] == GONE]
    cuts = Cut.objects.filter(render__in=kept.values("pk"), made_at__lte=until).exclude(file="")
    cuts = cuts.exclude(pk__in=[pk for pk in gone if pk])
    return cuts.exclude(verdict=Verdict.FAILURE) if export.skip_failing else cuts


def verdicts(cuts: QuerySet[Cut]) -> Counter[str]:
    """How many files there are of each verdict."""
    return Counter(dict(cuts.order_by().values_list("verdict").annotate(Count("pk"))))


def reasons(cuts: QuerySet[Cut]) -> list[Reason]:
    """Why some of these do not simply pass: the worst first, then those that most files share."""
    found: dict[tuple[int, str], Reason] = {}
    place = ("placement", "placement__channel", "placement__name")
    bad = cuts.exclude(verdict=Verdict.GOOD).order_by("pk")
    rows = bad.values_list(*place, "render", "findings", "failure", "failure_values")
    for placement, channel, name, render, findings, failure, values in rows[:READ]:
        told = [{"code": failure, "level": Verdict.FAILURE, **values}] if failure else findings
        for one in told:
            new = Reason(placement_title(channel, name), one["code"], one["level"], one, bool(failure))
            found.setdefault((placement, one["code"]), new).renders.append(render)
    return sorted(found.values(), key=lambda one: (one.level != Verdict.FAILURE, -len(one.renders)))


def _promised(done: QuerySet[Render]) -> tuple[dict[str, Channel], int]:
    """The files by channel, and the bytes of those that are uncut."""
    shaped, weight = shapes(done), 0
    channels: dict[str, Channel] = {}
    for group in done.order_by().values("shoot", "ratio").annotate(n=Count("pk"), size=Sum("bytes")):
        shape = shaped[group["shoot"], group["ratio"]]
        names = [place.channel for place in shape.placements] + [UNCUT] * shape.uncut
        for name in names:
            channels.setdefault(name, Channel(name)).files += group["n"]
        weight += shape.uncut * (group["size"] or 0)
    return channels, weight


def _judge(channels: dict[str, Channel], cuts: QuerySet[Cut]) -> Counter[str]:
    """Adds what was found to the channels; the bytes of what is cut, by verdict."""
    for name, channel in channels.items():
        channel.coming = 0 if name == UNCUT else channel.files
    groups = (
        cuts.order_by().values("placement__channel", "verdict").annotate(n=Count("pk"), size=Sum("bytes"))
    )
    weights = Counter[str]()
    for group in groups:
        channel = channels.setdefault(group["placement__channel"], Channel(group["placement__channel"]))
        channel.coming -= group["n"]
        channel.warnings += group["n"] * (group["verdict"] == Verdict.WARNING)
        channel.failures += group["n"] * (group["verdict"] == Verdict.FAILURE)
        weights[group["verdict"]] += group["size"]
    return weights
