"""Closed by what the provider said or stopped by a person: what may still go on, and who is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from studio.flow import pace, work
from studio.flow import render as flow
from studio.messages import say
from studio.models import Gate, Notice, Render, State, User
from studio.providers.errors import Declined, Wait
from tests.engines import ScriptedRemote
from tests.flow.lists import read_list

Sell = Callable[..., ScriptedRemote]


def test_paused_by_hand_nothing_is_sent_and_what_runs_is_collected(
    queued: list[Render], sell: Sell, admin: User
) -> None:
    engine = sell()
    Render.objects.filter(pk=queued[0].pk).update(state=State.COLLECTING)
    queued[0].attempts.create(
        brand_id=queued[0].brand_id,
        number=1,
        engine="hiapi",
        key="0" * 32,
        request=b"",
        address="https://r/1",
    )
    pace.pause("hiapi", admin)
    work.work()
    assert engine.asked == []
    assert Render.objects.get(pk=queued[0].pk).state == State.DONE
    pace.resume("hiapi")
    work.work()
    assert len(engine.asked) == 11


@pytest.mark.parametrize(
    "shut",
    [
        {"paused_at": timezone.now()},
        {"closed_by": "key_forbidden"},
        {"closed_models": {"gi2-edit": "model_forbidden"}},
    ],
)
def test_paused_or_closed_what_a_callback_names_goes_on_without_a_call(
    queued: list[Render], sell: Sell, shut: dict[str, Any]
) -> None:
    engine = sell()
    for number, render in enumerate(queued[:2]):
        render.attempts.create(
            brand_id=render.brand_id,
            number=1,
            engine="hiapi",
            key=f"{number:032}",
            request=b"",
            token=f"t{number}",
        )
    now = timezone.now()
    Render.objects.filter(pk__in=[one.pk for one in queued[:2]]).update(state=State.UNSURE, look_again_at=now)
    Notice.objects.create(token="t1", task_id="task-9", body_sha256="0" * 64, status="success", signed=True)
    Gate.of("hiapi")
    Gate.change("hiapi", **shut)
    work.work()
    states = [Render.objects.get(pk=one.pk).state for one in queued[:3]]
    assert states == [State.UNSURE, State.DONE, State.QUEUED]
    assert engine.asked == []


def test_draining_finishes_what_is_queued_and_bars_new_launches(
    queued: list[Render], sell: Sell, admin: User
) -> None:
    engine = sell()
    pace.pause("hiapi", admin, draining=True)
    assert pace.needs_open("hiapi")[0] == "draining"
    work.work()
    assert len(engine.asked) == 12


def test_another_key_opens_a_gate_that_the_old_one_closed(
    db: None, sell: Sell, settings: LazySettings
) -> None:
    sell()
    Gate.objects.create(engine="hiapi", closed_by="key_refused", key_print="0" * 16)
    pace.reopen_for_new_key("hiapi")
    assert Gate.of("hiapi").open


def test_a_closed_model_bars_what_needs_it_and_says_which_and_why(db: None, sell: Sell) -> None:
    sell()
    pace.note_trouble("hiapi", "gi2-edit", Declined("model_forbidden", stops="model"))
    code, values = pace.needs_open("hiapi", "gi2-edit")
    assert code == "model_closed"
    told = say(code, **values)
    assert told.headline == "GPT Image 2 is closed"
    assert "key may not use this model" in told.explanation
    assert "open it again" in told.action
    assert pace.needs_open("hiapi", "gi25-flare-edit") == ("", {})


def test_another_key_opens_a_model_that_the_old_one_closed(
    db: None, sell: Sell, settings: LazySettings
) -> None:
    sell()
    pace.note_trouble("hiapi", "gi2-edit", Declined("model_forbidden", stops="model"))
    pace.reopen_for_new_key("hiapi")
    assert Gate.of("hiapi").closed_models == {"gi2-edit": "model_forbidden"}
    settings.HIAPI_KEY = "sk-new"
    pace.reopen_for_new_key("hiapi")
    assert Gate.of("hiapi").closed_models == {}


def test_a_model_that_stays_away_is_paused_with_a_sentence(queued: list[Render], sell: Sell) -> None:
    engine = sell(*[Wait("model_unavailable", 30, told=False) for _ in range(8)])
    for turn in range(8):
        assert Gate.of("hiapi").closed_models == {}
        flow.advance(Render.objects.get(pk=queued[0].pk))
        waiting = Render.objects.get(pk=queued[0].pk)
        assert waiting.failure_values["seconds"] == min(30 * 2**turn, 600)
    assert waiting.state == State.QUEUED
    code, values = pace.needs_open("hiapi", "gi2-edit")
    assert say(code, **values).explanation.startswith("The model is not available just now.")
    work.work()
    assert len(engine.asked) == 8


def test_a_refused_question_closes_no_model(db: None, sell: Sell) -> None:
    sell()
    pace.note_trouble("hiapi", "", Declined("model_forbidden", stops="model"))
    assert Gate.of("hiapi").closed_models == {}


@pytest.mark.parametrize(
    ("heard_ago", "ended", "deaf"),
    [
        (None, 1, True),
        (timedelta(days=20), 3, True),
        (timedelta(days=20), 2, False),
        (timedelta(0), 3, False),
    ],
)
def test_callbacks_that_no_longer_come_are_missed(
    queued: list[Render],
    sell: Sell,
    settings: LazySettings,
    heard_ago: timedelta | None,
    ended: int,
    deaf: bool,
) -> None:
    """One is enough where none ever came; else several in a row, and some minutes."""
    settings.PUBLIC_URL = "https://studio.test"
    sell()
    heard_at = timezone.now() - heard_ago if heard_ago is not None else None
    Gate.objects.create(engine="hiapi", heard_at=heard_at)
    for render in queued[:ended]:
        flow.advance(render)
    read_list()
    assert bool(Gate.of("hiapi").deaf_since) == deaf
