"""Archives: looked at beforehand, asked for, built by workers, fetched."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.flow import export as exports
from studio.flow import final, selection
from studio.imaging.errors import Refused
from studio.messages import Message, say
from studio.models import Brand, Export, Role
from studio.web import packing, words
from studio.web.access import Request, brand_of, export_of, shoot_of
from studio.web.forms.exports import ExportForm
from studio.web.frame import note

LISTED: Final = 200  # missing files that are named on the page; the manifest names all


@require_POST
def from_shoot(request: Request, pk: int) -> HttpResponse:
    """Everything of the shoot that nobody rejected; what failed is named in the list of what is missing."""
    shoot = shoot_of(request, pk, Role.VIEWER)
    wanted = selection.chosen(request.brand, shoot)
    try:
        export = exports.request(request.brand, request.user, wanted, shoot)
    except Refused as refusal:
        return _refused(request, refusal, redirect("shoot", pk))
    if request.htmx:
        return render(request, "parts/_export.html", shown(export))
    return redirect("export", export.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, brand: str) -> HttpResponse:
    """What would come out. Nothing is changed; POST carries pictures that were chosen one by one."""
    here = brand_of(request, brand, Role.VIEWER)
    data = request.POST if request.method == "POST" else request.GET
    return _page(request, here, data)


@require_POST
def create(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    form, asked = ExportForm(request.POST, here), packing.Asked(request.POST, here)
    wanted = selection.wanted(asked.found, form.cleaned_data["approved"])
    if form.errors or not wanted.exists():
        return _page(request, here, request.POST, status=422)
    template, skip = form.cleaned_data["template"], form.cleaned_data["skip"]
    try:
        export = exports.request(here, request.user, wanted, asked.shoot, template, skip)
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
        return _page(request, here, request.POST, status=422)
    if request.role >= Role.MARKETER:
        exports.remember(here, template)
    return redirect("export", export.pk)


@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """The same pictures once more, under the same names."""
    export = export_of(request, pk, Role.VIEWER)
    try:
        return redirect("export", exports.again(export, request.user).pk)
    except Refused as refusal:
        return _refused(request, refusal, redirect("export", pk))


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The page; a poll gets the fragment alone, or 204 while all is as it knows it."""
    export = export_of(request, pk, Role.VIEWER)
    context = shown(export)
    if request.htmx and request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "parts/_export.html" if request.htmx else "exports/detail.html", context)


def shown(export: Export | None) -> dict[str, object]:
    """What parts/_export.html needs."""
    if export is None:
        return {"export": None}
    waiting = export.state in ("queued", "building")
    absent = [] if waiting else _absent(export)
    made, promised = exports.progress(export) if waiting else (export.count, export.promised)
    return {
        "export": export,
        "waiting": waiting,
        "made": made,
        "promised": promised,
        "version": f"{export.state}-{made}",
        "weight": words.weight(export.bytes),
        "files": words.count(export.count, "file"),
        "expired": export.state == "done" and not export.file,
        "failure": say(export.failure) if export.failure and not waiting else None,
        "absent": absent,
        "short": any(one.lacking for one in absent),
        "flaws": packing.flaws(export) if export.state == "done" and export.file else None,
    }


@dataclass(frozen=True)
class Absent:
    """Files that are not in the archive for one kind of reason, the first of them by name.

    `lacking`: nobody wanted it so.
    """

    lacking: bool
    headline: str
    names: list[tuple[str, Message]]
    more: int


def _absent(export: Export) -> list[Absent]:
    """Finals that stand for pictures, what was left out on purpose, and what could not be had."""
    by_kind: dict[str, list[dict[str, Any]]] = {final.REPLACED: [], "left_out": [], "": []}
    for one in export.missing:
        by_kind.get(one["reason"], by_kind[""]).append(one)
    return [_told(kind, missing) for kind, missing in by_kind.items() if missing]


def _told(kind: str, missing: list[dict[str, Any]]) -> Absent:
    count = sum(one.get("files", 1) for one in missing)
    headline = {
        final.REPLACED: f"{words.count(count, 'file')} {'is a final' if count == 1 else 'are finals'}"
        " in place of the picture before",
        "left_out": f"{words.count(count, 'file')} left out, as asked for",
    }.get(kind, f"{words.count(count, 'file')} could not be put in")
    names = [(one["name"], say(one["reason"], **one.get("values", {}))) for one in missing[:LISTED]]
    return Absent(not kind, headline, names, len(missing) - len(names))


def _page(request: Request, here: Brand, data: QueryDict, status: int = 200) -> HttpResponse:
    form, asked = ExportForm(data, here), packing.Asked(data, here)
    wanted = form.cleaned_data
    context = packing.shown(asked, wanted.get("template", ""), wanted["approved"], wanted["skip"])
    page = "exports/_checked.html" if request.htmx else "exports/new.html"
    return render(
        request, page, context | {"form": form, "asked": asked, "swap": request.htmx}, status=status
    )


def _refused(request: Request, refusal: Refused, back: HttpResponse) -> HttpResponse:
    """Nothing was begun: the reason in the archive's place, or as a note on the page before."""
    message = say(refusal.code, **refusal.values)
    if request.htmx:
        return render(request, "parts/_export.html", {"export": True, "failure": message})
    note(request, message)
    return back
