"""The engine that takes money, for all brands: is it open, how fast, at what price. Staff only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.flow import pace, price
from studio.web import gates
from studio.web.access import Request, staff_only
from studio.web.gates import ENGINE


@require_safe
def engine(request: Request) -> HttpResponse:
    staff_only(request)
    return render(request, "engine/detail.html", {"state": gates.state()})


@require_POST
def pause(request: Request) -> HttpResponse:
    staff_only(request)
    pace.pause(ENGINE, request.user)
    return _said(request, "Paused.")


@require_POST
def drain(request: Request) -> HttpResponse:
    staff_only(request)
    pace.pause(ENGINE, request.user, draining=True)
    return _said(request, "Draining.")


@require_POST
def resume(request: Request) -> HttpResponse:
    staff_only(request)
    pace.resume(ENGINE)
    return _said(request, "Resumed.")


@require_POST
def reopen(request: Request) -> HttpResponse:
    staff_only(request)
    pace.reopen(ENGINE)
    return _said(
        request, "Open again.\n\nThe first picture goes out alone; the others follow if it is taken."
    )


@require_POST
def confirm_zero(request: Request) -> HttpResponse:
    staff_only(request)
    model = request.POST.get("model", "")
    if any(one.key == model and one.zero for one in gates.state().models):
        price.confirm_zero(model, ENGINE)
        return _said(request, "Confirmed.\n\nIts pictures count as free until the prices change.")
    return _said(request, "Nothing was confirmed.\n\nThe price has changed meanwhile.", messages.INFO)


def _said(request: Request, text: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect("engine")
