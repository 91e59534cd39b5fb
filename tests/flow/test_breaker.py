"""An engine that falls silent is left alone, asked now and then, and taken up again gently."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.flow import pace, poll, work
from studio.flow import render as flow
from studio.models import Gate, Render
from studio.providers.base import Task, Working
from studio.providers.errors import Declined, Unheard, Wait
from tests.engines import ScriptedRemote
from tests.flow.lists import read_list

Sell = Callable[..., ScriptedRemote]


def test_five_silences_open_the_breaker_and_a_probe_closes_it_gently(
    queued: list[Render], sell: Sell
) -> None:
    engine = sell(*[Unheard("no_answer")] * 12)
    Gate.of("hiapi")
    Gate.change("hiapi", good=8)
    work.work()
    gate = Gate.of("hiapi")
    assert gate.down_since is not None
    sent = len(engine.asked)
    work.work()
    assert len(engine.asked) == sent, "nothing while it is open"
    engine.listed = Unheard("no_answer")
    Gate.change("hiapi", probe_at=timezone.now())
    work.work()
    assert Gate.of("hiapi").down_since is not None
    engine.listed = []
    Gate.change("hiapi", probe_at=timezone.now())
    work.work()
    back = Gate.of("hiapi")
    assert back.down_since is None
    assert back.gentle_until is not None
    assert len(engine.asked) <= sent + 1, "one call at a time, six seconds apart"


def test_the_gentle_minute_begins_with_the_first_order_that_is_taken(
    queued: list[Render], sell: Sell
) -> None:
    sell()
    Gate.of("hiapi")
    pace.came_back("hiapi")
    nearly_over = timezone.now() + timedelta(seconds=5)
    Gate.change("hiapi", gentle_until=nearly_over, list_at=timezone.now())
    Render.objects.filter(pk=queued[-1].pk).update(state="running")
    due = Render.objects.due().filter(engine="hiapi", state="queued")
    assert len(pace.claim_to_send("hiapi", due, 32)) == 1, "although a page of the list is due"
    begun = Gate.of("hiapi").gentle_until
    assert begun is not None
    assert begun > timezone.now() + timedelta(seconds=55)
    pace.note_good("hiapi")
    Gate.change("hiapi", next_at=timezone.now() - timedelta(seconds=1))
    assert len(pace.claim_to_send("hiapi", due, 32)) == 1
    assert Gate.of("hiapi").gentle_until == begun, "and ends a minute later"


def test_a_probe_that_is_refused_is_an_answer_and_says_what_is_wrong(db: None, sell: Sell) -> None:
    sell(listed=Declined("key_refused", stops="all", proves=False))
    now = timezone.now()
    Gate.objects.create(engine="hiapi", down_since=now, probe_at=now)
    work.work()
    gate = Gate.of("hiapi")
    assert (gate.closed_by, gate.down_since) == ("key_refused", None)


@pytest.mark.parametrize(
    "told", [Wait("provider_busy", 600, down=True), Wait("provider_failed", 600, down=True)]
)
def test_a_probe_that_is_told_when_to_come_again_comes_then(db: None, sell: Sell, told: Wait) -> None:
    engine = sell(listed=told)
    now = timezone.now()
    Gate.objects.create(engine="hiapi", down_since=now, probe_at=now)
    work.work()
    probe_at = Gate.of("hiapi").probe_at
    assert probe_at is not None
    assert probe_at >= now + timedelta(seconds=600)
    assert not poll.due("hiapi")
    assert engine.looked == []


def test_an_engine_that_falls_silent_while_it_asks_for_patience_is_not_probed_before(
    db: None, sell: Sell
) -> None:
    sell()
    now = timezone.now()
    Gate.objects.create(engine="hiapi", troubles=4)
    pace.note_trouble("hiapi", "gi2-edit", Wait("provider_busy", 600, down=True))
    gate = Gate.of("hiapi")
    assert gate.down_since is not None
    assert gate.probe_at is not None
    assert gate.probe_at >= now + timedelta(seconds=600)


def test_a_probe_asks_after_a_task_when_the_list_alone_is_broken(queued: list[Render], sell: Sell) -> None:
    engine = sell(listed=Wait("provider_failed", 5, down=True))
    flow.advance(queued[0])
    now = timezone.now()
    Gate.objects.update_or_create(engine="hiapi", defaults={"down_since": now, "probe_at": now})
    assert pace.probe_due("hiapi")
    Gate.change("hiapi", probe_at=now, next_at=now)
    step = poll.errand("hiapi")
    question = next(step)
    with pytest.raises(StopIteration):
        step.send(question())
    assert Gate.of("hiapi").down_since is None
    assert engine.looked == ["task-1"]


def test_silences_between_answers_are_not_in_a_row(queued: list[Render], sell: Sell) -> None:
    engine = sell()
    flow.advance(queued[0])
    running = Render.objects.get(pk=queued[0].pk)
    Gate.of("hiapi")
    Gate.change("hiapi", good=0)
    for _ in range(5):
        pace.note_trouble("hiapi", "", Wait("provider_failed", 5, down=True))
        engine.answers = [Working(5)]
        flow.advance(running)
    engine.listed = [Task("task-1", "gpt-image-2", timezone.now(), Working(5))]
    for _ in range(5):
        pace.note_trouble("hiapi", "", Wait("provider_failed", 5, down=True))
        Gate.change("hiapi", list_at=timezone.now())
        read_list()
    gate = Gate.of("hiapi")
    assert (gate.troubles, gate.down_since, gate.good) == (0, None, 0), "an answered question is no purchase"


def test_a_probe_takes_a_permit(db: None, sell: Sell) -> None:
    sell()
    now = timezone.now()
    Gate.objects.create(engine="hiapi", down_since=now, probe_at=now, next_at=now + timedelta(minutes=1))
    assert not pace.probe_due("hiapi")
    Gate.change("hiapi", next_at=now)
    assert pace.probe_due("hiapi")
    assert Gate.of("hiapi").next_at > now


def test_one_probe_in_thirty_seconds(db: None, sell: Sell) -> None:
    sell()
    now = timezone.now()
    Gate.objects.create(engine="hiapi", down_since=now, probe_at=now)
    assert [pace.probe_due("hiapi") for _ in range(3)] == [True, False, False]


def test_prices_are_not_read_while_it_is_down(db: None, sell: Sell) -> None:
    sell()
    assert poll.due("hiapi"), "there are none yet"
    now = timezone.now()
    Gate.objects.create(engine="hiapi", down_since=now, probe_at=now + timedelta(seconds=20))
    assert not poll.due("hiapi")
