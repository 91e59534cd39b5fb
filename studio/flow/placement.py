"""Placements are made, changed and retired. What was cut for one never changes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from studio.imaging.encode import OPAQUE
from studio.imaging.errors import Refused
from studio.imaging.ratios import RATIOS, crop_loss, parts
from studio.models import Brand, Placement, Shoot

PIXELS: Final = (16, 10_000)
BYTES: Final = (1_000, 1_000_000_000)
SAFE: Final = 45.0  # percent of a side that a margin may take
MUCH: Final = 0.25  # a loss above this is worth a warning
WRITTEN: Final = OPAQUE  # formats that we write ourselves
SIDES: Final = ("top", "bottom", "left", "right")
FILE: Final = (
    "width", "height", "min_width", "min_height", "formats", "max_bytes", "background_rule",
    "safe_top", "safe_bottom", "safe_left", "safe_right",
)  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """A placement as people describe it. `safe` is percent: top, bottom, left, right; `others` are formats
    that the channel takes and we do not write."""

    channel: str
    name: str
    width: int
    height: int
    formats: Sequence[str] = ("JPEG", "PNG")
    others: Sequence[str] = ()
    max_bytes: int | None = None
    safe: tuple[float, float, float, float] = (0, 0, 0, 0)
    min_width: int | None = None
    min_height: int | None = None
    background_rule: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Fit:
    """What cutting a picture of `ratio` to a size takes away: `loss` as a share (0–1), and on which sides."""

    ratio: str
    loss: float
    trimmed: str  # "sides", "ends" (top and bottom), or "" for nothing

    @property
    def percent(self) -> float:
        return 100 * self.loss

    @property
    def much(self) -> bool:
        return self.loss > MUCH


def fits(width: int, height: int) -> list[Fit]:
    """The fifteen ratios by what they lose, the one that loses least first."""
    return sorted((_fit(ratio, width, height) for ratio in RATIOS), key=lambda fit: fit.loss)


def by_slug(brand: Brand) -> dict[str, Placement]:
    """What a shoot of the brand may choose today. Its own wins over a shared one of the same slug."""
    return {place.slug: place for place in Placement.objects.offered_to(brand).reverse()}


def create(brand: Brand | None, outline: Outline, like: Placement | None = None) -> Placement:
    """A placement of the brand, or one shared by all. `like` lends its sources. Raises Refused."""
    fields = _checked(outline)
    _check_name(brand, outline)
    lent = {name: getattr(like, name) for name in ("source_url", "source_url_2")} if like else {}
    last = Placement.objects.aggregate(last=Max("position"))["last"]
    slug = _free_slug(brand, f"{outline.channel}_{outline.name}")
    return _saved(Placement(brand=brand, slug=slug, position=(last or 0) + 1, **lent, **fields))


def edit(placement: Placement, outline: Outline) -> Placement:
    """Changes a placement; the row that stands for it from now on. Raises Refused.

    When pictures were cut for it, or are to be, a change of the file or of its check (pixels, formats, limit,
    safe area, background) retires the row, so that old shoots keep what they promised; a new row takes its
    name and slug.
    """
    fields = _checked(outline)
    _check_name(placement.brand, outline, placement)
    changed = any(getattr(placement, name) != fields[name] for name in FILE)
    if changed and _in_use(placement):
        return _succeed(placement, fields)
    for name, value in fields.items():
        setattr(placement, name, value)
    return _saved(placement)


def retire(placement: Placement) -> int:
    """Offers it no more. Cuts and launched shoots keep it; the number of drafts that let go of it."""
    with transaction.atomic():
        Placement.objects.filter(pk=placement.pk, retired_at=None).update(retired_at=timezone.now())
        let_go, _ = _drafts(placement).delete()
    return int(let_go)


def revive(placement: Placement) -> None:
    """Offers it again. Raises Refused when another has its name meanwhile."""
    _check_name(placement.brand, placement, placement)
    placement.retired_at = None
    if _offered(placement.brand).filter(slug=placement.slug).exclude(pk=placement.pk).exists():
        placement.slug = _free_slug(placement.brand, placement.slug)
    _saved(placement)


def formats_of(text: str) -> tuple[list[str], list[str]]:
    """`"JPEG;TIFF"` -> `(["JPEG"], ["TIFF"])`: those that we write, and the others as typed."""
    ours = {name.upper(): name for name in WRITTEN}
    names = [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]
    named = [ours[name.upper()] for name in names if name.upper() in ours]
    return list(dict.fromkeys(named)), list(dict.fromkeys(name for name in names if name.upper() not in ours))


def _fit(ratio: str, width: int, height: int) -> Fit:
    wide, high = parts(ratio)
    loss = crop_loss(ratio, width, height)
    if loss < 1e-9:
        return Fit(ratio, 0.0, "")
    return Fit(ratio, loss, "sides" if wide * height > high * width else "ends")


def _checked(outline: Outline) -> dict[str, Any]:
    """The outline as columns. Raises Refused for a value that no file could have."""
    _check_pixels(outline)
    _check_safe(outline.safe)
    formats, others = formats_of(";".join([*outline.formats, *outline.others]))
    if not formats:
        raise Refused("placement_formats", allowed=", ".join(WRITTEN))
    if outline.max_bytes is not None and not BYTES[0] <= outline.max_bytes <= BYTES[1]:
        raise Refused("placement_limit", value=outline.max_bytes / 1000, low=1, high=BYTES[1] // 1000)
    margins = {f"safe_{side}": float(value) for side, value in zip(SIDES, outline.safe, strict=True)}
    words = {name: getattr(outline, name) for name in ("channel", "name", "background_rule", "notes")}
    numbers = {name: getattr(outline, name) for name in ("width", "height", "min_width", "min_height")}
    ratio = fits(outline.width, outline.height)[0].ratio
    joined = ";".join([*formats, *others])
    return words | numbers | margins | {"ratio": ratio, "formats": joined, "max_bytes": outline.max_bytes}


def _check_pixels(outline: Outline) -> None:
    low, high = PIXELS
    for side in ("width", "height"):
        value, least = getattr(outline, side), getattr(outline, f"min_{side}")
        if not low <= value <= high:
            raise Refused("placement_pixels", side=side, value=value, low=low, high=high)
        if least is not None and not 1 <= least <= value:
            raise Refused("placement_least", side=side, value=least, limit=value)


def _check_safe(safe: Sequence[float]) -> None:
    for side, value in zip(SIDES, safe, strict=True):
        if not 0 <= value <= SAFE:
            raise Refused("placement_safe", side=side, value=value, limit=SAFE)


def _check_name(brand: Brand | None, named: Outline | Placement, itself: Placement | None = None) -> None:
    """One name a channel, among those that the brand sees side by side."""
    alike = _offered(brand).filter(channel__iexact=named.channel, name__iexact=named.name)
    if alike.exclude(pk=itself.pk if itself else None).exists():
        raise Refused("placement_name_taken", channel=named.channel, name=named.name)


def _offered(brand: Brand | None) -> Any:
    rows = Placement.objects.filter(brand=None) if brand is None else Placement.objects.open_to(brand)
    return rows.filter(retired_at=None)


def _in_use(placement: Placement) -> bool:
    launched = placement.shoots.filter(launched_at__isnull=False)
    return placement.cuts.exists() or launched.exists()


@transaction.atomic
def _succeed(old: Placement, fields: dict[str, Any]) -> Placement:
    """A new row in the place of the old one; drafts follow it."""
    kept = ("brand", "slug", "position", "source_url", "source_url_2", "evidence", "confidence")
    lent = {name: getattr(old, name) for name in kept}
    Placement.objects.filter(pk=old.pk).update(retired_at=timezone.now())
    new = _saved(Placement(**lent, **fields))
    _drafts(old).update(placement=new)
    return new


def _drafts(placement: Placement) -> Any:
    """Where drafts name this placement."""
    return Shoot.placements.through.objects.filter(placement=placement, shoot__launched_at=None)


def _saved(placement: Placement) -> Placement:
    try:
        with transaction.atomic():
            placement.save()
    except IntegrityError as error:  # two people at once
        raise Refused("placement_name_taken", channel=placement.channel, name=placement.name) from error
    return placement


def _free_slug(brand: Brand | None, name: str) -> str:
    """Ours alone among what the brand sees; a shared one also differs from every brand's own."""
    wish = slugify(name).replace("-", "_")[:50].strip("_") or "placement"
    rows = Placement.objects.open_to(brand) if brand else Placement.objects.all()
    taken = set(rows.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for slug in [wish, *(f"{wish}_{n}" for n in range(2, 10_000))] if slug not in taken)
