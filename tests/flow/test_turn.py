"""A worker's turn: slow calls keep nobody idle, and nothing outlives the queue's patience."""

import inspect
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from studio import queue
from studio.flow import pace, work
from studio.imaging.decoder import Decoder
from studio.models import Gate, Render, State
from studio.providers import api, download, hiapi, hiapi_chat
from studio.providers.base import Ready, Taken
from tests.engines import ScriptedRemote

Sell = Callable[..., ScriptedRemote]
PATIENCE = 20.0  # seconds; nobody waits for so long unless the test fails


def test_a_call_that_begins_last_ends_before_the_queue_loses_patience() -> None:
    decoding = inspect.signature(Decoder).parameters["patience"].default
    fetch = download.SECONDS + decoding + pace.SHORTLY + api.READ_SECONDS
    slowest = max(hiapi.CREATE_SECONDS, hiapi_chat.SECONDS, api.READ_SECONDS, fetch)
    assert work.SECONDS < work.LONGEST
    assert work.LONGEST + slowest < settings.Q_CLUSTER["timeout"] < settings.Q_CLUSTER["retry"]


@pytest.fixture
def slow(queued: list[Render], sell: Sell, monkeypatch: pytest.MonkeyPatch) -> ScriptedRemote:
    """Its first answer comes once somebody else has been asked for. The others are due in a moment."""
    engine, asked = sell(), Event()
    submit = engine.submit

    def answer(request: bytes, key: str) -> Taken:
        taken = submit(request, key)
        assert isinstance(taken, Taken)
        if len(engine.asked) == 1:
            asked.wait(PATIENCE)
        else:
            asked.set()
        return taken

    monkeypatch.setattr(engine, "submit", answer)
    Gate.of("hiapi")
    Gate.change("hiapi", good=8)
    others = Render.objects.exclude(pk=queued[0].pk)
    others.update(failure="too_fast", look_again_at=timezone.now() + timedelta(seconds=4))
    return engine


def test_while_one_call_is_slow_others_are_made(slow: ScriptedRemote) -> None:
    work.work(3)
    assert len(slow.asked) > 1


def test_a_turn_with_a_slow_call_ends_when_another_message_waits(
    slow: ScriptedRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "others_wait", lambda: True)
    monkeypatch.setattr("tests.flow.test_turn.PATIENCE", 6.0)
    work.work(3)
    assert len(slow.asked) == 1


def test_messages_about_pictures_and_the_canary_are_no_others(db: None) -> None:
    for name in ("work_on_renders", "cut_renders", "sing"):
        async_task(f"studio.tasks.{name}")
    assert not queue.others_wait()
    async_task("studio.tasks.build_exports")
    assert queue.others_wait()


def test_at_the_end_of_a_turn_an_answer_is_kept_and_what_follows_is_left_to_the_next(
    queued: list[Render], sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sell()

    def answer(request: bytes, key: str) -> Ready:
        time.sleep(0.5)
        return Ready("https://results.test/task-1.png")

    monkeypatch.setattr(engine, "submit", answer)
    Render.objects.exclude(pk=queued[0].pk).update(state=State.CANCELLED)
    work.work(0)
    kept = Render.objects.get(pk=queued[0].pk)
    assert (kept.state, kept.lease, engine.fetched) == (State.COLLECTING, "", [])
    work.work()
    assert Render.objects.get(pk=queued[0].pk).state == State.DONE
