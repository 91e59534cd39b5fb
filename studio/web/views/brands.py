"""Brands side by side: staff found them, their admins say what they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from studio.flow import brand as flow
from studio.models import Role
from studio.web import brand as brand_page
from studio.web.access import Request, brand_of, staff_only
from studio.web.forms.brands import BrandForm, NewBrandForm


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    staff_only(request)
    form = NewBrandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = flow.found(request.user, form.cleaned_data["name"])
        messages.success(request, f"{made.name} is here.\n\nSay what it is, then invite people.")
        return redirect("brand_settings", made.slug)
    return render(request, "brands/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.ADMIN)
    form = BrandForm(request.POST or None, initial={"name": here.name, "brief": here.brief})
    if request.method == "POST" and form.is_valid():
        flow.describe(here, **form.cleaned_data)
        messages.success(request, "Saved.\n\nPictures that are planned from now on use it.")
        return redirect("brand_settings", brand)
    brief = form.data.get("brief", here.brief) if form.is_bound else here.brief
    context: dict[str, Any] = {"form": form, **brand_page.sent(here, brief)}
    return render(request, "brands/settings.html", context, status=422 if form.errors else 200)


@require_POST
def prompt(request: Request, brand: str) -> HttpResponse:
    """How a prompt reads with the brief as it is being written. Saves nothing."""
    here = brand_of(request, brand, Role.ADMIN)
    return render(request, "brands/_sent.html", brand_page.sent(here, request.POST.get("brief", "")))
