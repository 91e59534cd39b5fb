"""Placements: looked at, drawn while they are written, changed, retired."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.flow import placement as flow
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Brand, Placement, Role
from studio.web import places
from studio.web.access import Request, brand_of, placement_of
from studio.web.forms.placements import PlacementForm, SketchForm, said
from studio.web.frame import note
from studio.web.ids import number


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    shelf = places.shelf(here, request.role >= Role.ADMIN, request.user.is_staff)
    return render(request, "presets/placements.html", {"shelf": shelf})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, brand: str) -> HttpResponse:
    """An empty placement, or a copy of another."""
    here = brand_of(request, brand, Role.ADMIN)
    like = Placement.objects.open_to(here).filter(pk=number(request.GET.get("like")) or 0).first()
    form = PlacementForm(request.POST or None, initial=_copied(like, here))
    if form.is_bound and form.is_valid():
        shared = form.cleaned_data["shared"] and request.user.is_staff
        try:
            made = flow.create(None if shared else here, form.outline(), like)
            return _done(request, made, f"{made.name} is ready.\n\nShoots may choose it.")
        except Refused as refusal:
            form.tell(refusal)
    return _page(request, form, {"like": like})


@require_safe
def sketch(request: Request, brand: str) -> HttpResponse:
    """The drawing of what has been typed so far."""
    brand_of(request, brand, Role.ADMIN)
    return render(request, "presets/_sketch.html", {"sketch": _sketch(SketchForm(request.GET))})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    placement = placement_of(request, pk, Role.ADMIN)
    if placement.retired_at:
        messages.info(request, f"{placement.name} is retired.\n\nRevive it to change it.")
        return _back(request, placement)
    form = PlacementForm(request.POST or None, initial=said(placement))
    if form.is_bound and form.is_valid():
        try:
            return _done(request, now := flow.edit(placement, form.outline()), _news(placement, now))
        except Refused as refusal:
            form.tell(refusal)
    return _page(request, form, {"placement": placement, "cuts": placement.cuts.count()})


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    placement = placement_of(request, pk, Role.ADMIN)
    drafts = flow.retire(placement)
    let_go = f" {drafts} draft{'' if drafts == 1 else 's'} let go of it." if drafts else ""
    return _done(request, placement, f"{placement.name} is retired.\n\nWhat was cut for it stays.{let_go}")


@require_POST
def revive(request: Request, pk: int) -> HttpResponse:
    placement = placement_of(request, pk, Role.ADMIN)
    try:
        flow.revive(placement)
        messages.success(request, f"{placement.name} is back.\n\nShoots may choose it again.")
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
    return _back(request, placement)


def _page(request: Request, form: PlacementForm, context: dict[str, Any]) -> HttpResponse:
    for name in list(form.errors)[:1]:  # the page is long; it opens where something has to be put right
        form.fields[name].widget.attrs["autofocus"] = True
    drawn = SketchForm(request.POST if form.is_bound else {name: form[name].value() for name in form.fields})
    context |= {
        "form": form,
        "sketch": _sketch(drawn),
        "channels": places.channel_names(request.brand),
    }
    return render(request, "presets/placement.html", context, status=422 if form.is_bound else 200)


def _sketch(form: SketchForm) -> places.Sketch | None:
    """None as long as width and height make no placement."""
    form.full_clean()
    width, height = (form.cleaned_data.get(side) for side in ("width", "height"))
    return places.sketch(width, height, form.safe) if width and height else None


def _copied(like: Placement | None, here: Brand) -> dict[str, Any]:
    """A copy stands beside what it was copied from, so it needs a name of its own."""
    if like is None:
        return {"formats": ["JPEG", "PNG"]}
    return said(like) | {"name": f"{like.name}, {here.name}"[:80]}


def _news(before: Placement, now: Placement) -> str:
    if now.pk == before.pk:
        return f"{now.name} is saved."
    kept = f"Pictures cut before keep {before.pixels} and its rules. New shoots use these."
    return f"{now.name} is saved.\n\n{kept}"


def _done(request: Request, placement: Placement, news: str) -> HttpResponse:
    messages.success(request, news)
    return _back(request, placement)


def _back(request: Request, placement: Placement) -> HttpResponse:
    return redirect(f"{reverse('placements', args=[request.brand.slug])}#place-{placement.pk}")
