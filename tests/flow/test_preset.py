"""Scenes are drafted, published and retired."""

import pytest

from studio.flow import preset as flow
from studio.imaging.errors import Refused
from studio.models import Brand, Scene, SceneVersion, User
from tests import cast

WORDS = {"surface": "on linen", "light": "soft", "mood": "calm", "keep": "Keep the shape."}


def test_a_new_scene_has_a_draft_and_a_slug_of_its_own(brand: Brand, admin: User) -> None:
    first, second = flow.new_scene(brand, admin, "Café counter"), flow.new_scene(brand, admin, "Café counter")
    assert (first.slug, second.slug) == ("cafe-counter", "cafe-counter-2")
    assert first.draft is not None
    assert first.draft.keep == flow.USUAL_KEEP
    assert not Scene.objects.published().exists()


def test_a_new_name_waits_for_the_publishing_of_its_draft(brand: Brand, admin: User) -> None:
    scene = flow.new_scene(brand, admin, "Linnen")
    draft = flow.draft_of(scene, admin)
    flow.write(draft, **WORDS, engine={}, name="Linen")
    assert Scene.objects.get().name == "Linen", "nobody knows the scene yet"
    flow.publish(draft)
    flow.write(flow.draft_of(scene, admin), **WORDS, engine={}, name="Silk")
    scene.refresh_from_db()
    assert (scene.name, scene.draft_name) == ("Linen", "Silk")
    flow.publish(flow.draft_of(scene, admin))
    scene.refresh_from_db()
    assert (scene.name, scene.draft_name, scene.slug) == ("Silk", "", "linnen")


def test_a_name_that_is_typed_back_waits_for_nothing(brand: Brand, admin: User) -> None:
    scene = cast.scene(brand, "linen")
    for name in ("Silk", "Linen"):
        flow.write(flow.draft_of(scene, admin), **WORDS, engine={}, name=name)
    scene.refresh_from_db()
    assert (scene.name, scene.draft_name) == ("Linen", "")


def test_publishing_asks_for_every_sentence(brand: Brand, admin: User) -> None:
    draft = flow.new_scene(brand, admin, "Linen").draft
    assert draft
    with pytest.raises(Refused) as refusal:
        flow.publish(draft)
    assert (refusal.value.code, refusal.value.values) == ("words_missing", {"field": "surface"})


def test_a_change_is_a_new_version_and_the_old_one_stays(brand: Brand, admin: User) -> None:
    scene = flow.new_scene(brand, admin, "Linen")
    draft = flow.draft_of(scene, admin)
    flow.write(draft, **WORDS, engine={})
    assert flow.publish(draft)
    change = flow.draft_of(scene, admin)
    assert (change.number, change.surface) == (2, "on linen")
    flow.write(change, **(WORDS | {"surface": "on silk"}), engine={}, note="Silk is smoother")
    flow.publish(change)
    assert list(scene.versions.values_list("number", "surface")) == [(2, "on silk"), (1, "on linen")]


def test_a_published_version_is_not_written_to(brand: Brand, admin: User) -> None:
    draft = flow.draft_of(flow.new_scene(brand, admin, "Linen"), admin)
    flow.write(draft, **WORDS, engine={})
    flow.publish(draft)
    assert not flow.write(draft, **(WORDS | {"surface": "on silk"}), engine={}, name="Silk")
    assert Scene.objects.get().name == "Linen"
    assert SceneVersion.objects.get().surface == "on linen"


def test_a_value_the_engine_does_not_know_is_refused_with_what_it_knows(brand: Brand, admin: User) -> None:
    draft = flow.draft_of(flow.new_scene(brand, admin, "Linen"), admin)
    with pytest.raises(Refused) as refusal:
        flow.write(draft, **WORDS, engine={"ground": {"material": "lava"}})
    assert refusal.value.code == "engine_value"
    assert "slate" in str(refusal.value.values["allowed"])


def test_a_retired_scene_comes_back(db: None) -> None:
    scene = cast.scene()
    flow.retire(scene)
    assert not Scene.objects.published().exists()
    flow.revive(scene)
    assert Scene.objects.published().exists()
