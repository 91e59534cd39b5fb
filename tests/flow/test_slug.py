"""Two people name a scene alike at once: both get it, each under an address of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from studio.flow import brand as brands
from studio.flow import preset
from studio.flow.slug import under_a_free_one
from studio.models import Brand, Scene
from tests import cast


def test_the_first_free_one_is_taken(db: None) -> None:
    person = cast.person("Ada Admin")
    assert [brands.found(person, "Café").slug for _ in range(3)] == ["cafe", "cafe-2", "cafe-3"]
    assert brands.found(person, "日本").slug == "brand"


def test_what_can_never_be_created_is_an_error_at_once(brand: Brand) -> None:
    """A thousand other addresses would not help it."""
    tried: list[str] = []

    def create(slug: str) -> Scene:
        tried.append(slug)
        return Scene.objects.create(brand=brand, name=None, slug=slug)

    with pytest.raises(IntegrityError, match="name"):
        under_a_free_one("Linen", "scene", brand.scenes.all(), create)
    assert tried == ["linen"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_named_apart() -> None:
    brand = cast.brand("Northfold")

    def name(_: int) -> str:
        slug = preset.new_scene(brand, None, "Café counter").slug
        connection.close()
        return slug

    with ThreadPoolExecutor(8) as pool:
        slugs = list(pool.map(name, range(8)))
    assert sorted(slugs) == sorted(["cafe-counter", *(f"cafe-counter-{number}" for number in range(2, 9))])
