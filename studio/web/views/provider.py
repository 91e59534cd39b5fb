"""Addresses for the provider: where it tells that a task has ended, and sees what it works from."""

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from studio.flow import notice
from studio.flow import reference as flow
from studio.web.views.media import file_of

MOST: Final = 1024 * 1024  # bytes of a callback; more is not read


@require_POST
@csrf_exempt
@login_not_required
def hiapi_callback(request: HttpRequest, token: str) -> HttpResponse:
    """Noted and answered at once; what it says is acted upon elsewhere."""
    body = _bounded(request)
    if body is None:
        return JsonResponse({"error": "too large"}, status=413)
    try:
        known = notice.receive("hiapi", token, request.headers, body)
    except notice.Forged:
        return JsonResponse({"error": "not signed as agreed"}, status=401)
    return JsonResponse({"ok": True}) if known else JsonResponse({"error": "not known"}, status=404)


@require_safe
@login_not_required
def reference(request: HttpRequest, token: str) -> HttpResponseBase:
    """One picture for whoever has its link. A link that is not ours, or is old, shows nothing."""
    key = flow.follow(token)
    if key is None:
        raise Http404
    response = file_of(key)
    response["Cache-Control"] = "private, no-store"
    return response


def _bounded(request: HttpRequest) -> bytes | None:
    """The body; None when it is too large, told before or found while reading."""
    told = request.META.get("CONTENT_LENGTH") or ""
    if told.isdecimal() and int(told) > MOST:
        return None
    chunked = not told and "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    source = request.environ["wsgi.input"] if chunked else request  # type: ignore[attr-defined]
    body: bytes = source.read(MOST + 1)
    return body if len(body) <= MOST else None
