"""Published versions never change, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from studio.models import Brand, Scene, SceneVersion
from tests import cast


@pytest.mark.parametrize("field", ["surface", "light", "mood", "keep", "number", "published_at"])
def test_the_database_refuses_to_change_a_published_version(db: None, field: str) -> None:
    version = cast.scene().current
    assert version
    other = {"number": 7, "published_at": None}.get(field, "something else")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        SceneVersion.objects.filter(pk=version.pk).update(**{field: other})


def test_a_draft_can_be_changed_until_it_is_published_once(db: None) -> None:
    draft = cast.scene(published=False).draft
    assert draft
    SceneVersion.objects.filter(pk=draft.pk).update(surface="on linen")
    assert draft.publish()
    assert not draft.publish()


def test_a_scene_has_one_draft_at_most(db: None) -> None:
    scene = cast.scene(published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        SceneVersion.objects.create(scene=scene, number=2)


def test_two_shared_scenes_never_have_one_slug(db: None) -> None:
    cast.scene(slug="linen")
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.scene(slug="linen")


def test_a_brand_sees_its_own_scenes_and_the_shared_ones(brand: Brand) -> None:
    own, shared = cast.scene(of=brand), cast.scene()
    cast.scene(of=cast.brand("Halden"))
    assert set(Scene.objects.open_to(brand)) == {own, shared}


def test_drafts_and_retired_scenes_are_not_offered(db: None) -> None:
    cast.scene(published=False)
    retired = cast.scene()
    Scene.objects.filter(pk=retired.pk).update(retired_at="2026-01-01T00:00Z")
    assert not Scene.objects.published().exists()
