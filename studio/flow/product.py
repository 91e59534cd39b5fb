"""Products get better names, and go."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from studio import storage
from studio.imaging.errors import Refused
from studio.models import FINAL, Cut, Packshot, Product, Render


def describe(product: Product, *, name: str, sku: str, description: str) -> None:
    """Raises Refused("sku_taken") when another product of the brand has this SKU."""
    product.name, product.sku, product.description = name, sku, description
    try:
        with transaction.atomic():
            product.save(update_fields=["name", "sku", "description"])
    except IntegrityError as error:
        raise Refused("sku_taken", sku=sku) from error


def delete(product: Product) -> None:
    """Removes the product with its packshots, pictures and files; what was paid for them stays in the ledger.

    Raises Refused("pictures_under_way") while pictures of it are being made.
    """
    with transaction.atomic():
        _refuse_while_working(product.renders.all())
        files = _files_of(product.renders.all())
        files += [key for shot in product.packshots.all() for key in _files_behind(shot)]
        product.delete()
    storage.delete(files)


def delete_packshot(packshot: Packshot) -> None:
    """Removes one packshot and the pictures that were made from it."""
    with transaction.atomic():
        _refuse_while_working(packshot.renders.all())
        files = _files_of(packshot.renders.all()) + _files_behind(packshot)
        packshot.delete()
    storage.delete(files)


def _refuse_while_working(renders: QuerySet[Render]) -> None:
    if count := renders.exclude(state__in=FINAL).count():
        raise Refused("pictures_under_way", count=count)


def _files_behind(packshot: Packshot) -> list[str]:
    """Its own, and the cut-outs that gave way to corrections."""
    replaced = packshot.corrections.exclude(replaced="").values_list("replaced", flat=True)
    return packshot.files + list(replaced)


def _files_of(renders: QuerySet[Render]) -> list[str]:
    pictures = [key for render in renders for key in render.files]
    return pictures + list(
        Cut.objects.filter(render__in=renders).exclude(file="").values_list("file", flat=True)
    )
