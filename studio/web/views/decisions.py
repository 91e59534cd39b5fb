"""A picture of which nobody knows whether it was bought: an admin looks at what is known, and decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as page
from django.views.decorators.http import require_POST

from studio.flow import decide
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Render, Role
from studio.web import refusals
from studio.web.access import Request, render_of
from studio.web.forms.renders import AdoptForm
from studio.web.views.renders import show


@require_POST
def evidence(request: Request, pk: int) -> HttpResponse:
    """What the provider's own list shows. It takes a call, so it is asked for by a button."""
    render = render_of(request, pk, Role.ADMIN)
    context: dict[str, Any] = {"looked": True}
    try:
        context["evidence"] = decide.evidence(render)
    except decide.ProviderError as error:
        context["unreachable"] = say(error.code, **error.values)
    if request.htmx:
        return page(request, "renders/_evidence.html", context | {"render": render})
    return show(request, render, **context)


@require_POST
def adopt(request: Request, pk: int) -> HttpResponse:
    render, form = render_of(request, pk, Role.ADMIN), AdoptForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the tasks.")
        return redirect("render", pk)
    try:
        done = decide.adopt(render, form.cleaned_data["task"])
    except Refused as no:
        refusals.tell(request, no.code, no.values)
        return redirect("render", pk)
    return _said(request, render, done, "It is taken as this picture's.\n\nIt will be fetched in a moment.")


@require_POST
def not_bought(request: Request, pk: int) -> HttpResponse:
    render = render_of(request, pk, Role.ADMIN)
    done = decide.write_off(render, bought=False)
    return _said(request, render, done, "Written off.\n\nThe money went back to the budget.")


@require_POST
def lost(request: Request, pk: int) -> HttpResponse:
    render = render_of(request, pk, Role.ADMIN)
    done = decide.write_off(render, bought=True)
    return _said(request, render, done, "Written off.\n\nIt counts as spent.")


def _said(request: Request, render: Render, done: bool, text: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.info(request, "It was settled meanwhile.")
    return redirect("render", render.pk)
