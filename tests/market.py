"""Pictures that are really bought: the real provider code, and the stand-in at the other end of its wire."""

import time
from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone

from studio.flow import shoot as shoots
from studio.flow import work
from studio.models import FINAL, Brand, Gate, Product, Render, State, User
from tests import cast, pictures

QUICK: Final[dict[str, Any]] = {"latency": (0.01, 0.03), "pictures": "flat"}
TELLS_HOW: Final = (State.RUNNING, State.COLLECTING, State.UNSURE, State.QUEUED, State.SUBMITTING)


def product(brand: Brand, packshots: int = 1, **fields: Any) -> Product:
    """With so many packshots, each in its own colour."""
    made = cast.product(brand, **fields)
    for number in range(packshots):
        cast.packshot(made, pictures.packshot(f"#{number + 2:x}0{number + 4:x}0{number + 7:x}0", 300, 300))
    return made


def launched(
    brand: Brand,
    model: str = "",
    *,
    of: Product | None = None,
    ratio: str = "1:1",
    resolution: str = "1K",
    takes: int = 1,
    person: User | None = None,
) -> Render:
    """The first picture of a shoot that was planned and launched as people do it."""
    of = of or product(brand)
    plan = shoots.plan(brand, person, [of])
    choice: dict[str, Any] = {"ratios": [ratio], "resolution": resolution, "takes": takes, "placements": []}
    shoots.choose(plan, products=[of], scenes=[cast.scene()], engine="hiapi", model=model, **choice)
    shoots.launch(plan, person)
    return plan.renders.order_by("pk")[0]


def turn() -> None:
    """One turn of a worker, in which nobody waits for the time that was told."""
    now = timezone.now()
    Render.objects.filter(state__in=TELLS_HOW).exclude(look_again_at=None).update(look_again_at=now)
    Gate.objects.update(list_at=now, not_before=now)
    work.work_on(Render.objects.all())


def until(seen: Callable[[], object], within: float = 20) -> None:
    """Turns until that is true; AssertionError with every picture's state when it takes longer."""
    end = time.monotonic() + within
    while not seen():
        states = Render.objects.values_list("pk", "state", "failure")
        assert time.monotonic() < end, list(states)
        turn()
        time.sleep(0.02)


def finished(render: Render) -> Render:
    """The picture when it is done, failed or cancelled."""
    until(lambda: Render.objects.filter(pk=render.pk, state__in=FINAL).exists())
    return Render.objects.get(pk=render.pk)
