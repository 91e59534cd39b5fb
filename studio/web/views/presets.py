"""Scenes in a list, and a new one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from studio.flow import preset as flow
from studio.models import Role
from studio.web import presets
from studio.web.access import Request, brand_of
from studio.web.forms.presets import NewSceneForm
from studio.web.scene import address
from studio.web.views import scenes


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    """The list with its first scene open."""
    here = brand_of(request, brand, Role.VIEWER)
    lines = presets.lines(here, request.user.is_staff)
    return scenes.shown(request, lines[0].scene) if lines else render(request, "presets/empty.html")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, brand: str) -> HttpResponse:
    """An empty scene, or a copy of another with its words and values."""
    here = brand_of(request, brand, Role.ADMIN)
    form = NewSceneForm(here, request.POST or None, initial={"like": request.GET.get("like")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        shared = given["shared"] and request.user.is_staff
        like = given["like"].current if given["like"] else None
        scene = flow.new_scene(None if shared else here, request.user, given["name"], like=like)
        return redirect(address(scene, here))
    return render(request, "presets/new.html", {"form": form})
