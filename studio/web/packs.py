"""What the pages of products show: each with its first packshot, how many there are, what may be uploaded."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from studio.flow import disk
from studio.flow.correction import can_correct
from studio.flow.cutout import CORRECTED
from studio.messages import MESSAGES, Message, say
from studio.models import Brand, Correction, Packshot, Product, Render, State
from studio.web import addresses


@dataclass(frozen=True)
class Pack:
    """A product as it lies on the table; without a packshot `shot` is None."""

    product: Product
    shot: "Shot | None"
    pictures: int


@dataclass(frozen=True)
class Shot:
    """One packshot of a product; `pictures` were made from it.

    `doubt` is what its cut-out suffers from, None when it is clean or not known yet: then `waits` is true,
    as it is while a correction of it is made (`due`).
    """

    packshot: Packshot
    pictures: int = 0
    due: bool = False

    @property
    def thumb(self) -> str:
        return addresses.of_packshot_thumb(self.packshot)

    @property
    def picture(self) -> str:
        return addresses.of_packshot(self.packshot)

    @property
    def waits(self) -> bool:
        return self.due or not self.packshot.cutout

    @property
    def cutout(self) -> str:
        """Where a small copy of the cut-out is; empty before there is one."""
        return addresses.of_cutout_thumb(self.packshot) if self.packshot.cutout else ""

    @property
    def can_correct(self) -> bool:
        return can_correct(self.packshot)

    @property
    def corrected(self) -> bool:
        return self.packshot.cutout_reason == CORRECTED

    @property
    def doubt(self) -> Message | None:
        code = self.packshot.cutout_reason
        return say(code, file=self.packshot.file_name) if code in MESSAGES else None


@dataclass(frozen=True)
class Limits:
    """What an upload may be, and the sentences for when it is not.

    They have {count} and {bytes} to fill in. `no_room` is what bars any upload now, mostly empty.
    """

    bytes: int
    files: int
    too_big: str
    too_many: str
    no_room: str

    @property
    def megabytes(self) -> int:
        return self.bytes // 1_000_000


def packs(products: QuerySet[Product]) -> list[Pack]:
    """In three queries, however many there are."""
    done = Render.objects.filter(product=OuterRef("pk"), state=State.DONE).order_by()
    count = done.values("product").annotate(count=Count("pk")).values("count")
    found = products.annotate(pictures=Coalesce(Subquery(count), 0)).prefetch_related("packshots")
    return [Pack(product, _cover(product), product.pictures) for product in found]


def shots(product: Product) -> list[Shot]:
    """The product's packshots in order."""
    done = Count("renders", filter=Q(renders__state=State.DONE))
    due = Exists(Correction.objects.filter(packshot=OuterRef("pk"), done_at=None))
    found = product.packshots.annotate(pictures=done, due=due)
    return [Shot(packshot, packshot.pictures, packshot.due) for packshot in found]


def judged(brand: Brand, keys: list[int]) -> list[Shot]:
    """Those of these packshots that are cut out by now."""
    found = Packshot.objects.filter(brand=brand, pk__in=keys).exclude(cutout="")
    ready = found.exclude(pk__in=Correction.objects.filter(done_at=None).values("packshot"))
    return [Shot(packshot) for packshot in ready.select_related("product")]


def counts(brand: Brand) -> dict[str, int]:
    """Packshots first: who sees the last of several that come in at once sees its product, too."""
    packshots = Packshot.objects.filter(brand=brand).count()
    return {"products": brand.products.count(), "packshots": packshots}


def limits() -> Limits:
    return Limits(
        settings.UPLOAD_BYTES,
        settings.UPLOAD_FILES,
        say("too_many_bytes", bytes="{bytes}", limit=settings.UPLOAD_BYTES).sentence,
        say("too_many_files", count="{count}", limit=settings.UPLOAD_FILES).sentence,
        say("disk_low", free=disk.free(), limit=settings.DISK_FLOOR).sentence if disk.low() else "",
    )


def _cover(product: Product) -> Shot | None:
    return Shot(product.cover) if product.cover else None
