"""What a monitor asks: does the process live, and would work get done."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.flow import sweep


@require_safe
@login_not_required
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Each part by name; 503 as soon as one of them would keep work from being done."""
    health = sweep.health()
    return JsonResponse(health, status=200 if all(health.values()) else 503)
