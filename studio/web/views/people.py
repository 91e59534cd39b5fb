"""Who works for the brand, and one's own account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from studio.models import Role
from studio.web.access import Request, brand_of
from studio.web.forms.people import AccountForm


@require_safe
def listing(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.VIEWER)
    members = here.memberships.select_related("user").order_by("-role", "user__first_name", "user__username")
    return render(request, "people/list.html", {"members": members, "roles": Role})


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "account/detail.html", {"form": form})
