"""Brands are founded side by side; each has a brief of its own."""

from studio.flow.slug import under_a_free_one
from studio.models import Brand, Membership, Role, User


def found(person: User, name: str) -> Brand:
    """A brand without anything in it, and the person as its first admin."""

    def create(slug: str) -> Brand:
        brand = Brand.objects.create(name=name, slug=slug)
        Membership.objects.create(brand=brand, user=person, role=Role.ADMIN)
        return brand

    return under_a_free_one(name, "brand", Brand.objects.all(), create)


def describe(brand: Brand, *, name: str, brief: str) -> None:
    """Its address stays, so that no link breaks. The brief goes into prompts from now on."""
    brand.name, brand.brief = name, brief
    brand.save(update_fields=["name", "brief"])
