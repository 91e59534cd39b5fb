"""How much a brand may keep: packshots, the bytes of the files that came in, archives beside them."""

from django.conf import settings
from django.db.models import Count, Sum

from studio.imaging.errors import Refused
from studio.models import Brand, Import, Packshot


def check(brand: Brand, size: int) -> None:
    """Raises Refused when one more packshot of `size` bytes is too much.

    Only inside a transaction that holds the brand, see `hold`, does the answer last until the row is written.
    """
    kept = Packshot.objects.filter(brand=brand).aggregate(count=Count("pk"), bytes=Sum("bytes"))
    count, used = kept["count"], kept["bytes"] or 0
    if count >= settings.BRAND_PACKSHOTS:
        raise Refused("brand_packshots", count=count, limit=settings.BRAND_PACKSHOTS)
    if used + size > settings.BRAND_BYTES:
        raise Refused("brand_bytes", bytes=size, used=used, limit=settings.BRAND_BYTES)


def check_archive(imported: Import, size: int) -> None:
    """Raises Refused when an archive of `size` bytes finds no room beside packshots and other archives.

    The import's own archive gives way to it. Packshots that come in are held against packshots alone: what
    is unpacked is there twice for a while. As with `check`, hold the brand.
    """
    shots = Packshot.objects.filter(brand=imported.brand_id).aggregate(bytes=Sum("bytes"))["bytes"] or 0
    others = Import.objects.filter(brand=imported.brand_id).exclude(archive="").exclude(pk=imported.pk)
    archives = others.aggregate(bytes=Sum("archive_bytes"))["bytes"] or 0
    if shots + archives + size > settings.BRAND_BYTES:
        values = {"used": shots, "archives": archives, "limit": settings.BRAND_BYTES}
        raise Refused("brand_archives", bytes=size, **values)


def hold(brand: Brand) -> None:
    """Whoever else takes a packshot in for this brand waits until our transaction ends."""
    Brand.objects.select_for_update().get(pk=brand.pk)
