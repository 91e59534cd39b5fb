"""Roles are changed and taken. Whatever changes holds from the person's next request on."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from studio.flow import people as flow
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Membership, Role
from studio.web.access import Request, brand_of, membership_of
from studio.web.forms.people import RoleForm
from studio.web.frame import note


@require_POST
def role(request: Request, pk: int) -> HttpResponse:
    membership = membership_of(request, pk, Role.ADMIN)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
    elif _done(request, membership, form.cleaned_data["role"]):
        who = "You are" if membership.user == request.user else f"{membership.user.label} is"
        messages.success(request, f"{who} {form.cleaned_data['role'].label} now.")
    return redirect("people", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, pk: int) -> HttpResponse:
    """Asks first, and says what stays."""
    membership = membership_of(request, pk, Role.ADMIN)
    if request.method != "POST":
        return _ask(request, membership)
    if _done(request, membership):
        messages.success(
            request, f"{membership.user.label} is removed.\n\nTheir work stays under their name."
        )
    return redirect("people", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    membership = here.memberships.select_related("user", "brand").get(user=request.user)
    if request.method != "POST":
        return _ask(request, membership)
    if not _done(request, membership):
        return redirect("people", brand)
    messages.success(request, f"You left {here.name}.\n\nYour work stays there under your name.")
    return redirect("home")


def _ask(request: Request, membership: Membership) -> HttpResponse:
    return render(request, "people/remove.html", {"membership": membership})


def _done(request: Request, membership: Membership, role: Role | None = None) -> bool:
    """Gives the role, or takes all. False when it was refused, and the next page says why."""
    try:
        changed = flow.change_role(membership, role) if role else flow.remove(membership)
    except Refused as refusal:
        note(request, say(refusal.code, **refusal.values))
        return False
    if not changed:
        raise Http404  # gone meanwhile
    return True
