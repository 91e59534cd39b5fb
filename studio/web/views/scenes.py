"""One scene: looked at, written, drawn, published, retired."""

import base64
from contextlib import suppress
from time import monotonic
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from studio.flow import preset as flow
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Packshot, Role, Scene, SceneVersion
from studio.web import scene as scene_page
from studio.web import shapes
from studio.web.access import Request, scene_of
from studio.web.forms.engine import EngineForm
from studio.web.forms.presets import PREVIEW_RATIOS, PreviewForm, WordsForm
from studio.web.frame import note
from studio.web.ids import number
from studio.web.scene import address

COVER = PREVIEW_RATIOS[0]  # the shape that is kept with the version and shown in lists


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, pk: int) -> HttpResponse:
    """A scene to look at or, for those who may, to write; what is written becomes its draft."""
    if request.method != "POST":
        return shown(request, scene_of(request, pk, Role.VIEWER))
    scene = scene_of(request, pk, Role.ADMIN)
    words, engine = _forms(request, scene)
    saved = _saved(request, scene, words, engine)
    if request.htmx:
        context = scene_page.news(request.brand, scene, words, engine)
        return render(request, "presets/_news.html", context, status=200 if saved else 422)
    return redirect(address(scene, request.brand)) if saved else shown(request, scene, words, engine)


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
        scene.refresh_from_db(fields=["name"])
        messages.success(
            request, f"{scene.name} v{draft.number} is published.\n\nNew shoots use it from now on."
        )
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
    return redirect(address(scene, request.brand, number(request.POST.get("product"))))


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


def shown(request: Request, scene: Scene, *refused: Any) -> HttpResponse:
    """The scene's page; with the forms that were refused as they were sent."""
    context = scene_page.whole(request, scene, *refused)
    return render(request, "presets/scene.html", context, status=422 if refused else 200)


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
            scene.refresh_from_db(fields=["name", "draft_name"])
            return draft
    except Refused as refusal:
        words.add_error(None, say(refusal.code, **refusal.values).sentence)
        return None
    words.add_error(
        None, f"v{draft.number} was published meanwhile. Load the page again to write the next one."
    )
    return None


def _keep_cover(request: Request, draft: SceneVersion) -> None:
    """The picture by which the scene is chosen. A shared one shows a sample of ours: every brand sees it."""
    packshot = _cover_packshot(request) if draft.scene.brand_id else None
    if packshot or not draft.scene.brand_id:
        with suppress(Refused):  # a scene without a picture is still a scene
            flow.keep_preview(draft, flow.preview(draft, packshot, COVER))


def _cover_packshot(request: Request) -> Packshot | None:
    packshots = Packshot.objects.filter(brand=request.brand).order_by("product_id", "position")
    wish = PreviewForm(request.brand, {"product": request.POST.get("product"), "ratio": COVER})
    return (packshots.filter(product=wish.cleaned_data["product"]) if wish.is_valid() else packshots).first()


def _drawn(request: Request, version: SceneVersion, asked: PreviewForm) -> HttpResponse:
    product, ratio = asked.cleaned_data["product"], asked.cleaned_data["ratio"]
    begun = monotonic()
    try:
        data = flow.preview(version, product.cover, ratio)
    except Refused as refusal:
        return render(
            request, "presets/_undrawn.html", {"errors": [say(refusal.code, **refusal.values).sentence]}
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
