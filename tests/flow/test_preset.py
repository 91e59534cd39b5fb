"""Scenes are drafted, published and retired."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection

from studio import storage
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


def test_words_and_name_of_a_draft_are_written_together(brand: Brand, admin: User) -> None:
    """Published in between, the new name would wait for a draft that is gone."""
    scene = cast.scene(brand, "linen")
    draft = flow.draft_of(scene, admin)

    def no_names(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "studio_scene" '):
            raise OperationalError("database is locked")
        return execute(sql, *rest)

    with connection.execute_wrapper(no_names), pytest.raises(OperationalError):
        flow.write(draft, **(WORDS | {"surface": "on silk"}), engine={}, name="Silk")
    assert SceneVersion.objects.get(pk=draft.pk).surface == "on a dark slate stone surface"
    assert flow.write(draft, **(WORDS | {"surface": "on silk"}), engine={}, name="Silk")
    assert draft.surface == "on silk"


def test_a_draft_that_was_published_meanwhile_keeps_its_preview(brand: Brand, admin: User) -> None:
    draft = flow.draft_of(cast.scene(brand, "linen"), admin)
    flow.keep_preview(draft, b"first")
    stale = SceneVersion.objects.get(pk=draft.pk)
    assert flow.publish(draft)
    flow.keep_preview(stale, b"second")
    kept = SceneVersion.objects.get(pk=draft.pk).preview
    assert stale.preview == kept
    assert storage.read(kept) == b"first"
    folders, _ = default_storage.listdir("previews")
    assert sum(len(default_storage.listdir(f"previews/{one}")[1]) for one in folders) == 1


def test_a_published_version_may_get_another_preview(brand: Brand) -> None:
    """As the starter's scenes do."""
    version = cast.scene(brand, "linen").current
    assert version
    for data in (b"first", b"second"):
        flow.keep_preview(version, data)
        version.refresh_from_db()
        assert storage.read(version.preview) == data


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
