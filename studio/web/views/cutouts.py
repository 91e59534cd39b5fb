"""The cut-out of a packshot, shown and corrected with the brush."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.flow import correction
from studio.flow.cutout import is_due
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Role
from studio.web import addresses
from studio.web import cutouts as page
from studio.web.access import Request, packshot_of
from studio.web.ids import number
from studio.web.packs import Shot


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The editor; `from` names an earlier correction whose strokes to begin with."""
    packshot = packshot_of(request, pk, Role.MARKETER)
    if not correction.can_correct(packshot):
        shot = Shot(packshot)
        told = shot.doubt.sentence if shot.doubt else f"{packshot.file_name} is still being cut out."
        messages.info(request, told)
        return redirect("product", packshot.product_id)
    context: dict[str, Any] = {
        "packshot": packshot,
        "product": packshot.product,
        "shot": Shot(packshot, due=is_due(packshot)),
        "cutout": addresses.of_cutout(packshot),
        "past": page.past(packshot),
        "newest": page.newest(packshot),
        "strokes": {"applied": page.strokes(packshot)},
    }
    if earlier := number(request.GET.get("from")):
        context["strokes"]["begun"] = page.strokes(packshot, earlier)
    return render(request, "cutouts/detail.html", context)


@require_POST
def correct(request: Request, pk: int) -> HttpResponse:
    """Takes strokes as JSON; a worker makes the cut-out of them. `seen` is the newest correction known."""
    packshot = packshot_of(request, pk, Role.MARKETER)
    drawn, seen = request.POST.get("strokes", ""), number(request.POST.get("seen")) or 0
    try:
        asked = correction.ask(packshot, request.user, drawn, seen)
    except Refused as refusal:
        return JsonResponse({"told": say(refusal.code, **refusal.values).sentence}, status=422)
    told = page.told_of(asked.others)
    return JsonResponse({"correction": asked.correction.pk, "told": told}, status=202)


@require_POST
def automatic(request: Request, pk: int) -> HttpResponse:
    """Drops the strokes in force. They stay in the history."""
    packshot = packshot_of(request, pk, Role.MARKETER)
    correction.ask(packshot, request.user, "[]", page.newest(packshot))
    return redirect("cutout", pk)


@require_safe
def news(request: Request, pk: int) -> HttpResponse:
    """204 while a cut-out is being made."""
    told = page.news(packshot_of(request, pk, Role.MARKETER))
    return JsonResponse(told) if told else HttpResponse(status=204)
