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


def test_whoever_is_slower_gets_the_next(brand: Brand) -> None:
    """Between looking and creating somebody else may always be quicker."""

    def create(slug: str) -> Scene:
        if slug == "linen":
            cast.scene(brand, "linen")  # that is them
        return Scene.objects.create(brand=brand, name="Linen", slug=slug)

    assert under_a_free_one("Linen", "scene", create).slug == "linen-2"


def test_what_can_never_be_created_is_an_error(brand: Brand) -> None:
    with pytest.raises(IntegrityError):
        under_a_free_one("Linen", "scene", lambda slug: Scene.objects.create(name=None, slug=slug))


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
