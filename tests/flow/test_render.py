"""`advance`: one step at a time, every picture made once, whatever happens in between."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from studio import storage
from studio.flow import hold, provenance, work
from studio.flow import render as flow
from studio.imaging import decoder
from studio.models import Attempt, Brand, Cause, Render, State
from studio.providers.base import Finished, Taken, Working
from studio.providers.errors import Declined, Unheard, Wait
from tests import cast
from tests.engines import DONE, Scripted

Script = Callable[..., Scripted]


@pytest.fixture
def render(brand: Brand) -> Render:
    return cast.render(cast.shoot(brand, launched=True))


def run(render: Render) -> Render:
    while flow.advance(render):
        pass
    return Render.objects.get(pk=render.pk)


def test_a_queued_render_becomes_a_picture(render: Render, script: Script) -> None:
    script(DONE)
    done = run(render)
    assert done.state == State.DONE
    assert (done.width, done.height, done.media_type) == (64, 64, "image/png")
    assert done.box == [0.25, 0.25, 0.5, 0.5]
    assert storage.read(done.picture) == provenance.marked(DONE.data, "image/png", done)
    assert storage.read(done.thumb)[8:12] == b"WEBP"


def test_request_and_key_are_saved_before_the_call_goes_out(render: Render, script: Script) -> None:
    seen: list[tuple[bytes, str, str]] = []

    def look_at_the_row() -> None:
        attempt = Attempt.objects.get()
        seen.append((bytes(attempt.request), str(attempt.key), Render.objects.get().state))

    engine = script(DONE, meanwhile=look_at_the_row)
    run(render)
    assert seen == [(*engine.asked[0], State.SUBMITTING)]


def test_after_a_crash_the_same_bytes_go_out_with_the_same_key(render: Render, script: Script) -> None:
    def crash() -> None:
        raise SystemExit

    engine = script(DONE, meanwhile=crash)
    with pytest.raises(SystemExit):
        flow.advance(render)
    engine.meanwhile = lambda: None
    assert run(Render.objects.get()).state == State.DONE
    assert engine.asked[0] == engine.asked[1]
    assert Attempt.objects.get().sends == 2


def test_a_provider_that_takes_time_is_looked_at_later(render: Render, script: Script) -> None:
    engine = script(Taken("t-1"), Working(7), DONE)
    running = run(render)
    assert running.state == State.RUNNING
    assert not Render.objects.due().exists(), "nobody waits for the provider"
    assert flow.advance(running) is False
    assert Render.objects.get().look_again_at > timezone.now() + timedelta(seconds=6)  # type: ignore[operator]
    assert run(running).state == State.DONE
    assert engine.looked == ["t-1", "t-1"]


def test_a_definite_no_fails_with_its_reason(render: Render, script: Script) -> None:
    script(Declined("engine_value", field="horizon", value="2", allowed="0 to 1"))
    failed = run(render)
    assert (failed.state, failed.failure) == (State.FAILED, "engine_value")
    assert failed.failure_values["field"] == "horizon"
    assert Attempt.objects.get().outcome == "engine_value"


def test_told_to_wait_it_queues_and_asks_again_with_the_same_bytes_and_key(
    render: Render, script: Script
) -> None:
    engine = script(Wait("busy", 30), DONE)
    waiting = run(render)
    assert waiting.state == State.QUEUED
    assert not Render.objects.due().exists()
    assert run(waiting).state == State.DONE
    assert engine.asked[0] == engine.asked[1]
    assert [(attempt.cause, attempt.sends) for attempt in Attempt.objects.all()] == [(Cause.FIRST, 2)]


def test_asked_and_not_answered_is_unsure_and_waits_for_a_person(render: Render, script: Script) -> None:
    engine = script(Unheard("no_answer"))
    assert run(render).state == State.UNSURE
    work.work()
    assert len(engine.asked) == 1


def test_an_error_of_ours_is_tried_again_and_set_aside_at_the_third(render: Render, script: Script) -> None:
    script(RuntimeError("bug"))
    for _ in range(2):
        assert run(Render.objects.get()).state == State.SUBMITTING
    failed = run(Render.objects.get())
    assert (failed.state, failed.failure) == (State.FAILED, "engine_failed")


def test_bytes_that_are_no_picture_fail_with_a_reason(render: Render, script: Script) -> None:
    engine = script(Finished(b"<html>not a picture</html>", "image/png"))
    engine.trusted = False
    assert run(render).failure in ("not_an_image", "format_refused")


def test_a_picture_that_kills_its_decoder_is_set_aside_at_the_third_time(
    render: Render, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = script(DONE)
    engine.trusted = False
    hurried = decoder.Decoder(patience=0.0001)
    monkeypatch.setattr(decoder, "shared", lambda: hurried)
    for _ in range(2):
        assert run(Render.objects.get(pk=render.pk)).state == State.COLLECTING
    failed = run(Render.objects.get(pk=render.pk))
    assert (failed.state, failed.failure) == (State.FAILED, "decoder_slow")
    assert len(engine.asked) == 1, "a picture that is here is not bought again"


def test_a_picture_that_kills_its_workers_is_set_aside_after_three_sends(
    render: Render, script: Script
) -> None:
    def die() -> None:
        raise SystemExit

    engine = script(DONE, meanwhile=die)
    for _ in range(3):
        with pytest.raises(SystemExit):
            flow.advance(Render.objects.get())
    assert run(Render.objects.get()).failure == "engine_failed"
    assert len(engine.asked) == 3


def test_an_unsure_picture_is_not_claimed_again_and_again(render: Render, script: Script) -> None:
    script(RuntimeError("bug"), Unheard("no_answer"))
    run(render)
    Render.objects.update(look_again_at=timezone.now())
    assert run(Render.objects.get()).state == State.UNSURE
    assert not Render.objects.due().exists()


def test_what_came_back_and_was_no_picture_is_not_kept(render: Render, script: Script) -> None:
    engine = script(Finished(b"<html>", "image/png"))
    engine.trusted = False
    run(render)
    key = Attempt.objects.get().result
    assert key
    assert not storage.exists(key)


def test_a_claim_asks_again_whether_the_row_is_due(render: Render) -> None:
    due = Render.objects.due()
    wanted = list(due.values_list("pk", flat=True))
    Render.objects.update(state=State.CANCELLED)
    assert wanted
    assert due.claim(5) == []


def test_one_failed_renewal_does_not_end_renewing(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []

    def fail_first(rows: list[Render]) -> None:
        turns.append(1)
        if len(turns) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(Render, "renew", fail_first)
    for _ in range(3):
        hold._renew_once([render])
    assert len(turns) == 3


def test_the_picture_of_a_stranger_is_decoded_in_the_child(render: Render, script: Script) -> None:
    engine = script(DONE)
    engine.trusted = False
    assert run(render).state == State.DONE


def test_a_render_that_was_cancelled_meanwhile_is_left_alone(render: Render, script: Script) -> None:
    engine = script(DONE)
    Render.objects.update(state=State.CANCELLED)
    assert run(render).state == State.CANCELLED
    assert engine.asked == []


def test_the_price_is_settled_when_the_picture_is_there(render: Render, script: Script) -> None:
    script(DONE, price=30_000)
    Render.objects.update(reserved=30_000)
    assert run(Render.objects.get()).reserved == 0
    attempt = Attempt.objects.get()
    assert (attempt.price_estimated, attempt.price_charged, attempt.outcome) == (30_000, 30_000, "done")


def test_work_makes_every_due_picture(brand: Brand, script: Script) -> None:
    engine = script(DONE)
    shoot = cast.shoot(brand, launched=True)
    for _ in range(9):
        cast.render(shoot)
    work.work()
    assert shoot.renders.filter(state=State.DONE).count() == 9
    assert len(engine.asked) == 9


def test_takes_of_one_scene_get_different_seeds_and_ratios_the_same(render: Render, script: Script) -> None:
    engine = script(DONE)
    same = {"product": render.product, "packshot": render.packshot, "scene_version": render.scene_version}
    for fields in ({"ratio": "16:9"}, {"take": 2}):
        cast.render(render.shoot, **same, **fields)
    work.work()
    seeds = [request.decode().partition("seed=")[2].partition(",")[0] for request, _ in engine.asked]
    assert seeds[0] == seeds[1] != seeds[2]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_make_every_picture_once(script: Script) -> None:
    engine = script(DONE)
    shoot = cast.shoot(cast.brand(), launched=True)
    for _ in range(24):
        cast.render(shoot)

    def worker() -> None:
        try:
            work.work()
        finally:
            connection.close()

    threads = [Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert shoot.renders.filter(state=State.DONE).count() == 24
    assert len({key for _, key in engine.asked}) == len(engine.asked) == 24
