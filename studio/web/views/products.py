"""Products and the packshots that came in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from studio.models import Role
from studio.web.access import Request, brand_of, packshot_of, product_of


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    return render(request, "products/list.html", {"products": here.products.all()})


@require_POST
def upload(request: Request, brand: str) -> HttpResponse:
    brand_of(request, brand, Role.MARKETER)
    return HttpResponse()


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    return render(request, "products/detail.html", {"product": product_of(request, pk, Role.VIEWER)})


@require_POST
def edit(request: Request, pk: int) -> HttpResponse:
    product_of(request, pk, Role.MARKETER)
    return HttpResponse()


def delete(request: Request, pk: int) -> HttpResponse:
    product_of(request, pk, Role.MARKETER)
    return HttpResponse()


@require_POST
def delete_packshot(request: Request, pk: int) -> HttpResponse:
    packshot_of(request, pk, Role.MARKETER)
    return HttpResponse()
