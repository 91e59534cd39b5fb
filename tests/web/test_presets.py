"""Scenes are read by all, written by admins, frozen when published; placements stand on one scale."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.imaging.scene import Scene as EngineScene
from studio.models import Brand, Scene, User
from studio.web.forms.engine import EngineForm
from tests import cast, pictures

SignIn = Callable[[User], Client]
BY_SCRIPT = {"HX-Request": "true"}
WORDS = {
    "name": "Dark slate",
    "surface": "on dark slate",
    "light": "side light",
    "mood": "moody",
    "keep": "Keep the product shape and color unchanged.",
    "note": "Darker",
}


def dials(**changed: object) -> dict[str, Any]:
    """The engine's fields as a browser sends them; names with __ for the dots."""
    form = EngineForm({})
    sent = {form.add_prefix(name): form[name].value() for name in form.fields}
    sent |= {form.add_prefix(name.replace("__", ".")): value for name, value in changed.items()}
    return {name: "on" if value is True else value for name, value in sent.items() if value is not False}


@pytest.fixture
def scene(brand: Brand) -> Scene:
    return cast.scene(brand, "dark-slate")


@pytest.fixture(autouse=True)
def _small_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Previews the size of a stamp, since these tests are about pages."""
    monkeypatch.setattr("studio.flow.preset.PREVIEW_SIDE", 64)


# --- Looking -------------------------------------------------------------------------------------


def test_presets_open_with_the_first_scene(sign_in: SignIn, viewer: User, brand: Brand, scene: Scene) -> None:
    page = sign_in(viewer).get(f"/b/{brand.slug}/presets/").content.decode()
    assert "Dark slate" in page
    assert "v1, 0 pictures" in page
    assert "dramatic side lighting" in page


def test_a_brand_without_scenes_says_who_writes_the_first(
    sign_in: SignIn, viewer: User, admin: User, brand: Brand
) -> None:
    assert b"An admin of the brand" in sign_in(viewer).get(f"/b/{brand.slug}/presets/").content
    assert f"/b/{brand.slug}/presets/new/".encode() in sign_in(admin).get(f"/b/{brand.slug}/presets/").content


def test_those_who_may_not_write_get_words_and_no_fields(
    sign_in: SignIn, marketer: User, scene: Scene
) -> None:
    page = sign_in(marketer).get(f"/scenes/{scene.pk}/").content.decode()
    assert "on a dark slate stone surface" in page
    assert "<textarea" not in page
    assert "Publish" not in page


def test_a_draft_of_somebody_elses_is_not_shown_to_those_who_look(
    sign_in: SignIn, admin: User, viewer: User, scene: Scene
) -> None:
    sign_in(admin).post(f"/scenes/{scene.pk}/", WORDS | dials() | {"mood": "secret plans"})
    page = sign_in(viewer).get(f"/scenes/{scene.pk}/").content
    assert b"secret plans" not in page
    assert sign_in(viewer).get(f"/scenes/{scene.pk}/?version=2").status_code == 404


def test_an_old_version_can_be_looked_at(sign_in: SignIn, admin: User, scene: Scene) -> None:
    browser = sign_in(admin)
    browser.post(f"/scenes/{scene.pk}/", WORDS | dials())
    browser.post(f"/scenes/{scene.pk}/publish/")
    page = browser.get(f"/scenes/{scene.pk}/?version=1").content.decode()
    assert "on a dark slate stone surface" in page
    assert "as it was published" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("number", ["9", "x", "-1", ""])
def test_a_version_that_is_not_there_is_not_found(
    sign_in: SignIn, viewer: User, scene: Scene, number: str
) -> None:
    assert sign_in(viewer).get(f"/scenes/{scene.pk}/", {"version": number}).status_code == 404


def test_the_prompt_marks_the_words_of_product_and_brand(
    sign_in: SignIn, viewer: User, brand: Brand, scene: Scene
) -> None:
    Brand.objects.filter(pk=brand.pk).update(brief="No hands, no other brands.")
    cast.packshot(cast.product(brand, description="Speckled stoneware mug"))
    page = sign_in(viewer).get(f"/scenes/{scene.pk}/").content.decode()
    assert "<mark>Speckled stoneware mug</mark>" in page
    assert "<mark>No hands, no other brands.</mark>" in page


def test_a_stranger_finds_no_scene_of_the_brand(sign_in: SignIn, stranger: User, scene: Scene) -> None:
    browser = sign_in(stranger)
    assert browser.get(f"/scenes/{scene.pk}/").status_code == 404
    for act in ("", "preview/", "publish/", "retire/", "revive/"):
        assert browser.post(f"/scenes/{scene.pk}/{act}", WORDS).status_code == 404


def test_placements_stand_by_channel_with_their_rules(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    cast.placement(
        channel="TikTok", name="In-feed ad", width=1080, height=1920, ratio="9:16", max_bytes=500_000,
        safe_top=10, safe_bottom=20, evidence="third_party", confidence="medium",
        source_url="https://example.com/specs", notes="Sound on.",
    )  # fmt: skip
    cast.placement(channel="Web", name="Banner", width=970, height=250, ratio="3:1")
    page = sign_in(viewer).get(f"/b/{brand.slug}/presets/placements/").content.decode()
    for words in (
        "1080 × 1920 px, cut from 9:16", "up to 500 kB", "10 % above", "third party, medium confidence",
        "https://example.com/specs", "23 % lost", 'class="safe"',
    ):  # fmt: skip
        assert words in page, words


# --- Writing -------------------------------------------------------------------------------------


def test_what_an_admin_writes_becomes_a_draft(sign_in: SignIn, admin: User, scene: Scene) -> None:
    page = sign_in(admin).post(f"/scenes/{scene.pk}/", WORDS | dials(ground__material="slate"))
    assert page["Location"] == f"/scenes/{scene.pk}/"
    draft = Scene.objects.get(pk=scene.pk).draft
    assert draft is not None
    assert (draft.number, draft.mood, draft.created_by) == (2, "moody", admin)
    assert draft.engine["ground"]["material"] == "slate"
    assert EngineScene.parse(draft.engine).ground.material == "slate"
    current = Scene.objects.get(pk=scene.pk).current
    assert current is not None
    assert current.number == 1  # shoots still use what is published


def test_a_pause_in_typing_saves_and_brings_the_prompt(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene
) -> None:
    page = sign_in(admin).post(f"/scenes/{scene.pk}/", WORDS | dials() | {"light": "dusk"}, headers=BY_SCRIPT)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Draft of v2" in text
    assert "dusk" in text
    assert "Publish v2" in text
    assert "<html" not in text


def test_a_new_name_is_read_by_others_once_it_is_published(
    sign_in: SignIn, admin: User, viewer: User, brand: Brand, scene: Scene
) -> None:
    browser, onlooker = sign_in(admin), sign_in(viewer)
    page = browser.post(f"/scenes/{scene.pk}/", WORDS | dials() | {"name": "Wet slate"}, headers=BY_SCRIPT)
    assert b"Shoots use v1, and its name, until you publish" in page.content
    writing, looking = (one.get(f"/scenes/{scene.pk}/").content.decode() for one in (browser, onlooker))
    assert 'value="Wet slate"' in writing
    assert "Dark slate</h2>" in writing
    assert "Wet slate" not in looking
    browser.post(f"/scenes/{scene.pk}/publish/")
    assert b"Wet slate v2 is published" in browser.get(f"/scenes/{scene.pk}/").content
    assert b"Wet slate</h2>" in onlooker.get(f"/scenes/{scene.pk}/").content


def test_looking_alone_makes_no_draft(sign_in: SignIn, admin: User, scene: Scene) -> None:
    sign_in(admin).get(f"/scenes/{scene.pk}/")
    assert scene.versions.count() == 1


def test_a_missing_keep_sentence_is_noticed_while_writing_and_stops_the_publishing(
    sign_in: SignIn, admin: User, scene: Scene
) -> None:
    browser = sign_in(admin)
    page = browser.post(f"/scenes/{scene.pk}/", WORDS | dials() | {"keep": ""}, headers=BY_SCRIPT)
    assert b"Use the usual sentence" in page.content
    page = browser.post(f"/scenes/{scene.pk}/publish/", follow=True)
    assert b"A sentence is missing" in page.content
    assert Scene.objects.get(pk=scene.pk).draft is not None


@pytest.mark.parametrize(
    "wrong",
    [{"light__height": "500"}, {"ground__material": "lava"}, {"wall__colour": "blue"}, {"palette": "#12"}],
)
def test_a_dial_beyond_its_range_is_a_sentence_and_nothing_typed_is_lost(
    sign_in: SignIn, admin: User, scene: Scene, wrong: dict[str, object]
) -> None:
    page = sign_in(admin).post(f"/scenes/{scene.pk}/", WORDS | dials(**wrong) | {"mood": "typed with care"})
    assert page.status_code == 422
    assert b'role="alert"' in page.content
    assert b"typed with care" in page.content
    assert scene.versions.count() == 1


def test_words_that_are_too_long_are_refused_with_the_limit(
    sign_in: SignIn, admin: User, scene: Scene
) -> None:
    page = sign_in(admin).post(
        f"/scenes/{scene.pk}/", WORDS | dials() | {"mood": "m" * 601}, headers=BY_SCRIPT
    )
    assert page.status_code == 422
    assert b"at most 600 characters" in page.content


def test_a_marketer_writes_no_scene(sign_in: SignIn, marketer: User, scene: Scene) -> None:
    browser = sign_in(marketer)
    for act in ("", "preview/", "publish/", "retire/", "revive/"):
        assert browser.post(f"/scenes/{scene.pk}/{act}", WORDS | dials()).status_code == 403
    assert scene.versions.count() == 1


# --- A new scene ---------------------------------------------------------------------------------


def test_a_new_scene_begins_as_a_draft(sign_in: SignIn, admin: User, brand: Brand) -> None:
    browser = sign_in(admin)
    page = browser.post(f"/b/{brand.slug}/presets/new/", {"name": "Reading corner"})
    made = Scene.objects.get(name="Reading corner")
    assert page["Location"] == f"/scenes/{made.pk}/"
    assert (made.brand, made.current) == (brand, None)
    assert b"No shoot can use it until you publish" in browser.get(page["Location"]).content


def test_a_shared_scene_is_copied_to_the_brand(sign_in: SignIn, admin: User, brand: Brand) -> None:
    shared = cast.scene(slug="shared-slate", mood="shared mood")
    browser = sign_in(admin)
    assert b"Copy to Northfold" in browser.get(f"/scenes/{shared.pk}/").content
    browser.post(f"/b/{brand.slug}/presets/new/", {"name": "Our slate", "like": shared.pk})
    draft = Scene.objects.get(brand=brand).draft
    assert draft is not None
    assert draft.mood == "shared mood"


def test_a_foreign_scene_is_never_copied(sign_in: SignIn, admin: User, brand: Brand, stranger: User) -> None:
    foreign = cast.scene(stranger.brands.get(), mood="their secret")
    page = sign_in(admin).post(f"/b/{brand.slug}/presets/new/", {"name": "Ours", "like": foreign.pk})
    assert page.status_code == 200
    assert not Scene.objects.filter(brand=brand).exists()


def test_only_staff_make_scenes_for_all_brands(sign_in: SignIn, admin: User, brand: Brand) -> None:
    browser = sign_in(admin)
    browser.post(f"/b/{brand.slug}/presets/new/", {"name": "One", "shared": "on"})
    assert Scene.objects.get(name="One").brand == brand
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    browser.post(f"/b/{brand.slug}/presets/new/", {"name": "Two", "shared": "on"})
    assert Scene.objects.get(name="Two").brand is None


def test_a_marketer_makes_no_scene(sign_in: SignIn, marketer: User, brand: Brand, stranger: User) -> None:
    path = f"/b/{brand.slug}/presets/new/"
    assert sign_in(marketer).post(path, {"name": "Mine"}).status_code == 403
    assert sign_in(stranger).post(path, {"name": "Mine"}).status_code == 404
    assert not Scene.objects.exists()


# --- Drawing and publishing ----------------------------------------------------------------------


def test_a_preview_is_drawn_and_saves_nothing(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene
) -> None:
    product = cast.product(brand)
    cast.packshot(product, pictures.packshot(width=240, height=240))
    sent = WORDS | dials(ground__material="stone") | {"product": product.pk, "ratio": "1:1"}
    page = sign_in(admin).post(f"/scenes/{scene.pk}/preview/", sent, headers=BY_SCRIPT)
    assert page.status_code == 200
    assert b"data:image/webp;base64," in page.content
    assert scene.versions.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"ratio": "7:5"}, {"product": "0"}, {"engine-light.height": "500"}, {"product": "foreign"}]
)
def test_a_preview_that_cannot_be_drawn_says_why(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene, stranger: User, wrong: dict[str, Any]
) -> None:
    foreign = cast.product(stranger.brands.get())
    cast.packshot(foreign)
    product = cast.product(brand)
    cast.packshot(product)
    if wrong == {"product": "foreign"}:
        wrong = {"product": foreign.pk}
    sent = WORDS | dials() | {"product": product.pk, "ratio": "1:1"} | wrong
    page = sign_in(admin).post(f"/scenes/{scene.pk}/preview/", sent, headers=BY_SCRIPT)
    assert page.status_code == 422
    assert b"<span>" in page.content


def test_publishing_freezes_the_draft_with_its_picture(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene
) -> None:
    cast.packshot(cast.product(brand), pictures.packshot(width=240, height=240))
    browser = sign_in(admin)
    browser.post(f"/scenes/{scene.pk}/", WORDS | dials())
    page = browser.post(f"/scenes/{scene.pk}/publish/", follow=True)
    assert b"v2 is published" in page.content
    current = Scene.objects.get(pk=scene.pk).current
    assert current is not None
    assert (current.number, bool(current.preview)) == (2, True)


def test_a_shared_scene_is_never_pictured_with_a_brands_own_product(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    cast.packshot(cast.product(brand), pictures.packshot(width=240, height=240))
    shared = cast.scene(slug="shared-slate")
    browser = sign_in(admin)
    browser.post(f"/scenes/{shared.pk}/", WORDS | dials())
    browser.post(f"/scenes/{shared.pk}/publish/")
    current = Scene.objects.get(pk=shared.pk).current
    assert current is not None
    assert (current.number, bool(current.preview)) == (2, True), "a sample of ours stands in it"
    assert not brand.packshots.exclude(cutout="").exists(), "nobody's packshot was used"


def test_the_product_in_the_previews_stays_after_publishing(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene
) -> None:
    first, second = cast.product(brand), cast.product(brand)
    for product in (first, second):
        cast.packshot(product, pictures.packshot(width=240, height=240))
    browser = sign_in(admin)
    browser.post(f"/scenes/{scene.pk}/", WORDS | dials())
    page = browser.post(f"/scenes/{scene.pk}/publish/", {"product": second.pk}, follow=True)
    assert f'<option value="{second.pk}" selected>' in page.content.decode()
    assert browser.get(f"/scenes/{scene.pk}/?product=x").status_code == 200


def test_publishing_without_a_draft_changes_nothing(sign_in: SignIn, admin: User, scene: Scene) -> None:
    page = sign_in(admin).post(f"/scenes/{scene.pk}/publish/", follow=True)
    assert b"has no draft to publish" in page.content
    assert scene.versions.count() == 1


def test_a_scene_retires_and_comes_back(sign_in: SignIn, admin: User, scene: Scene) -> None:
    browser = sign_in(admin)
    assert b"is retired" in browser.post(f"/scenes/{scene.pk}/retire/", follow=True).content
    assert not Scene.objects.published().filter(pk=scene.pk).exists()
    assert b"is back" in browser.post(f"/scenes/{scene.pk}/revive/", follow=True).content
    assert Scene.objects.published().filter(pk=scene.pk).exists()


@pytest.mark.parametrize("act", ["preview", "publish", "retire", "revive"])
def test_changes_of_a_scene_are_posts(sign_in: SignIn, admin: User, scene: Scene, act: str) -> None:
    assert sign_in(admin).get(f"/scenes/{scene.pk}/{act}/").status_code == 405


def test_the_product_that_was_previewed_is_on_the_picture_of_the_scene(
    sign_in: SignIn, admin: User, brand: Brand, scene: Scene
) -> None:
    first, chosen = cast.product(brand), cast.product(brand)
    cast.packshot(first, b"no picture at all")
    cast.packshot(chosen, pictures.packshot(width=240, height=240))
    browser = sign_in(admin)
    browser.post(f"/scenes/{scene.pk}/", WORDS | dials())
    browser.post(f"/scenes/{scene.pk}/publish/", {"product": chosen.pk})
    current = Scene.objects.get(pk=scene.pk).current
    assert current is not None
    assert current.preview
