"""Who works for the brand, who is invited, and one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.flow import invitation as flow
from studio.models import Brand, Invitation, Role, User
from studio.web.access import Request, brand_of, invitation_of
from studio.web.forms.people import AccountForm, InviteForm


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    return _page(request, brand_of(request, brand, Role.VIEWER))


@require_POST
@never_cache
def invite(request: Request, brand: str) -> HttpResponse:
    """Answers with the link at once: it is shown here and nowhere else."""
    here = brand_of(request, brand, Role.ADMIN)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, here, form, status=422)
    made, token = flow.invite(here, request.user, **form.cleaned_data)
    return _page(request, here, made=made, link=_link(request, token))


@require_POST
@never_cache
def renew(request: Request, pk: int) -> HttpResponse:
    """The old link stops working, the new one is shown."""
    invitation = invitation_of(request, pk, Role.ADMIN)
    token = flow.renew(invitation, request.user)
    if token is None:
        return _too_late(request)
    invitation.refresh_from_db()
    return _page(request, request.brand, made=invitation, link=_link(request, token))


@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    if not flow.withdraw(invitation_of(request, pk, Role.ADMIN)):
        return _too_late(request)
    messages.success(request, "The link is withdrawn.\n\nIt opens nothing any more.")
    return redirect("people", request.brand.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def account(request: Request) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)  # a refused form leaves who is signed in as they were
    form = AccountForm(request, request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "account/detail.html", {"form": form}, status=422 if form.errors else 200)


def _page(
    request: Request,
    brand: Brand,
    form: InviteForm | None = None,
    made: Invitation | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    """Members for everybody; links for admins, the one just made with its address."""
    members = brand.memberships.select_related("user").order_by("-role", "user__first_name", "user__username")
    context: dict[str, Any] = {"members": members, "roles": Role.choices, "made": made, "link": link}
    if request.role >= Role.ADMIN:
        links = Invitation.objects.waiting().filter(brand=brand)
        context["invitations"] = links.select_related("invited_by")
        context["form"] = form or InviteForm(initial={"role": Role.MARKETER})
    return render(request, "people/list.html", context, status=status)


def _link(request: Request, token: str) -> str:
    address = reverse("invitation", args=[token])
    return f"{settings.PUBLIC_URL}{address}" if settings.PUBLIC_URL else request.build_absolute_uri(address)


def _too_late(request: Request) -> HttpResponse:
    messages.info(request, "This link was used or withdrawn meanwhile.")
    return redirect("people", request.brand.slug)
