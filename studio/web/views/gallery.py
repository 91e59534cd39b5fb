"""Every picture of a brand: found, looked at, judged, taken along."""

from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When, Window
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import replace_url

from studio.flow import review
from studio.models import Brand, Placement, Product, Render, Review, Role, Scene
from studio.web.access import Request, brand_of
from studio.web.forms.gallery import FilterForm
from studio.web.frames import frames
from studio.web.ids import ids, number

PAGE: Final = 48
PRODUCTS: Final = 100  # in the filter's list; the search finds the others


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    form = FilterForm(request.GET)
    found = form.narrow(Render.objects.filter(brand=here))
    context = _page(request, found) | {"form": form, "wanted": form.wanted}
    if request.htmx and request.htmx.target == "found":
        answer = render(request, "renders/_found.html", context | {"searched": True})
        return replace_url(answer, _address(request, form))
    if request.htmx:
        return render(request, "renders/_page.html", context)
    context["here"] = _address(request, form)
    return render(request, "renders/list.html", context | _filters(here, form))


@require_POST
def approve(request: Request, brand: str) -> HttpResponse:
    return _judge(request, brand, Review.APPROVED)


@require_POST
def reject(request: Request, brand: str) -> HttpResponse:
    return _judge(request, brand, Review.REJECTED)


@require_POST
def clear(request: Request, brand: str) -> HttpResponse:
    return _judge(request, brand, Review.NONE)


VERBS: Final = {Review.APPROVED: review.approve, Review.REJECTED: review.reject, Review.NONE: review.clear}


def _judge(request: Request, brand: str, verdict: Review) -> HttpResponse:
    here = brand_of(request, brand, Role.MARKETER)
    chosen = _chosen(request, here)
    before = {picture.pk: picture.review for picture in chosen}
    count = VERBS[verdict](chosen, request.user)
    if not request.htmx:
        return redirect(_back(request, here))
    fresh = _related(Render.objects.filter(pk__in=before)).order_by("-pk")
    context = {
        "frames": frames(fresh, may_act=True, can_choose=True),
        "count": count,
        "done": {Review.APPROVED: "approved", Review.REJECTED: "rejected", Review.NONE: "cleared"}[verdict],
        "undo": _undo(before, verdict),
    }
    return render(request, "renders/_judged.html", context)


def _undo(before: dict[int, str], verdict: Review) -> list[int]:
    """The pictures to clear so that all is as before; none when another verdict was replaced."""
    changed = {pk: was for pk, was in before.items() if was != verdict}
    return [] if any(changed.values()) else list(changed)


def _address(request: Request, form: FilterForm) -> str:
    """This page, by what was understood of the question."""
    before = number(request.GET.get("before"))
    asked = form.wanted | ({"before": before} if before else {})
    return f"{request.path}?{urlencode(asked)}".rstrip("?")


def _page(request: Request, found: QuerySet[Render]) -> dict[str, Any]:
    before = number(request.GET.get("before"))
    rows: QuerySet[Any] = _related(found.filter(pk__lt=before) if before else found).order_by("-pk")
    page = list(rows.annotate(total=Window(Count("pk")))[: PAGE + 1])
    return {
        "total": page[0].total if page else 0,
        "shoot": page[0].shoot if page else None,
        "frames": frames(page[:PAGE], may_act=request.role >= Role.MARKETER, can_choose=True),
        "more": page[PAGE - 1].pk if len(page) > PAGE else None,
    }


def _filters(here: Brand, form: FilterForm) -> dict[str, Any]:
    """What can be chosen from. The product that is asked for is always among them."""
    asked = Case(When(pk=form.wanted.get("product", 0), then=1), default=0)
    shown = Product.objects.filter(Exists(Render.objects.filter(product=OuterRef("pk"))), brand=here)
    products = shown.order_by(asked.desc(), "-pk").only("sku")[:PRODUCTS]
    return {
        "products": sorted(products, key=lambda product: product.sku),
        "scenes": Scene.objects.open_to(here),
        "placements": Placement.objects.offered_to(here).order_by("channel", "position"),
    }


def _related(renders: QuerySet[Render]) -> QuerySet[Render]:
    return renders.select_related("product", "scene_version__scene", "shoot")


def _chosen(request: Request, here: Brand) -> list[Render]:
    return list(Render.objects.filter(brand=here, pk__in=ids(request.POST.getlist("render"))))


def _back(request: Request, here: Brand) -> str:
    """The gallery as it was narrowed, when the form says so."""
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/b/")
    return back if ours else reverse("gallery", args=[here.slug])
