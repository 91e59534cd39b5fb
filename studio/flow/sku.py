"""Which product a SKU means, whatever the case it is written in."""

from collections.abc import Mapping

from studio.models import Product


def named(brand: int, sku: str) -> list[Product]:
    """Products of the brand with this id: the one spelt so, else all that are but for the case."""
    products = Product.objects.filter(brand=brand)
    if exact := products.filter(sku=sku).first():
        return [exact]
    if sku.isascii():
        return list(products.filter(sku__iexact=sku).order_by("pk"))
    # SQLite knows the case of ASCII letters alone.
    spelt = dict(products.values_list("sku", "pk"))
    alike = {other: pk for other, pk in spelt.items() if other.casefold() == sku.casefold()}
    return list(products.filter(pk__in=meant(sku, alike)).order_by("pk"))


def meant(sku: str, spelt: Mapping[str, int]) -> list[int]:
    """The same of products that are known: `spelt` gives the id for each way to write one SKU."""
    return [spelt[sku]] if sku in spelt else sorted(spelt.values())
