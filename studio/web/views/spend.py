"""What was spent, on what and why, and what is uncertain: for a brand's admins."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from studio.models import Role
from studio.web import spend as page
from studio.web import spend_csv
from studio.web.access import Request, brand_of
from studio.web.month import Month


@require_safe
def spend(request: Request, brand: str) -> HttpResponse:
    here = brand_of(request, brand, Role.ADMIN)
    month = Month.read(request.GET.get("month", ""))
    earlier = month.start > here.created_at
    return render(request, "spend/month.html", {"ledger": page.of(here, month), "earlier": earlier})


@require_safe
def download(request: Request, brand: str) -> StreamingHttpResponse:
    here = brand_of(request, brand, Role.ADMIN)
    month = Month.read(request.GET.get("month", ""))
    response = StreamingHttpResponse(spend_csv.lines(here, month), content_type="text/csv; charset=utf-8")
    name = f"{here.slug}-{month.key}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
