"""The row that one picture hangs on: which moves it allows, and who may make them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.models import MOVES, Brand, Render, State
from tests import cast

ALLOWED = [(start, to) for start, ends in MOVES.items() for to in sorted(ends)]
FORBIDDEN = [(start, to) for start in State for to in State if to not in MOVES[start]]


@pytest.fixture
def render(brand: Brand) -> Render:
    return cast.render(cast.shoot(brand, launched=True))


def put(render: Render, state: str) -> None:
    Render.objects.filter(pk=render.pk).update(state=state, picture="key")
    render.refresh_from_db()


@pytest.mark.parametrize(("start", "to"), ALLOWED)
def test_an_allowed_move_is_made_once(render: Render, start: State, to: State) -> None:
    put(render, start)
    second = Render.objects.get(pk=render.pk)
    assert render.move(to)
    assert not second.move(to), "the second mover comes too late"
    assert Render.objects.get(pk=render.pk).state == to


@pytest.mark.parametrize(("start", "to"), FORBIDDEN)
def test_any_other_move_is_a_mistake_in_the_code(render: Render, start: State, to: State) -> None:
    put(render, start)
    with pytest.raises(ValueError, match="never goes"):
        render.move(to)


def test_a_final_state_notes_when_it_was_reached(render: Render) -> None:
    put(render, State.COLLECTING)
    render.move(State.DONE)
    assert render.finished_at is not None


def test_a_claimed_row_is_not_claimed_again(render: Render) -> None:
    first = Render.objects.due().claim(5)
    assert [row.pk for row in first] == [render.pk]
    assert Render.objects.due().claim(5) == []


def test_a_lease_that_ran_out_can_be_claimed(render: Render) -> None:
    Render.objects.due().claim(5)
    Render.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert len(Render.objects.due().claim(5)) == 1


def test_a_stale_holder_writes_nothing(render: Render) -> None:
    [stale] = Render.objects.due().claim(1)
    Render.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    [fresh] = Render.objects.due().claim(1)
    assert not stale.move(State.SUBMITTING)
    until = Render.objects.get().lease_until
    Render.renew([stale])
    assert Render.objects.get().lease_until == until
    Render.renew([fresh])
    assert Render.objects.get().lease_until != until
    assert fresh.move(State.SUBMITTING)


def test_a_released_row_is_free_at_once(render: Render) -> None:
    [row] = Render.objects.due().claim(1)
    row.release()
    assert len(Render.objects.due().claim(1)) == 1


def test_an_unsure_row_without_a_time_waits_for_a_person(render: Render) -> None:
    put(render, State.UNSURE)
    assert not Render.objects.due().exists()


def test_a_row_told_to_wait_is_due_when_its_time_comes(render: Render) -> None:
    Render.objects.update(look_again_at=timezone.now() + timedelta(minutes=1))
    assert not Render.objects.due().exists()
    Render.objects.update(look_again_at=timezone.now())
    assert Render.objects.due().exists()


def test_the_database_refuses_an_unknown_state(render: Render) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Render.objects.update(state="sleeping")


def test_the_database_refuses_a_done_render_without_a_picture(render: Render) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Render.objects.update(state="done")
