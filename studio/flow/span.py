"""How long a plan may take: embedded pictures share the cores, bought ones the calls of a minute."""

from typing import Final

from django.conf import settings

from studio.flow.engines import is_remote
from studio.models import Render, Shoot, State

EMBEDDED: Final = {"1K": 1.5, "2K": 5.0, "4K": 16.0}
BOUGHT: Final = {"1K": 25.0, "2K": 45.0, "4K": 80.0}


def seconds(shoot: Shoot, pictures: int) -> float:
    """For that many pictures of the shoot's engine and size."""
    each = _usual(shoot)
    if is_remote(shoot.engine):
        return each + pictures * 60 / settings.HIAPI_RPM if pictures else 0
    return pictures * each / settings.WORKERS


def _usual(shoot: Shoot) -> float:
    """What the last pictures of this engine and size took, or a first guess."""
    alike = Render.objects.filter(engine=shoot.engine, resolution=shoot.resolution, state=State.DONE)
    spans = alike.order_by("-pk").values_list("started_at", "finished_at")[:20]
    took = [(end - start).total_seconds() for start, end in spans if start and end]
    guess = BOUGHT if is_remote(shoot.engine) else EMBEDDED
    return sum(took) / len(took) if took else guess[shoot.resolution]
