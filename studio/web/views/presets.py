"""Scenes with their versions, and the placements."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from studio.models import Role
from studio.web.access import Request, brand_of, scene_of


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    brand_of(request, brand, Role.VIEWER)
    return render(request, "presets/scene.html")


@require_safe
def placements(request: Request, brand: str) -> HttpResponse:
    brand_of(request, brand, Role.VIEWER)
    return render(request, "presets/placements.html")


def new(request: Request, brand: str) -> HttpResponse:
    brand_of(request, brand, Role.ADMIN)
    return HttpResponse()


def detail(request: Request, pk: int) -> HttpResponse:
    scene_of(request, pk, Role.VIEWER)
    return render(request, "presets/scene.html")


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    scene_of(request, pk, Role.ADMIN)
    return HttpResponse()


@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    scene_of(request, pk, Role.ADMIN)
    return HttpResponse()


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    scene_of(request, pk, Role.ADMIN)
    return HttpResponse()


@require_POST
def revive(request: Request, pk: int) -> HttpResponse:
    scene_of(request, pk, Role.ADMIN)
    return HttpResponse()
