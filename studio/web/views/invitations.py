"""Joining by a link, with a new account or the one that a person has."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from studio.flow import invitation as flow
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Invitation, Membership
from studio.web.access import Request, memberships
from studio.web.forms.doors import WelcomeForm
from studio.web.guessing import remembered


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters()
def opened(request: Request, token: str) -> HttpResponse:
    """Who invites to what. Somebody new makes an account here; a member signs in and comes back."""
    try:
        invitation = flow.opened(token)
        if request.user.is_authenticated:
            return _offered(request, invitation, token)
        return _joining(request, invitation, token)
    except Refused as refusal:
        return _closed(request, refusal)


@require_POST
@login_not_required
@never_cache
def accept(request: Request, token: str) -> HttpResponse:
    if not request.user.is_authenticated:  # signed out meanwhile
        return redirect("invitation", token)
    try:
        return _welcomed(request, flow.accept(token, request.user))
    except Refused as refusal:
        return _closed(request, refusal)


def _offered(request: Request, invitation: Invitation, token: str) -> HttpResponse:
    mine = {one.brand_id: one for one in memberships(request)}.get(invitation.brand_id)
    context = {"invitation": invitation, "token": token, "mine": mine}
    return render(request, "invitations/offered.html", context)


def _joining(request: Request, invitation: Invitation, token: str) -> HttpResponse:
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            member = flow.join(token, given["username"], given["email"], given["password1"])
        except Refused as refusal:
            if refusal.code != "user_name_taken":
                raise
            form.add_error("username", say(refusal.code, **refusal.values).sentence)
        else:
            login(request, member.user, backend="django.contrib.auth.backends.ModelBackend")
            return remembered(request, _welcomed(request, member), member.user.username)
    context: dict[str, Any] = {"invitation": invitation, "token": token, "form": form}
    return render(request, "invitations/new.html", context, status=422 if form.errors else 200)


def _welcomed(request: Request, member: Membership) -> HttpResponse:
    messages.success(request, f"You are in {member.brand.name}, as {member.get_role_display()}.")
    return redirect("products", member.brand.slug)


def _closed(request: Request, refusal: Refused) -> HttpResponse:
    message = say(refusal.code, **refusal.values)
    status = 404 if refusal.code == "invitation_unknown" else 410
    return render(request, "invitations/closed.html", {"message": message}, status=status)
