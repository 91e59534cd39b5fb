"""Scenes are drafted, published and retired. What is published never changes."""

from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Max, Value, When
from django.utils import timezone
from PIL import Image

from studio import storage
from studio.flow import cutout
from studio.flow.slug import under_a_free_one
from studio.imaging.compose import compose
from studio.imaging.encode import webp
from studio.imaging.errors import Refused
from studio.imaging.provenance import COMPOSITE, Origin, packet
from studio.imaging.ratios import size
from studio.imaging.scene import Scene as EngineScene
from studio.imaging.scene import SceneError
from studio.models import Brand, Packshot, Scene, SceneVersion, User

USUAL_KEEP = "Keep the product shape and color unchanged."
WORDS = ("surface", "light", "mood", "keep", "engine")
PREVIEW_SIDE = 800
SAMPLE: Final = Path(__file__).resolve().parent.parent / "starter" / "samples" / "bottle.jpg"


def by_slug(brand: Brand) -> dict[str, Scene]:
    """What a shoot of the brand may use today. Its own wins over a shared one of the same slug."""
    shared_first = F("brand").asc(nulls_first=True)
    return {scene.slug: scene for scene in Scene.objects.open_to(brand).published().order_by(shared_first)}


def new_scene(brand: Brand | None, person: User | None, name: str, like: SceneVersion | None = None) -> Scene:
    """A scene with an empty draft, or with the words of another version."""
    words = {field: getattr(like, field) for field in WORDS} if like else {"keep": USUAL_KEEP}

    def create(slug: str) -> Scene:
        scene = Scene.objects.create(brand=brand, name=name, slug=slug)
        SceneVersion.objects.create(scene=scene, number=1, created_by=person, **words)
        return scene

    return under_a_free_one(name, "scene", Scene.objects.filter(brand=brand), create)


def draft_of(scene: Scene, person: User | None) -> SceneVersion:
    """The scene's draft; made as a copy of its newest version when there is none."""
    existing = scene.versions.filter(published_at=None).first()
    if existing:
        return existing
    newest = scene.versions.order_by("-number").first()
    words = {field: getattr(newest, field) for field in WORDS} if newest else {"keep": USUAL_KEEP}
    number = (scene.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            return SceneVersion.objects.create(scene=scene, number=number, created_by=person, **words)
    except IntegrityError:  # another tab was first
        return scene.versions.get(published_at=None)


def write(
    draft: SceneVersion,
    *,
    surface: str,
    light: str,
    mood: str,
    keep: str,
    engine: dict[str, Any],
    note: str = "",
    name: str | None = None,
) -> bool:
    """Saves a draft. False when it was published meanwhile. A published scene keeps its name till then.

    Raises Refused("engine_value", field, value, allowed) for a value that the engine does not know.
    """
    check_engine(engine)
    fields = {"surface": surface, "light": light, "mood": mood, "keep": keep, "engine": engine, "note": note}
    open_draft = SceneVersion.objects.filter(pk=draft.pk, published_at=None)
    with transaction.atomic():  # published in between, the name would wait for a draft that is gone
        saved = open_draft.update(updated_at=timezone.now(), **fields) == 1
        if saved and name:
            _call(draft.scene_id, name)
    draft.refresh_from_db()
    return saved


def publish(draft: SceneVersion) -> bool:
    """Freezes the draft; shoots use it from now on. Raises Refused("words_missing", field=…)."""
    bare = [field for field in ("surface", "light", "mood", "keep") if not getattr(draft, field).strip()]
    if bare:
        raise Refused("words_missing", field=bare[0])
    check_engine(draft.engine)
    with transaction.atomic():
        won = draft.publish()
        if won:
            renamed = Scene.objects.filter(pk=draft.scene_id).exclude(draft_name="")
            renamed.update(name=F("draft_name"), draft_name="")
    return won


def _call(scene_id: int, name: str) -> None:
    """What is published goes on under the name that people know, so a new one waits beside it."""
    scene = Scene.objects.filter(pk=scene_id)
    if SceneVersion.objects.filter(scene=scene_id, published_at__isnull=False).exists():
        scene.update(draft_name=Case(When(name=name, then=Value("")), default=Value(name)))
    else:
        scene.update(name=name)


def retire(scene: Scene) -> None:
    """No new shoot may use it; what was made with it stays."""
    Scene.objects.filter(pk=scene.pk, retired_at=None).update(retired_at=timezone.now())


def revive(scene: Scene) -> None:
    Scene.objects.filter(pk=scene.pk).update(retired_at=None)


def preview(draft: SceneVersion, packshot: Packshot | None, ratio: str = "5:4") -> bytes:
    """The packshot in this scene as the embedded engine draws it now: a small WebP.

    Without one a sample is shown that comes with Studio: a shared scene shows no brand's product.
    """
    product = cutout.pixels(packshot) if packshot else cutout.of_file(SAMPLE.read_bytes()).rgba
    made = compose(product, check_engine(draft.engine), *size(ratio, PREVIEW_SIDE), seed=1)
    return webp(Image.fromarray(made.pixels), PREVIEW_SIDE, quality=82, xmp=packet(Origin(COMPOSITE)))


def keep_preview(version: SceneVersion, data: bytes) -> None:
    """Stores a preview with its version; the one before goes. A draft published meanwhile keeps its."""
    before, key = version.preview, storage.save(data, "previews", "webp")
    same = SceneVersion.objects.filter(pk=version.pk, published_at=version.published_at)
    if same.update(preview=key) == 0:
        storage.delete([key])
        return
    version.preview = key
    storage.delete([before] if before else [])


def check_engine(values: dict[str, Any]) -> EngineScene:
    try:
        return EngineScene.parse(values)
    except SceneError as error:
        raise Refused(
            "engine_value", field=error.field, value=str(error.value), allowed=error.allowed
        ) from error
