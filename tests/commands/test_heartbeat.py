"""The loop goes on whatever happens, says when the queue is wedged, and ends when it is told to."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from studio.flow import sweep
from studio.launcher import WEDGED
from studio.management.commands import heartbeat
from studio.models import Pulse

Turn = Callable[[], None]


@pytest.fixture(autouse=True)
def _quick_and_with_the_old_handlers_afterwards(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(heartbeat, "EVERY", 0.01)
    monkeypatch.setattr(heartbeat, "close_old_connections", lambda: None)  # the test's own is in use
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def stop_at(turn: int, then: Turn = lambda: None) -> Turn:
    """A turn of the heart: does `then`, and is told to stop at the turn of that number."""
    turns = iter(range(1, turn + 1))

    def tick() -> None:
        if next(turns) == turn:
            os.kill(os.getpid(), signal.SIGTERM)
        then()

    return tick


def test_it_beats_until_it_is_told_to_stop(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "tick", stop_at(3, then=sweep.tick))
    call_command("heartbeat")
    assert Pulse.fresh("heartbeat", timedelta(seconds=5))
    assert Pulse.fresh("sung", timedelta(seconds=5))


def test_a_turn_that_fails_is_told_in_one_line_and_comes_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise DatabaseError("no such disk")

    monkeypatch.setattr(sweep, "tick", stop_at(3, then=fail))
    call_command("heartbeat")
    assert [record.message for record in caplog.records] == [
        "This turn failed and comes again: DatabaseError: no such disk"
    ] * 3


def test_a_wedged_queue_ends_it_with_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "tick", lambda: None)
    monkeypatch.setattr(sweep, "wedged", lambda awake: True)
    with pytest.raises(SystemExit) as end:
        call_command("heartbeat")
    assert end.value.code == WEDGED


def test_a_wedged_queue_is_noticed_although_every_turn_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stuck may hold the database's only write lock; reading goes on."""

    def fail() -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(sweep, "tick", fail)
    monkeypatch.setattr(sweep, "wedged", lambda awake: True)
    with pytest.raises(SystemExit) as end:
        call_command("heartbeat")
    assert end.value.code == WEDGED


@pytest.mark.parametrize(
    ("rests", "turns", "awake"),
    [([5, 20, 5, 5], [0] * 4, [0, 5, 0, 5]), ([1] * 4, [20] * 4, [0, 21, 42, 63])],
    ids=["it slept", "its turns took long"],
)
def test_a_machine_that_slept_gives_the_queue_time_to_wake_up(
    monkeypatch: pytest.MonkeyPatch, rests: list[int], turns: list[int], awake: list[int]
) -> None:
    """It sleeps between two turns; a turn that waits for the database for long is no sleep."""
    clock, seen, rest, turn = [1000.0], [], iter(rests), iter(turns)
    monkeypatch.setattr(heartbeat, "EVERY", 0)
    monkeypatch.setattr(heartbeat, "time", lambda: clock[0])
    monkeypatch.setattr(
        heartbeat.Command, "_rest", lambda self, until: clock.append(clock.pop() + next(rest))
    )
    monkeypatch.setattr(sweep, "tick", stop_at(4, then=lambda: clock.append(clock.pop() + next(turn))))
    monkeypatch.setattr(sweep, "wedged", lambda since: seen.append(since.total_seconds()))
    call_command("heartbeat")
    assert seen == awake
