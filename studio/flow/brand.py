"""Brands are founded side by side; each has a brief of its own."""

from django.db import transaction
from django.utils.text import slugify

from studio.models import Brand, Membership, Role, User


@transaction.atomic
def found(person: User, name: str) -> Brand:
    """A brand without anything in it, and the person as its first admin."""
    brand = Brand.objects.create(name=name, slug=_free_slug(name))
    Membership.objects.create(brand=brand, user=person, role=Role.ADMIN)
    return brand


def describe(brand: Brand, *, name: str, brief: str) -> None:
    """Its address stays, so that no link breaks. The brief goes into prompts from now on."""
    brand.name, brand.brief = name, brief
    brand.save(update_fields=["name", "brief"])


def _free_slug(name: str) -> str:
    wish = slugify(name)[:50] or "brand"
    taken = set(Brand.objects.filter(slug__startswith=wish).values_list("slug", flat=True))
    return next(slug for slug in [wish, *(f"{wish}-{n}" for n in range(2, 1000))] if slug not in taken)
