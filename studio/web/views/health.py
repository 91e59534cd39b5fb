"""What a monitor asks: does the process live, and would work get done."""

import logging
from threading import Lock
from time import monotonic
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.flow import sweep

log = logging.getLogger(__name__)
FRESH: Final = 3.0  # seconds that an answer is given again


class Health:
    """Anybody may ask, and each look writes a row and a file; so one look answers all who ask meanwhile."""

    def __init__(self) -> None:
        self.lock, self.at, self.told = Lock(), float("-inf"), dict[str, bool]()

    def now(self) -> dict[str, bool]:
        with self.lock:
            if monotonic() - self.at >= FRESH:
                self.told = self._look()
                self.at = monotonic()
            return self.told

    def _look(self) -> dict[str, bool]:
        """A look that fails is an answer too: who asks next must not wait for another one."""
        try:
            return sweep.health()
        except Exception:
            log.exception("Nobody could see whether work gets done")
            return {"look": False}


health: Final = Health()


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
    parts = health.now()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
