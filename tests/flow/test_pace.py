"""One budget of calls for all processes; who is told to wait waits, and with him everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from studio.flow import pace, poll, work
from studio.flow import render as flow
from studio.logs import Seldom
from studio.models import Brand, Gate, Notice, Render, State, User
from studio.providers.base import Glance, Task, Working
from studio.providers.errors import Declined, Wait
from tests import cast
from tests.engines import ScriptedRemote
from tests.flow.lists import read_list

Sell = Callable[..., ScriptedRemote]


def claim(most: int = 32) -> list[Render]:
    claimed = pace.claim_to_send("hiapi", Render.objects.due().filter(engine="hiapi"), most)
    for render in claimed:
        render.release()
    return claimed


def test_no_minute_sees_more_calls_than_the_limit(
    queued: list[Render], sell: Sell, settings: LazySettings
) -> None:
    sell()
    settings.HIAPI_RPM, settings.HIAPI_CONCURRENCY = 60, 50
    Gate.of("hiapi")
    Gate.change("hiapi", good=50)
    assert len(claim()) == 3, "a twentieth of a minute at once"
    assert claim() == []
    gate = Gate.of("hiapi")
    assert gate.next_at - timezone.now() > timedelta(seconds=3)


def test_calls_at_once_are_counted_over_all_workers(queued: list[Render], sell: Sell) -> None:
    sell()
    Gate.of("hiapi")
    Gate.change("hiapi", good=50)
    held = pace.claim_to_send("hiapi", Render.objects.due().filter(engine="hiapi"), 6)
    assert len(held) == 6
    assert len(claim()) == 2, "eight in all"


def test_the_first_call_goes_out_alone_and_more_follow_as_they_are_taken(
    queued: list[Render], sell: Sell
) -> None:
    sell()
    assert len(claim()) == 1
    pace.note_good("hiapi")
    pace.note_good("hiapi")
    assert len(claim()) == 3


@pytest.mark.parametrize("told", [Wait("too_fast", 30), Wait("provider_busy", 30, down=True)])
def test_told_to_wait_nobody_asks_before_the_time(queued: list[Render], sell: Sell, told: Wait) -> None:
    engine = sell(told)
    work.work()
    assert len(engine.asked) == 1
    assert claim() == []
    waiting = Render.objects.get(pk=queued[0].pk)
    assert waiting.look_again_at is not None
    assert waiting.look_again_at >= timezone.now() + timedelta(seconds=29)
    Gate.change("hiapi", not_before=timezone.now())
    assert len(claim()) == 1


def test_where_nobody_says_how_long_each_wait_is_longer(queued: list[Render], sell: Sell) -> None:
    sell(*[Wait("too_fast", 5, told=False) for _ in range(7)], Wait("too_fast", 3))
    Gate.of("hiapi")
    waits = []
    for _ in range(8):
        flow.advance(Render.objects.get(pk=queued[0].pk))
        waits.append(Render.objects.get(pk=queued[0].pk).failure_values["seconds"])
    assert waits == [5, 10, 20, 40, 80, 100, 100, 3], "and as long as told where it is told"
    assert Gate.of("hiapi").not_before > timezone.now() + timedelta(seconds=95)


def test_a_permit_for_what_cannot_wait_holds_in_its_turn(
    db: None, sell: Sell, settings: LazySettings
) -> None:
    """Three at once, and one a second after them."""
    sell()
    settings.HIAPI_RPM = 60
    held = [pace.reserve("hiapi") for _ in range(5)]
    assert held[:3] == [0, 0, 0]
    assert 0.5 < held[3] < 1.1 < held[4] < 2.2
    with pytest.raises(Wait):
        pace.reserve("hiapi", most=2)
    Gate.change("hiapi", not_before=timezone.now() + timedelta(minutes=10))
    with pytest.raises(Wait) as told:
        pace.reserve("hiapi")
    assert 590 < told.value.seconds <= 600
    before = Gate.of("hiapi").not_before
    pace.note_trouble("hiapi", "", told.value)
    assert Gate.of("hiapi").not_before == before, "nobody else is held up by it"


def test_those_who_were_told_to_wait_come_back_one_by_one(queued: list[Render], sell: Sell) -> None:
    sell(*[Wait("too_fast", 4)] * 12)
    Gate.of("hiapi")
    for render in queued:
        flow.advance(render)
    now = timezone.now()
    Render.objects.update(look_again_at=now)
    Gate.change("hiapi", not_before=now, next_at=now, good=50)
    assert [len(claim()), len(claim())] == [1, 0]
    assert Gate.of("hiapi").next_at >= now + timedelta(seconds=1)
    Render.objects.filter(state=State.QUEUED).update(failure="")
    assert len(claim()) == 8, "and then as before"


def test_a_model_that_is_down_holds_up_no_other(queued: list[Render], sell: Sell) -> None:
    sell()
    pace.note_trouble("hiapi", "gi25-flare-edit", Wait("model_unavailable", 30))
    assert len(claim()) == 1


def test_an_operator_reads_of_trouble_in_the_log(
    queued: list[Render], sell: Sell, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seldom, "filter", lambda *about: True)  # other tests have spoken within this minute
    sell(Declined("content_refused", reason="sk-secret words"))
    Gate.of("hiapi")
    for _ in range(5):
        pace.note_trouble("hiapi", "", Wait("provider_failed", 5, down=True, status=502))
    pace.note_trouble("hiapi", "gi2-edit", Declined("model_forbidden", stops="model"))
    pace.note_trouble("hiapi", "gi2-edit", Declined("key_refused", stops="all", status=401))
    flow.advance(queued[0])
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        *["provider_failed from hiapi, status 502"] * 5,
        "hiapi does not answer: nothing more is asked until it does",
        "gi2-edit of hiapi is closed until an admin opens it again: model_forbidden",
        "hiapi is closed until an admin opens it again: key_refused",
        f"content_refused: picture {queued[0].pk} of shoot {queued[0].shoot_id} failed",
    ]


def test_an_errand_that_fails_takes_no_answer_with_it(queued: list[Render], sell: Sell) -> None:
    engine = sell()
    engine.glance = lambda page: 1 / 0  # type: ignore[assignment, method-assign, return-value]
    work.work()
    assert not Render.objects.filter(state=State.SUBMITTING).exists()
    assert len(engine.asked) == 12


@pytest.fixture
def told(queued: list[Render]) -> list[Render]:
    """Running pictures, of which callbacks have told a moment ago."""
    told = queued[:5]
    for number, render in enumerate(told):
        token = f"token-{number}"
        render.attempts.create(
            brand_id=render.brand_id, number=1, engine="hiapi", key=f"{number:032}", request=b"", token=token,
            task_id=f"task-{number}",
        )  # fmt: skip
        Notice.objects.create(token=token, task_id=f"task-{number}", status="success", signed=True)
    Render.objects.filter(pk__in=[one.pk for one in told]).update(
        state=State.RUNNING, look_again_at=timezone.now()
    )
    return told


def test_what_callbacks_told_of_is_looked_at_before_anything_new_is_asked_for(
    told: list[Render], sell: Sell, settings: LazySettings
) -> None:
    """At the usual pace three calls go out at once: without a turn of their own no look ever would."""
    engine = sell()
    settings.HIAPI_RPM, settings.HIAPI_CONCURRENCY = 60, 4
    Gate.of("hiapi")
    Gate.change("hiapi", good=4, list_at=timezone.now() + timedelta(hours=1))
    work.work(0)
    assert len(engine.looked) == 3
    assert engine.asked == []


def test_a_page_of_the_list_does_not_put_off_what_a_callback_told(told: list[Render], sell: Sell) -> None:
    engine = sell()
    Notice.objects.filter(token="token-0").delete()
    engine.listed = [Task(f"task-{number}", "m", timezone.now(), Working(5)) for number in range(5)]
    read_list()
    due = Render.objects.due().filter(state=State.RUNNING)
    assert [one.pk for one in due] == [one.pk for one in told[1:]]


def test_a_person_with_three_pictures_does_not_wait_for_five_hundred(
    brand: Brand, sell: Sell, marketer: User, admin: User
) -> None:
    sell()
    large, small = cast.shoot(brand, launched=True), cast.shoot(brand, launched=True)
    for _ in range(30):
        cast.render(large, engine="hiapi", asked_by=admin)
    for _ in range(3):
        cast.render(small, engine="hiapi", asked_by=marketer)
    first = list(Render.objects.due().in_turn()[:6].values_list("asked_by", flat=True))
    assert first.count(marketer.pk) == 3


def test_the_list_is_read_at_most_twice_a_second(queued: list[Render], sell: Sell) -> None:
    engine = sell()
    Render.objects.update(state=State.RUNNING, look_again_at=timezone.now() + timedelta(minutes=1))
    pages: list[int] = []
    engine.glance = lambda page: pages.append(page) or Glance([], False)  # type: ignore[assignment, method-assign, func-returns-value]
    for _ in range(5):
        list(poll.errand("hiapi"))
    assert len(pages) <= 1


def test_while_a_page_of_the_list_is_due_one_permit_is_left_for_it(
    queued: list[Render], sell: Sell, settings: LazySettings
) -> None:
    sell()
    settings.HIAPI_RPM, settings.HIAPI_CONCURRENCY = 60, 50
    Gate.of("hiapi")
    Gate.change("hiapi", good=50, list_at=timezone.now())
    Render.objects.filter(pk=queued[-1].pk).update(state=State.RUNNING)
    assert len(claim()) == 2, "of the three that a burst allows"
    assert claim() == []
    assert pace.turn_of_list("hiapi", timedelta(seconds=30))
    assert pace.turn_of_list("hiapi", timedelta(seconds=30)) is None
    Gate.change("hiapi", next_at=timezone.now())
    assert len(claim()) == 3


def test_the_list_is_read_back_to_what_runs_and_not_to_what_ended(queued: list[Render], sell: Sell) -> None:
    engine = sell()
    flow.advance(queued[0])
    now = timezone.now()
    queued[0].attempts.create(
        brand_id=queued[0].brand_id, number=7, engine="hiapi", key="7" * 32, request=b"",
        outcome="task_failed", first_sent_at=now - timedelta(days=9), ended_at=now,
    )  # fmt: skip
    tasks = [Task(f"x{n}", "m", now - timedelta(minutes=n), Working(5)) for n in range(100)]
    pages: list[int] = []
    engine.glance = lambda page: pages.append(page) or Glance(tasks, page < 3)  # type: ignore[assignment, method-assign, func-returns-value]
    read_list()
    assert pages == [1], "the first page goes back far enough"
