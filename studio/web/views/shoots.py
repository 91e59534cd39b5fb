"""Shoots of a brand: the list, a new one, and one that is under way."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.flow import review
from studio.flow import shoot as shoots
from studio.flow.start import lacking
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Gate, Product, Render, Role, Shoot, State
from studio.web import addresses, bill, live, progress, refusals, standstill, troubles
from studio.web.access import Request, brand_of, shoot_of
from studio.web.frame import note
from studio.web.ids import ids, number
from studio.web.views import exports

PAGE: Final = 24
STRIP: Final = 5  # samples beside each shoot of the list
MANY: Final = 100  # frames in one piece of news, the newest; a page shows about half of that


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    rows = Shoot.objects.filter(brand=here).newest_first()
    if last := rows.filter(pk=number(request.GET.get("before"))).first():
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    page = list(rows.with_progress().select_related("created_by")[: PAGE + 1])
    context = {"shoots": _with_strips(page[:PAGE]), "more": page[PAGE - 1].pk if len(page) > PAGE else None}
    return render(request, "shoots/_list.html" if request.htmx else "shoots/list.html", context)


@require_POST
def new(request: Request, brand: str) -> HttpResponse:
    """A draft; `product` ids may come along from the products page."""
    here = brand_of(request, brand, Role.MARKETER)
    wanted = Product.objects.filter(brand=here, pk__in=ids(request.POST.getlist("product")))
    shoot = shoots.plan(here, request.user, wanted)
    if bare := lacking(shoot, wanted):
        skus = shoots.named([product for product in wanted if product.pk in bare])
        code = "not_chosen_wordless" if "no_words" in bare.values() else "not_chosen"
        note(request, say(code, skus=skus), messages.WARNING)
    return redirect("plan", shoot.pk)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    shoot = shoot_of(request, pk, Role.VIEWER)
    if not shoot.launched_at:
        return redirect("plan", pk) if request.role >= Role.MARKETER else _unready(request, shoot)
    now = progress.of(shoot)
    start = number(request.GET.get("from")) or 0
    sheet = live.sheet(shoot, now, start, request.role >= Role.MARKETER)
    if request.htmx:
        return render(request, "shoots/_sections.html", {"shoot": shoot, "sheet": sheet})
    context = _news(request, shoot, now) | {
        "sheet": sheet, "started": progress.started(shoot), **exports.shown(shoot.exports.first()),
    }  # fmt: skip
    return render(request, "shoots/detail.html", context)


@require_safe
def news(request: Request, pk: int) -> HttpResponse:
    """What has changed since the version that the page has; 204 when nothing has."""
    shoot = shoot_of(request, pk, Role.VIEWER)
    seen, now = request.GET.get("v", ""), progress.of(shoot)
    if seen == now.version:
        return HttpResponse(status=204)
    changed = progress.changed(shoot, seen).order_by("-updated_at", "pk")[:MANY]
    frames = live.frames_of(changed, request.role >= Role.MARKETER, arriving=True)
    products = {frame.render.product_id: now.products[frame.render.product_id] for frame in frames}
    context = _news(request, shoot, now) | {"frames": frames, "products": products, "swap": True}
    return render(request, "shoots/_news.html", context)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    shoot = shoot_of(request, pk, Role.MARKETER)
    shoots.cancel(shoot)
    return redirect("shoot", pk)


@require_POST
def retry(request: Request, pk: int) -> HttpResponse:
    """Once more for every picture that failed for the given reason."""
    shoot = shoot_of(request, pk, Role.MARKETER)
    try:
        seen = number(request.POST.get("seen"))
        review.retry_all(shoot, request.POST.get("failure", ""), request.user, seen)
    except Refused as no:
        refusals.tell(request, no.code, no.values)
    return redirect("shoot", pk)


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    shoot = shoot_of(request, pk, Role.MARKETER)
    gone = shoots.delete(shoot)
    return redirect("shoots", request.brand.slug) if gone else redirect("shoot", pk)


def _news(request: Request, shoot: Shoot, now: progress.Progress) -> dict[str, object]:
    may_act = request.role >= Role.MARKETER
    told = troubles.priced(shoot, now.troubles) if may_act else now.troubles
    return {
        "shoot": shoot, "progress": now, "troubles": told, "may_act": may_act, "bill": bill.of(shoot),
    }  # fmt: skip


def _unready(request: Request, shoot: Shoot) -> HttpResponse:
    return render(request, "shoots/unready.html", {"shoot": shoot})


def _with_strips(page: list[Any]) -> list[tuple[Shoot, list[str], str]]:
    """Each shoot with the thumbs of its first pictures, and why its others wait."""
    strips: dict[int, list[str]] = {shoot.pk: [] for shoot in page}
    for picture in _first_pictures(page):
        strips[picture.shoot_id].append(addresses.of_thumb(picture))
    gates = standstill.known() if any(shoot.queued for shoot in page) else {}
    return [(shoot, strips[shoot.pk], _waits(shoot, gates)) for shoot in page]


def _waits(shoot: Any, gates: Mapping[str, Gate]) -> str:
    stopped = standstill.of(shoot, gates) if shoot.queued else None
    return stopped.of(shoot.queued) if stopped else ""


def _first_pictures(page: list[Shoot]) -> QuerySet[Render]:
    number = Window(RowNumber(), partition_by=F("shoot"), order_by=F("pk").asc())
    done = Render.objects.filter(shoot__in=page, state=State.DONE)
    return done.annotate(number=number).filter(number__lte=STRIP).only("shoot", "thumb")
