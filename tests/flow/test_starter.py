"""What stands in a new studio."""

import csv

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from studio.flow import preset, starter
from studio.imaging.ratios import RATIOS, nearest
from studio.models import Brand, Placement, Product, Scene, SceneVersion, User


@pytest.fixture
def laid(db: None) -> None:
    starter.lay_in()


def test_all_sixty_placements_come_with_their_source(laid: None) -> None:
    with (starter.HOME / "placements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {place.slug: place for place in Placement.objects.all()}
    assert len(places) == len(rows) == 60
    for row in rows:
        place = places[row["id"]]
        assert (place.width, place.height) == (int(row["width_px"]), int(row["height_px"]))
        assert (place.evidence, place.confidence) == (row["evidence"], row["confidence"])
        assert place.ratio in RATIOS
        assert place.ratio == nearest(place.width, place.height)


def test_at_least_eight_scenes_are_published_each_with_a_preview(laid: None) -> None:
    scenes = list(Scene.objects.published().prefetch_related("versions"))
    assert len(scenes) >= 8
    for scene in scenes:
        assert scene.current is not None
        assert scene.current.preview, f"{scene.slug} has no preview"
        assert "product" in scene.current.keep.lower()


def test_three_products_stand_ready_with_packshots(laid: None) -> None:
    products = Product.objects.filter(brand__slug="studio")
    assert products.count() == 3
    assert all(product.cover and product.description for product in products)


def test_once_more_changes_nothing(laid: None, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    before = [model.objects.count() for model in (Brand, Placement, Product, Scene, SceneVersion, User)]
    Product.objects.all()[0].delete()
    starter.lay_in()
    after = [model.objects.count() for model in (Brand, Placement, Product, Scene, SceneVersion, User)]
    before[2] -= 1
    assert after == before, "what a person deleted stays deleted"


def test_a_scene_that_somebody_here_changed_is_left_alone(laid: None, admin: User) -> None:
    scene = Scene.objects.published()[0]
    draft = preset.draft_of(scene, admin)
    words = {field: getattr(draft, field) for field in preset.WORDS} | {"mood": "quite another mood"}
    preset.write(draft, **words)
    preset.publish(draft)
    starter.lay_in()
    assert Scene.objects.get(pk=scene.pk).current.mood == "quite another mood"  # type: ignore[union-attr]


def test_the_environment_may_name_the_first_admin(db: None, settings: LazySettings) -> None:
    settings.FIRST_ADMIN = {"username": "root", "email": "", "password": "correct horse battery"}
    starter.lay_in()
    starter.lay_in()
    assert User.objects.get(username="root").memberships.get().brand.slug == "studio"


def test_a_weak_password_in_the_environment_is_refused_by_name(db: None, settings: LazySettings) -> None:
    settings.FIRST_ADMIN = {"username": "root", "email": "", "password": "horse"}
    with pytest.raises(ImproperlyConfigured, match="DJANGO_SUPERUSER_PASSWORD.*too short"):
        starter.lay_in()
