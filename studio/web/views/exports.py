"""Archives: asked for, built in a worker, fetched."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.flow import export as exports
from studio.flow import final
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Export, Role, State
from studio.web import words
from studio.web.access import Request, brand_of, export_of, shoot_of
from studio.web.frame import note
from studio.web.ids import ids


@require_POST
def from_shoot(request: Request, pk: int) -> HttpResponse:
    """Everything of the shoot that nobody rejected; what failed is named in the list of what is missing."""
    shoot = shoot_of(request, pk, Role.VIEWER)
    wanted = exports.chosen(request.brand, shoot)
    try:
        export = exports.request(request.brand, request.user, wanted, shoot)
    except Refused as refusal:
        return _refused(request, refusal, redirect("shoot", pk))
    if request.htmx:
        return render(request, "parts/_export.html", shown(export))
    return redirect("export", export.pk)


@require_POST
def from_gallery(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    chosen = here.renders.filter(pk__in=ids(request.POST.getlist("render")), state=State.DONE)
    if not chosen.exists():
        return redirect("gallery", brand)
    try:
        export = exports.request(here, request.user, chosen)
    except Refused as refusal:
        return _refused(request, refusal, redirect("gallery", brand))
    return redirect("export", export.pk)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The page; a poll gets the fragment alone, or 204 while the state is the one it knows."""
    export = export_of(request, pk, Role.VIEWER)
    if request.htmx and request.GET.get("v") == export.state:
        return HttpResponse(status=204)
    return render(request, "parts/_export.html" if request.htmx else "exports/detail.html", shown(export))


def shown(export: Export | None) -> dict[str, object]:
    """What parts/_export.html needs."""
    if export is None:
        return {"export": None}
    told = [(one["name"], say(one["reason"], **one.get("values", {})), one["reason"] == final.REPLACED)
            for one in export.missing]  # fmt: skip
    return {
        "export": export,
        "waiting": export.state in ("queued", "building"),
        "weight": words.weight(export.bytes),
        "files": words.count(export.count, "file"),
        "expired": export.state == "done" and not export.file,
        "failure": say(export.failure) if export.failure else None,
        "missing": [(name, reason) for name, reason, replaced in told if not replaced],
        "replaced": [(name, reason) for name, reason, replaced in told if replaced],
    }


def _refused(request: Request, refusal: Refused, back: HttpResponse) -> HttpResponse:
    """Nothing was begun: the reason in the archive's place, or as a note on the page before."""
    message = say(refusal.code, **refusal.values)
    if request.htmx:
        return render(request, "parts/_export.html", {"export": True, "failure": message})
    note(request, message)
    return back
