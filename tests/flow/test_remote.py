"""A picture that is bought: one walk from the order to the done picture."""

import pytest

from studio.flow.render import advance
from studio.models import Brand, Gate, Render, State
from studio.providers.base import Remote
from tests import cast
from tests.engines import ScriptedRemote, picture

pytestmark = pytest.mark.django_db


def test_a_bought_picture_is_taken_looked_at_fetched_and_paid(brand: Brand, hiapi: ScriptedRemote) -> None:
    provider: Remote = hiapi
    shoot = cast.shoot(brand, launched=True, engine="hiapi")
    shot = cast.packshot(cast.product(brand), picture(300, 300))
    render = cast.render(
        shoot, product=shot.product, packshot=shot, engine="hiapi", model="gi2-edit", reserved=30_000
    )
    Gate.of("hiapi")
    for _ in range(5):
        Render.objects.filter(pk=render.pk).update(look_again_at=None)
        render.refresh_from_db()
        advance(render)
    render.refresh_from_db()
    attempt = render.attempts.get()
    assert render.state == State.DONE
    assert (attempt.task_id, attempt.price_charged, render.reserved) == ("task-1", 30_000, 0)
    assert hiapi.fetched == ["https://results.test/task-1.png"]
    assert provider.glance(1).tasks[0].task_id == "task-1"
