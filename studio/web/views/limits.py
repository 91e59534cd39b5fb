"""What a brand may spend in a month, and each of its people in a day."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.flow import limit as flow
from studio.messages import dollars
from studio.models import Brand, Membership, Role
from studio.web.access import Request, brand_of, membership_of
from studio.web.forms.limits import BudgetForm, LimitForm


@require_safe
def limits(request: Request, brand: str) -> HttpResponse:
    return _page(request, brand_of(request, brand, Role.ADMIN))


@require_POST
def budget(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.ADMIN)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        return _page(request, here, form=form)
    flow.of_month(here, form.cleaned_data["budget"])
    messages.success(request, _told(here.name, here.monthly_budget, "month"))
    return redirect("limits", brand)


@require_POST
def person(request: Request, pk: int) -> HttpResponse:
    membership = membership_of(request, pk, Role.ADMIN)
    form = LimitForm(request.POST, label=membership.user.label)
    if not form.is_valid():
        return _page(request, request.brand, wrong={membership.pk: form})
    flow.of_day(membership, form.cleaned_data["limit"])
    messages.success(request, _told(membership.user.label, membership.daily_limit, "day"))
    return redirect("limits", request.brand.slug)


def _page(
    request: Request,
    brand: Brand,
    form: BudgetForm | None = None,
    wrong: dict[int, LimitForm] | None = None,
) -> HttpResponse:
    """A form a person; one that was wrong comes back as it was filled in."""
    rows = brand.memberships.select_related("user").order_by("user__first_name", "user__username")
    context: dict[str, Any] = {
        "form": form or BudgetForm(initial={"budget": brand.monthly_budget}),
        "people": [(row, (wrong or {}).get(row.pk) or _form(row)) for row in rows],
    }
    return render(request, "spend/limits.html", context, status=422 if form or wrong else 200)


def _form(membership: Membership) -> LimitForm:
    """Each with ids of its own."""
    return LimitForm(
        initial={"limit": membership.daily_limit},
        label=membership.user.label,
        auto_id=f"id_{membership.pk}_%s",
    )


def _told(name: str, amount: int | None, span: str) -> str:
    return f"{name} has no limit." if amount is None else f"{name} may spend {dollars(amount)} a {span}."
