"""Products and the packshots that came in."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.flow import product as flow
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Product, Render, Role, State
from studio.web.access import Request, brand_of, packshot_of, product_of
from studio.web.forms.products import ProductForm
from studio.web.frame import note
from studio.web.frames import Frame
from studio.web.ids import ids
from studio.web.packs import counts, judged, limits, packs, shots

PAGE = 60
SHOWN = 12
ASKED = 200  # packshots whose verdict a page may ask for at once
NUMBER = re.compile(r"[0-9]{1,15}")


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    """All products, or those whose name or SKU holds `q`; a further page begins below `before`."""
    here = brand_of(request, brand, Role.VIEWER)
    wish = request.GET.get("q", "").strip()
    found = here.products.filter(Q(name__icontains=wish) | Q(sku__icontains=wish))
    if below := NUMBER.fullmatch(request.GET.get("before", "")):
        found = found.filter(pk__lt=int(below[0]))
    page = packs(found[: PAGE + 1])
    more = page[PAGE - 1].product.pk if len(page) > PAGE else None
    context: dict[str, Any] = {"packs": page[:PAGE], "more": more, "q": wish}
    if request.htmx:
        return render(request, "products/_packs.html", context)
    context |= {"counts": counts(here), "limits": limits(), "first_visit": not here.shoots.exists()}
    return render(request, "products/list.html", context)


@require_safe
def verdicts(request: Request, brand: str) -> HttpResponse:
    """How well the packshots in `shot` could be cut out, as far as that is known; 204 while nothing is."""
    here = brand_of(request, brand, Role.VIEWER)
    known = judged(here, ids(request.GET.getlist("shot")[:ASKED]))
    if not known:
        return HttpResponse(status=204)
    return render(request, "products/_verdicts.html", {"shots": known})


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, product_of(request, pk, Role.VIEWER))


@require_POST
def edit(request: Request, pk: int) -> HttpResponse:
    """Saves name, SKU and description; a wrong value comes back as it was typed."""
    product = product_of(request, pk, Role.MARKETER)
    form = ProductForm(request.POST)
    if form.is_valid() and _described(product, form):
        messages.success(request, "Saved.")
        return redirect("product", product.pk)
    wrong = form.fields[next(iter(form.errors))]
    wrong.widget.attrs["autofocus"] = True  # on a phone the form stands far below
    return _page(request, product, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, pk: int) -> HttpResponse:
    """Asks first, and says what goes with it."""
    product = product_of(request, pk, Role.MARKETER)
    if request.method == "POST":
        return _deleted(request, product)
    goes = {
        "packshots": product.packshots.count(),
        "pictures": product.renders.filter(state=State.DONE).count(),
    }
    return render(request, "products/delete.html", {"product": product} | goes)


@require_POST
def delete_packshot(request: Request, pk: int) -> HttpResponse:
    packshot = packshot_of(request, pk, Role.MARKETER)
    try:
        flow.delete_packshot(packshot)
        messages.success(request, f"{packshot.file_name} is deleted.")
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
    return redirect("product", packshot.product_id)


def _page(
    request: Request, product: Product, form: ProductForm | None = None, status: int = 200
) -> HttpResponse:
    said = {"name": product.name, "sku": product.sku, "description": product.description}
    done = product.renders.filter(state=State.DONE)
    context: dict[str, Any] = {
        "product": product,
        "form": form or ProductForm(initial=said),
        "shots": shots(product),
        "frames": _frames(done),
        "picture_count": done.count(),
        "limits": limits(),
    }
    return render(request, "products/detail.html", context, status=status)


def _frames(done: QuerySet[Render]) -> list[Frame]:
    newest = done.select_related("product", "scene_version__scene").order_by("-pk")[:SHOWN]
    return [Frame(render, left=render.scene_version.scene.name) for render in newest]


def _described(product: Product, form: ProductForm) -> bool:
    try:
        flow.describe(product, **form.cleaned_data)
    except Refused as refusal:
        form.add_error("sku", say(refusal.code, **refusal.values).sentence)
        product.refresh_from_db(
            fields=["name", "sku", "description"]
        )  # the page is still that of what is saved
        return False
    return True


def _deleted(request: Request, product: Product) -> HttpResponse:
    try:
        flow.delete(product)
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
        return redirect("product", product.pk)
    messages.success(request, f"{product.name} is deleted.")
    return redirect("products", product.brand.slug)
