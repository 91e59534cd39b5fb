"""A shoot is planned: every change is kept in the draft at once, and launched once."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.flow import shoot as shoots
from studio.imaging.errors import Refused
from studio.models import RESOLUTIONS, Role, Shoot
from studio.web import makers, refusals
from studio.web import plan as page
from studio.web.access import Request, shoot_of
from studio.web.forms.plan import TAKES, PlanForm
from studio.web.ids import number


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, pk: int) -> HttpResponse:
    shoot = _draft(request, pk)
    if request.method == "POST":
        return _save(request, shoot)
    if shoot.launched_at:
        return redirect("shoot", pk)
    if request.htmx:
        return render(request, "shoots/_products.html", {"shoot": shoot, "shelf": _shelf(request, shoot)})
    return _page(request, shoot)


@require_POST
def launch(request: Request, pk: int) -> HttpResponse:
    """Keeps the choice that came with it, then launches. Whoever comes second is led to the same shoot."""
    shoot = _draft(request, pk)
    form = PlanForm(request.POST, request.brand)
    if "resolution" in request.POST and _keep(form, shoot) and form.errors:
        return _page(request, shoot, form, status=422)
    try:
        shoots.launch(shoot, request.user, seen=number(request.POST.get("seen")))
    except Refused as no:
        return _page(request, shoot, status=422, refusal=no)
    return redirect("shoot", pk)


def _draft(request: Request, pk: int) -> Shoot:
    shoot = shoot_of(request, pk, Role.MARKETER)
    shoot.brand = request.brand
    return shoot


def _save(request: Request, shoot: Shoot) -> HttpResponse:
    form, engine, model = PlanForm(request.POST, request.brand), shoot.engine, shoot.model
    if not _keep(form, shoot):
        address = reverse("shoot", args=[shoot.pk])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    if request.htmx:
        context: dict[str, Any] = {"shoot": shoot, "form": form, "other_engine": shoot.engine != engine}
        if form.passed_over or (shoot.engine, shoot.model) != (engine, model):
            context["tiles"] = page.bare_tiles(shoot, form.cleaned_data["shown"])
        return render(request, "shoots/_saved.html", context | _sum(request, shoot))
    if form.errors:
        return _page(request, shoot, form, status=422)
    where = {name: request.POST[name] for name in ("q", "after") if request.POST.get(name)}
    return redirect(f"{reverse('plan', args=[shoot.pk])}?{urlencode(where)}".rstrip("?"))


def _keep(form: PlanForm, shoot: Shoot) -> bool:
    """Keeps what is right, whatever else is wrong. False when the shoot was launched meanwhile."""
    form.is_valid()
    return shoots.choose(shoot, **form.choice(shoot))


def _page(
    request: Request,
    shoot: Shoot,
    form: PlanForm | None = None,
    status: int = 200,
    refusal: Refused | None = None,
) -> HttpResponse:
    """`refusal` is what kept it from being launched, where the sum does not say so itself."""
    scenes, channels, shelf = page.wall(shoot), page.channels(shoot), _shelf(request, shoot)
    context: dict[str, Any] = {
        "shoot": shoot,
        "form": form,
        "shelf": shelf,
        "scenes": scenes,
        "channels": channels[: page.CHANNELS],
        "more_channels": channels[page.CHANNELS :],
        "bare": page.Channel("Aspect ratios", page.bare_shapes(shoot)),
        "lead": page.lead_preview(scenes),
        "resolutions": RESOLUTIONS,
        "takes": TAKES,
    }
    context |= _sum(request, shoot, None if request.GET.get("after") else shelf)
    if refusal and refusal.code != context["total"].sum.problem:
        context["refusal"] = refusals.message(refusal.code, refusal.values, request.brand, request.role)
    return render(request, "shoots/plan.html", context, status=status)


def _shelf(request: Request, shoot: Shoot) -> page.Shelf:
    return page.shelf(shoot, request.GET.get("q", "").strip(), request.GET.get("after", ""))


def _sum(request: Request, shoot: Shoot, shelf: page.Shelf | None = None) -> dict[str, Any]:
    prefetch_related_objects([shoot], "placements")  # summed up twice
    total = page.total(shoot, request.role)
    return {
        "total": total,
        "picked": page.picked(shoot, total.sum, shelf),
        "makers": makers.choices(shoot),
    }
