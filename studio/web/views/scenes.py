"""One scene: looked at, written, drawn, published, retired."""

import base64
from contextlib import suppress
from time import monotonic
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studio.flow import preset as flow
from studio.flow.starter import BRAND as STARTER
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Brand, Packshot, Product, Role, Scene, SceneVersion
from studio.web import addresses, presets, shapes
from studio.web.access import Request, scene_of
from studio.web.forms.engine import EngineForm
from studio.web.forms.presets import PREVIEW_RATIOS, PreviewForm, WordsForm
from studio.web.frame import note
from studio.web.packs import told

COVER = PREVIEW_RATIOS[0]  # the shape that is kept with the version and shown in lists


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, pk: int) -> HttpResponse:
    """A scene to look at or, for those who may, to write; what is written becomes its draft."""
    if request.method != "POST":
        return page(request, scene_of(request, pk, Role.VIEWER))
    scene = scene_of(request, pk, Role.ADMIN)
    words, engine = _forms(request, scene)
    saved = _saved(request, scene, words, engine)
    if request.htmx:
        return _news(request, scene, words, engine, status=200 if saved else 422)
    return redirect(address(scene, request.brand)) if saved else page(request, scene, words, engine, 422)


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """Draws what is written with one of the brand's packshots. Saves nothing."""
    scene = scene_of(request, pk, Role.ADMIN)
    _, engine = _forms(request, scene)
    asked = PreviewForm(request.brand, request.POST)
    if not (engine.is_valid() and asked.is_valid()):
        errors = [error for form in (engine, asked) for field in form for error in field.errors]
        return render(request, "presets/_undrawn.html", {"errors": errors}, status=422)
    return _drawn(request, SceneVersion(scene=scene, engine=engine.values()), asked)


@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """Freezes the draft with a picture of it: shoots use it from now on."""
    scene = scene_of(request, pk, Role.ADMIN)
    draft = scene.draft
    if draft is None:
        messages.info(request, f"{scene.name} has no draft to publish.")
        return redirect(address(scene, request.brand))
    try:
        _keep_cover(request, draft)
        flow.publish(draft)
        messages.success(
            request, f"{scene.name} v{draft.number} is published.\n\nNew shoots use it from now on."
        )
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
    return redirect(address(scene, request.brand))


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    scene = scene_of(request, pk, Role.ADMIN)
    flow.retire(scene)
    messages.success(request, f"{scene.name} is retired.\n\nPictures made with it stay.")
    return redirect(address(scene, request.brand))


@require_POST
def revive(request: Request, pk: int) -> HttpResponse:
    scene = scene_of(request, pk, Role.ADMIN)
    flow.revive(scene)
    messages.success(request, f"{scene.name} is back.\n\nShoots may use it again.")
    return redirect(address(scene, request.brand))


def address(scene: Scene, brand: Brand) -> str:
    """A shared scene belongs to no brand, so the address says in which it is looked at."""
    return reverse("scene", args=[scene.pk]) + (f"?brand={brand.slug}" if scene.brand_id is None else "")


def page(
    request: Request,
    scene: Scene,
    words: WordsForm | None = None,
    engine: EngineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The list, the scene's words and values, its previews and versions. Forms given are shown as sent."""
    may_edit = _may_edit(request, scene)
    version = _version(request, scene, may_edit)
    writes = may_edit and "version" not in request.GET
    context = _about(request.brand, scene, version) | {
        "lines": presets.lines(request.brand, request.user.is_staff),
        "writes": writes,
        "may_edit": may_edit,
        "words": words or WordsForm(initial=_said(scene, version)),
        "engine": engine or EngineForm(version.engine),
        "preview": addresses.of_preview(version),
        "preview_form": PreviewForm(request.brand, initial={"product": _sample(request.brand).pk}),
        "ratios": PREVIEW_RATIOS[1:],
        "usual_keep": flow.USUAL_KEEP,
    }
    return render(request, "presets/scene.html", context, status=status)


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
    version = (scene.draft if may_edit else None) or scene.current or scene.draft
    if version is None:
        raise Http404
    return version


def _asked_for(scene: Scene, number: str, may_edit: bool) -> SceneVersion:
    for version in scene.versions.all():
        if str(version.number) == number and (version.published_at or may_edit):
            return version
    raise Http404


def _may_edit(request: Request, scene: Scene) -> bool:
    return request.user.is_staff if scene.brand_id is None else request.role >= Role.ADMIN


def _said(scene: Scene, version: SceneVersion) -> dict[str, str]:
    fields = ("surface", "light", "mood", "keep")
    note_ = "" if version.published_at else version.note
    return {"name": scene.name, "note": note_} | {field: getattr(version, field) for field in fields}


def _sample(brand: Brand) -> Product:
    """The product that stands for all others in previews and prompts."""
    first = brand.products.filter(packshots__isnull=False).order_by("pk").first()
    return first or Product(brand=brand, name="your product")


def _forms(request: Request, scene: Scene) -> tuple[WordsForm, EngineForm]:
    version = scene.draft or scene.current
    return WordsForm(request.POST), EngineForm(version.engine if version else {}, request.POST)


def _saved(request: Request, scene: Scene, words: WordsForm, engine: EngineForm) -> SceneVersion | None:
    """The draft with what was sent, or None and the forms say what is wrong."""
    if not (words.is_valid() and engine.is_valid()):
        return None
    draft = flow.draft_of(scene, request.user)
    try:
        if flow.write(draft, engine=engine.values(), **words.cleaned_data):
            scene.name = words.cleaned_data["name"]
            return draft
    except Refused as refusal:
        words.add_error(None, told(say(refusal.code, **refusal.values)))
        return None
    words.add_error(
        None, f"v{draft.number} was published meanwhile. Load the page again to write the next one."
    )
    return None


def _news(request: Request, scene: Scene, words: WordsForm, engine: EngineForm, status: int) -> HttpResponse:
    """The pieces of the page that a saved draft changes."""
    version = scene.versions.filter(published_at=None).first() or scene.current
    assert version is not None
    context = _about(request.brand, scene, version) | {
        "words": words,
        "engine": engine,
        "writes": True,
        "may_edit": True,
        "usual_keep": flow.USUAL_KEEP,
    }
    return render(request, "presets/_news.html", context, status=status)


def _keep_cover(request: Request, draft: SceneVersion) -> None:
    """The picture by which the scene is chosen. A shared one shows a sample: every brand sees it."""
    packshots = Packshot.objects.order_by("product_id", "position")
    if draft.scene.brand_id is None:
        packshots = packshots.filter(brand__slug=STARTER)
    else:
        packshots = packshots.filter(brand=request.brand)
        wish = PreviewForm(request.brand, {"product": request.POST.get("product"), "ratio": COVER})
        packshots = packshots.filter(product=wish.cleaned_data["product"]) if wish.is_valid() else packshots
    if packshot := packshots.first():
        with suppress(Refused):  # a scene without a picture is still a scene
            flow.keep_preview(draft, flow.preview(draft, packshot, COVER))


def _drawn(request: Request, version: SceneVersion, asked: PreviewForm) -> HttpResponse:
    product, ratio = asked.cleaned_data["product"], asked.cleaned_data["ratio"]
    begun = monotonic()
    try:
        data = flow.preview(version, product.cover, ratio)
    except Refused as refusal:
        return render(
            request, "presets/_undrawn.html", {"errors": [told(say(refusal.code, **refusal.values))]}
        )
    context = {
        "picture": f"data:image/webp;base64,{base64.b64encode(data).decode()}",
        "product": product,
        "ratio": ratio,
        "cover": ratio == COVER,
        "size": shapes.within(ratio, 800),
        "seconds": monotonic() - begun,
    }
    return render(request, "presets/_drawn.html", context)
