"""One scene's page: what it shows to whom, whole or the pieces that a saved draft changes."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from studio.flow.preset import USUAL_KEEP
from studio.models import Brand, Product, Role, Scene, SceneVersion
from studio.web import addresses, presets, versions
from studio.web.access import Request
from studio.web.forms.engine import EngineForm
from studio.web.forms.presets import PREVIEW_RATIOS, PreviewForm, WordsForm
from studio.web.ids import number


def whole(
    request: Request,
    scene: Scene,
    words: WordsForm | None = None,
    engine: EngineForm | None = None,
) -> dict[str, Any]:
    """The list, the scene's words and values, its previews and versions. Forms given are shown as sent."""
    may_edit = _may_edit(request, scene)
    version = _version(request, scene, may_edit)
    writes = may_edit and "version" not in request.GET
    return _about(request.brand, scene, version) | {
        "lines": presets.lines(request.brand, request.user.is_staff),
        "writes": writes,
        "may_edit": may_edit,
        "compared": None if writes else _compared(scene, version),
        "words": words or WordsForm(initial=_said(scene, version)),
        "engine": engine or EngineForm(version.engine),
        "preview": addresses.of_preview(version),
        "preview_form": PreviewForm(request.brand, initial={"product": _previewed(request)}),
        "ratios": PREVIEW_RATIOS[1:],
        "usual_keep": USUAL_KEEP,
    }


def news(brand: Brand, scene: Scene, words: WordsForm, engine: EngineForm) -> dict[str, Any]:
    """The pieces of the page that a saved draft changes."""
    version = scene.versions.filter(published_at=None).first() or scene.current
    assert version is not None
    return _about(brand, scene, version) | {
        "words": words,
        "engine": engine,
        "writes": True,
        "may_edit": True,
        "usual_keep": USUAL_KEEP,
    }


def address(scene: Scene, brand: Brand, product: int | None = None) -> str:
    """A shared scene belongs to no brand, so the address says in which it is looked at.

    `product` stays the one in the previews.
    """
    said = {"brand": brand.slug if scene.brand_id is None else None, "product": product}
    query = urlencode({name: value for name, value in said.items() if value})
    return reverse("scene", args=[scene.pk]) + (f"?{query}" if query else "")


def _about(brand: Brand, scene: Scene, version: SceneVersion) -> dict[str, Any]:
    """What the pieces of the page share that change while a draft is written."""
    pieces = presets.pieces(_sample(brand), version, brand)
    return {
        "scene": scene,
        "version": version,
        "current": scene.current,
        "draft": None if version.published_at else version,
        "versions": presets.versions(scene, brand),
        "pieces": pieces,
        "length": len("".join(piece.text for piece in pieces).split()),
    }


def _version(request: Request, scene: Scene, may_edit: bool) -> SceneVersion:
    """The one asked for; else the draft for those who write it, the published one for those who look."""
    wish = request.GET.get("version")
    if wish is not None:
        return _asked_for(scene, wish, may_edit)
    own = scene.draft if scene.brand_id else None  # a draft for all brands is for staff until it is published
    version = (scene.draft if may_edit else None) or scene.current or own
    if version is None:
        raise Http404
    return version


def _asked_for(scene: Scene, number: str, may_edit: bool) -> SceneVersion:
    for version in scene.versions.all():
        if str(version.number) == number and (version.published_at or may_edit):
            return version
    raise Http404


def _compared(scene: Scene, version: SceneVersion) -> dict[str, Any]:
    """The version beside the one before it."""
    older = [one for one in scene.versions.all() if one.number < version.number]
    before = max(older, key=lambda one: one.number, default=None)
    return {
        "before": before,
        "words": versions.words(version, before),
        "dials": versions.dials(version, before),
    }


def _may_edit(request: Request, scene: Scene) -> bool:
    return request.user.is_staff if scene.brand_id is None else request.role >= Role.ADMIN


def _said(scene: Scene, version: SceneVersion) -> dict[str, str]:
    fields = ("surface", "light", "mood", "keep")
    note_ = "" if version.published_at else version.note
    return {"name": scene.draft_name or scene.name, "note": note_} | {
        field: getattr(version, field) for field in fields
    }


def _previewed(request: Request) -> int | None:
    return number(request.GET.get("product")) or _sample(request.brand).pk


def _sample(brand: Brand) -> Product:
    """The product that stands for all others in previews and prompts."""
    first = brand.products.filter(packshots__isnull=False).order_by("pk").first()
    return first or Product(brand=brand, name="your product")
