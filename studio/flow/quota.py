"""How much a brand may keep: packshots, and the bytes of the files that came in."""

from django.conf import settings
from django.db.models import Count, Sum

from studio.imaging.errors import Refused
from studio.models import Brand, Packshot


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


def hold(brand: Brand) -> None:
    """Whoever else takes a packshot in for this brand waits until our transaction ends."""
    Brand.objects.select_for_update().get(pk=brand.pk)
