"""People judge finished pictures, and ask for them again."""

from collections.abc import Callable

import pytest

from studio.flow import again, review, work
from studio.models import Brand, Cause, Render, Review, State, User
from studio.providers.errors import Declined
from tests import cast
from tests.engines import DONE, Scripted


@pytest.fixture
def done(brand: Brand) -> Render:
    return cast.render(cast.shoot(brand, launched=True), state=State.DONE)


def test_a_verdict_is_noted_with_its_author(done: Render, marketer: User) -> None:
    assert review.approve([done], marketer) == 1
    done.refresh_from_db()
    assert (done.review, done.reviewed_by) == (Review.APPROVED, marketer)
    assert review.reject([done], marketer) == 1
    done.refresh_from_db()
    assert done.review == Review.REJECTED
    review.clear([done], marketer)
    done.refresh_from_db()
    assert done.review == Review.NONE


def test_an_unfinished_picture_cannot_be_judged(brand: Brand, marketer: User) -> None:
    queued = cast.render(cast.shoot(brand, launched=True))
    assert review.approve([queued], marketer) == 0


def test_a_rerun_is_a_new_render_with_a_parent(
    done: Render, marketer: User, script: Callable[..., Scripted]
) -> None:
    script(DONE)
    made = again.rerun(done, marketer)
    assert (made.parent, made.take, made.cause) == (done, 2, Cause.RERUN)
    assert again.rerun(done, marketer).take == 3
    work.work()
    made.refresh_from_db()
    assert made.attempts.get().cause == Cause.RERUN
    assert Render.objects.get(pk=done.pk).picture == done.picture, "the first picture stays"


def test_all_that_failed_for_one_reason_are_tried_again_together(
    brand: Brand, script: Callable[..., Scripted]
) -> None:
    script(DONE)
    shoot = cast.shoot(brand, launched=True)
    for failure in ("engine_failed", "engine_failed", "touches_edge"):
        cast.render(shoot, state=State.FAILED, failure=failure)
    assert review.retry_all(shoot, "engine_failed") == 2
    work.work()
    assert sorted(shoot.renders.values_list("state", flat=True)) == ["done", "done", "failed"]


def test_a_failed_render_can_be_tried_again(brand: Brand, script: Callable[..., Scripted]) -> None:
    script(Declined("engine_failed"), DONE)
    render = cast.render(cast.shoot(brand, launched=True))
    work.work()
    render.refresh_from_db()
    assert render.state == State.FAILED
    assert review.retry(render)
    assert not review.retry(Render.objects.get(pk=render.pk)), "it is queued already"
    work.work()
    render.refresh_from_db()
    assert (render.state, render.failure) == (State.DONE, "")
    assert [attempt.cause for attempt in render.attempts.all()] == [Cause.FIRST, Cause.RERUN]
