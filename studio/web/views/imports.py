"""Products by the hundred: files are given, columns told, rows checked, then imported by a worker."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from studio.flow import imports as flow
from studio.flow import table as tables
from studio.imaging.errors import Refused
from studio.messages import Message, say
from studio.models import Brand, Import, Role
from studio.web import import_csv, words
from studio.web import imports as page
from studio.web.access import Request, brand_of, import_of
from studio.web.caps import most, takes_archives
from studio.web.forms.imports import MappingForm
from studio.web.frame import note

SHOWN = 20


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    """Where an import begins, and those before it."""
    return _start(request, brand_of(request, brand, Role.MARKETER))


@takes_archives
@require_POST
def new(request: Request, brand: str) -> HttpResponse:
    """Begins an import with its first file, a list or an archive."""
    here = brand_of(request, brand, Role.MARKETER)
    imported = flow.begin(here, request.user)
    try:
        flow.give(imported, _file(request))
    except Refused as refusal:
        flow.delete(imported)
        return _told(request, refusal) or _start(request, here, _said(refusal))
    return _on(request, imported)


@require_safe
def sample(request: Request, brand: str) -> StreamingHttpResponse:
    brand_of(request, brand, Role.MARKETER)
    return _csv(import_csv.sample(), "studio-sample-products.csv")


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The step that an import is at; a poll gets the fragment alone, or 204 while nothing has moved."""
    imported = import_of(request, pk, Role.MARKETER)
    if imported.state == "draft":
        return _moved(imported) if request.htmx else _files(request, imported)
    if imported.state in ("checking", "running"):
        return _progress(request, imported)
    if request.htmx and "v" in request.GET:
        return _moved(imported)
    verdict = request.GET.get("verdict", "")
    context = page.table(imported, verdict, request.GET.get("page", "")) | page.result(imported)
    context["failure"] = _failure(imported)
    return render(request, "imports/rows.html", _base(imported) | context)


@takes_archives
@require_POST
def file(request: Request, pk: int) -> HttpResponse:
    """Adds a list or an archive, or puts another in its place."""
    imported = import_of(request, pk, Role.MARKETER)
    try:
        flow.give(imported, _file(request))
    except Refused as refusal:
        return _told(request, refusal) or _files(request, imported, _said(refusal))
    return _on(request, imported)


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: Request, pk: int) -> HttpResponse:
    """Which column is what; a wrong choice comes back as it was made."""
    imported = import_of(request, pk, Role.MARKETER)
    if not imported.table:
        return redirect("import", pk)
    try:
        table = flow.read_table(imported, imported.headless)
        chosen = imported.mapping | {"headless": imported.headless}
        form = MappingForm(table, request.POST or None, initial=chosen)
        if request.method == "POST" and form.is_valid():
            flow.choose(imported, form.mapping, form.headless)
            return redirect("import", pk)
    except Refused as refusal:
        note(request, _said(refusal))
        return redirect("import", pk)
    context = _base(imported, 1) | {"form": form, "rows": imported.table_rows}
    return render(request, "imports/mapping.html", context, status=422 if form.errors else 200)


@require_POST
def check(request: Request, pk: int) -> HttpResponse:
    return _done(request, pk, flow.check)


@require_POST
def apply(request: Request, pk: int) -> HttpResponse:
    return _done(request, pk, flow.apply)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    return _done(request, pk, flow.stop)


@require_POST
def retry(request: Request, pk: int) -> HttpResponse:
    return _done(request, pk, flow.retry)


@require_safe
def problems(request: Request, pk: int) -> StreamingHttpResponse:
    imported = import_of(request, pk, Role.MARKETER)
    return _csv(import_csv.problems(imported), f"left-out-{imported.pk}.csv")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    imported = import_of(request, pk, Role.MARKETER)
    flow.delete(imported)
    return redirect("imports", imported.brand.slug)


def _file(request: Request) -> "UploadedFile[bytes]":
    """Raises Refused when there is none, and says why."""
    given = request.FILES.get("file")
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if isinstance(given, UploadedFile):
        return given
    if getattr(request, "no_room", False):
        raise Refused("disk_full")
    if length > most(request):
        raise Refused("archive_bytes", bytes=length, limit=settings.ARCHIVE_BYTES)
    raise Refused("nothing_to_import")


def _said(refusal: Refused) -> Message:
    return say(refusal.code, **refusal.values)


def _failure(imported: Import) -> Message | None:
    return say(imported.failure, **imported.failure_values) if imported.failure else None


def _told(request: Request, refusal: Refused) -> HttpResponse | None:
    """A script gets the sentence alone; the files stay chosen in its form."""
    if not request.htmx:
        return None
    return render(request, "imports/_refused.html", {"refused": _said(refusal)}, status=422)


def _on(request: Request, imported: Import) -> HttpResponse:
    """To the page of the import, from a form or from a script."""
    return _moved(imported) if request.htmx else redirect("import", imported.pk)


def _moved(imported: Import) -> HttpResponse:
    return HttpResponseClientRedirect(reverse("import", args=[imported.pk]))


def _done(request: Request, pk: int, act: Callable[[Import], None]) -> HttpResponse:
    try:
        act(import_of(request, pk, Role.MARKETER))
    except Refused as refusal:
        note(request, _said(refusal))
    return redirect("import", pk)


def _base(imported: Import, at: int | None = None) -> dict[str, Any]:
    return {"imported": imported, "steps": page.steps(imported, at)} | _limits()


def _limits() -> dict[str, Any]:
    too_big = say("archive_bytes", bytes="{bytes}", limit=settings.ARCHIVE_BYTES).sentence
    return {
        "most": settings.ARCHIVE_BYTES,
        "most_each": settings.UPLOAD_BYTES // 1_000_000,
        "table_rows": f"{tables.ROWS:,}",
        "too_big": too_big,
    }


def _start(request: Request, here: Brand, refused: Message | None = None) -> HttpResponse:
    context = {"imports": here.imports.select_related("created_by")[:SHOWN], "refused": refused} | _limits()
    return render(request, "imports/list.html", context, status=422 if refused else 200)


def _files(request: Request, imported: Import, refused: Message | None = None) -> HttpResponse:
    context = _base(imported, 0) | {"refused": refused or _failure(imported)}
    context["table_holds"] = words.count(imported.table_rows, "line")
    context["archive_holds"] = words.count(imported.archive_files, "file")
    return render(request, "imports/files.html", context, status=422 if refused else 200)


def _progress(request: Request, imported: Import) -> HttpResponse:
    context = _base(imported) | page.progress(imported)
    if request.htmx and request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "imports/_going.html" if request.htmx else "imports/going.html", context)


def _csv(lines: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
