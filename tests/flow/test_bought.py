"""A picture that costs money is bought once, whatever is lost on the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from studio.flow import again, collect, review, work
from studio.flow import render as flow
from studio.flow import shoot as shoots
from studio.imaging import decoder
from studio.imaging.facts import Limits
from studio.models import Attempt, Brand, Cause, Gate, Notice, Render, State, User
from studio.providers.base import Finished, Ready, Taken, Working
from studio.providers.errors import Declined, Unheard, Wait
from tests import cast, pictures
from tests.engines import ScriptedRemote, picture
from tests.stores import files

Sell = Callable[..., ScriptedRemote]
PRICE = 30_000


@pytest.fixture
def render(brand: Brand) -> Render:
    shoot = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    shot = cast.packshot(cast.product(brand), pictures.photo())
    return cast.render(
        shoot, product=shot.product, packshot=shot, engine="hiapi", model="gi2-edit", reserved=PRICE
    )


def run(render: Render) -> Render:
    """As far as it goes now, whatever time it was told to wait."""
    while flow.advance(render):
        pass
    return Render.objects.get(pk=render.pk)


def test_it_is_asked_for_taken_looked_at_fetched_and_paid(render: Render, sell: Sell) -> None:
    engine = sell()
    assert run(render).state == State.RUNNING
    done = run(Render.objects.get())
    attempt = Attempt.objects.get()
    assert (done.state, done.reserved, done.width) == (State.DONE, 0, 1024)
    assert (attempt.price_charged, attempt.task_id, attempt.outcome) == (PRICE, "task-1", "done")
    assert len(engine.asked) == 1


def test_bytes_key_and_hash_are_saved_before_the_call(render: Render, sell: Sell) -> None:
    engine = sell(Unheard("no_answer"))
    run(render)
    attempt = Attempt.objects.get()
    assert engine.asked == [(bytes(attempt.request), str(attempt.key))]
    assert attempt.body_sha256 == engine.body_sha256(bytes(attempt.request))


@pytest.mark.parametrize("code", ["no_answer", "answer_broken", "provider_trouble"])
def test_an_unanswered_call_goes_out_again_with_the_same_bytes_and_key(
    render: Render, sell: Sell, code: str
) -> None:
    engine = sell(Unheard(code))
    unsure = run(render)
    assert (unsure.state, unsure.reserved) == (State.UNSURE, PRICE)
    assert unsure.look_again_at is not None, "by machine, after a while"
    assert run(unsure).state == State.RUNNING
    assert engine.asked[0] == engine.asked[1]


def test_where_keys_are_not_honoured_a_person_decides_and_the_money_is_held(
    render: Render, sell: Sell
) -> None:
    engine = sell(Unheard("no_answer"), keeps=False)
    unsure = run(render)
    assert (unsure.state, unsure.look_again_at, unsure.reserved) == (State.UNSURE, None, PRICE)
    work.work()
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    ("age", "sends"), [(timedelta(hours=19, minutes=59), 2), (timedelta(hours=20, minutes=1), 1)]
)
def test_a_key_is_used_for_twenty_hours_and_never_after(
    render: Render, sell: Sell, age: timedelta, sends: int
) -> None:
    engine = sell(Unheard("no_answer"))
    unsure = run(render)
    Attempt.objects.update(first_sent_at=timezone.now() - age)
    run(unsure)
    assert len(engine.asked) == sends


def test_a_crash_in_the_middle_of_the_call_sends_the_same_again(render: Render, sell: Sell) -> None:
    engine = sell()

    def crash(request: bytes, key: str) -> None:
        engine.asked.append((request, key))
        engine.submit = type(engine).submit.__get__(engine)  # type: ignore[method-assign]
        raise SystemExit

    engine.submit = crash  # type: ignore[assignment, method-assign]
    with pytest.raises(SystemExit):
        flow.advance(render)
    assert run(Render.objects.get()).state == State.RUNNING
    assert engine.asked[0] == engine.asked[1]
    assert Attempt.objects.get().doubtful


def test_a_crash_where_keys_are_ignored_waits_for_a_callback_or_a_person(render: Render, sell: Sell) -> None:
    engine = sell(SystemExit(), keeps=False)
    with pytest.raises(SystemExit):
        flow.advance(render)
    assert run(Render.objects.get()).state == State.UNSURE
    attempt = Attempt.objects.get()
    Notice.objects.create(
        token=attempt.token, task_id="task-9", body_sha256="0" * 64, status="success", signed=True
    )
    assert run(Render.objects.get()).state == State.DONE
    assert Attempt.objects.get().task_id == "task-9"
    assert len(engine.asked) == 1


@pytest.mark.parametrize("code", ["key_refused", "balance_empty", "key_forbidden"])
def test_a_refused_key_fails_the_picture_and_stops_everybody(
    render: Render, sell: Sell, code: str, brand: Brand
) -> None:
    others = [cast.render(render.shoot, engine="hiapi", model="gi2-edit") for _ in range(5)]
    engine = sell(Declined(code, stops="all", proves=False))
    work.work()
    assert len(engine.asked) == 1
    failed = Render.objects.get(pk=render.pk)
    assert (failed.state, failed.failure, failed.reserved) == (State.FAILED, code, 0)
    assert Attempt.objects.get().price_charged == 0
    assert {one.state for one in Render.objects.exclude(pk=render.pk)} == {State.QUEUED}
    assert Gate.of("hiapi").closed_by == code
    assert len(others) == 5


def test_a_refused_model_stops_that_model_alone(render: Render, sell: Sell) -> None:
    other = cast.render(render.shoot, engine="hiapi", model="gi25-flare-edit", packshot=render.packshot)
    second = cast.render(render.shoot, engine="hiapi", model="gi2-edit", packshot=render.packshot)
    sell(Declined("model_forbidden", stops="model"))
    work.work()
    states = {one.pk: one.state for one in Render.objects.all()}
    assert states[render.pk] == State.FAILED
    assert states[second.pk] == State.QUEUED
    assert states[other.pk] in (State.RUNNING, State.DONE)


def test_a_key_refused_at_the_second_send_proves_nothing(render: Render, sell: Sell) -> None:
    sell(Unheard("no_answer"), Declined("key_refused", stops="all", proves=False))
    unsure = run(run(render))
    assert (unsure.state, unsure.reserved) == (State.UNSURE, PRICE)


def test_a_link_that_leads_nowhere_at_the_second_send_proves_nothing(render: Render, sell: Sell) -> None:
    sell(Unheard("no_answer"), Declined("request_refused", proves=False))
    unsure = run(run(render))
    assert (unsure.undecided, unsure.reserved) == (True, PRICE)


def test_a_task_that_failed_counts_as_spent_unless_the_operator_knows_better(
    render: Render, sell: Sell, settings: LazySettings
) -> None:
    sell()
    run(render)
    sell(Declined("task_failed", reason="the label was taken for a logo"))
    failed = run(Render.objects.get())
    assert (failed.state, failed.failure, failed.reserved) == (State.FAILED, "task_failed", 0)
    assert Attempt.objects.get().price_charged == PRICE


def test_a_fault_of_the_providers_own_is_bought_once_more_with_a_new_key(render: Render, sell: Sell) -> None:
    engine = sell()
    run(render)
    engine.answers = [Declined("task_timeout", again=True)]
    waiting = run(Render.objects.get())
    assert (waiting.state, waiting.reserved) == (State.QUEUED, PRICE), "in its turn: the gate may be shut"
    again = run(waiting)
    assert again.state == State.RUNNING
    engine.answers = [Declined("task_timeout", again=True)]
    assert run(again).state == State.FAILED, "once, and not again"
    assert [attempt.cause for attempt in Attempt.objects.all()] == [Cause.FIRST, Cause.RETRY]
    assert len({key for _, key in engine.asked}) == 2


def test_a_result_that_is_gone_is_fetched_from_its_new_address(render: Render, sell: Sell) -> None:
    engine = sell()
    run(render)
    old, new = "https://results.test/old.png", "https://results.test/new.png"
    engine.files = {old: Declined("result_gone")}
    engine.answers = [Ready(old), Ready(new)]
    assert run(Render.objects.get()).state == State.DONE
    assert engine.fetched == [old, new]
    assert len(engine.asked) == 1


def test_addresses_that_are_gone_at_once_are_not_tried_in_a_rush(render: Render, sell: Sell) -> None:
    places = [Ready(f"https://results.test/{number}.png") for number in range(9)]
    engine = sell(Taken("task-1"), *places, files={one.address: Declined("result_gone") for one in places})
    run(render)
    waiting = run(Render.objects.get())
    assert (waiting.state, len(engine.fetched)) == (State.COLLECTING, 3)
    assert waiting.look_again_at is not None
    assert waiting.look_again_at > timezone.now() + timedelta(seconds=1)


def test_a_result_that_stays_gone_is_paid_for_and_said_to_be_lost(render: Render, sell: Sell) -> None:
    engine = sell(files={"https://results.test/task-1.png": Declined("result_gone")})
    lost = run(render)
    for _ in range(10):
        lost = run(Render.objects.get())
    assert (lost.state, lost.failure) == (State.FAILED, "result_lost")
    assert Attempt.objects.get().price_charged == PRICE
    assert len(engine.asked) == 1


def test_a_worker_that_dies_over_a_result_leaves_no_file(
    render: Render, sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is stored while the decoder works, which takes most of the time."""
    sell()
    run(render)
    stored: list[list[str]] = []
    decode = decoder.Decoder.decode

    def watched(door: decoder.Decoder, data: bytes, limits: Limits) -> decoder.Pixels:
        stored.append(files("pictures"))
        return decode(door, data, limits)

    monkeypatch.setattr(decoder.Decoder, "decode", watched)
    assert run(Render.objects.get()).state == State.DONE
    assert stored == [[]]
    assert len(files("pictures")) == 1


def test_a_broken_download_is_fetched_again_and_never_bought_again(render: Render, sell: Sell) -> None:
    address = "https://results.test/task-1.png"
    engine = sell(files={address: Wait("download_cut", 1)})
    run(render)
    assert run(Render.objects.get()).state == State.COLLECTING
    engine.files = {address: picture(1024, 1024)[:900]}
    assert run(Render.objects.get()).state == State.COLLECTING
    engine.files = {}
    assert run(Render.objects.get()).state == State.DONE
    assert len(engine.asked) == 1


def test_nobody_who_hands_out_a_result_is_asked_earlier_than_told(render: Render, sell: Sell) -> None:
    address = "https://results.test/task-1.png"
    engine = sell(files={address: Wait("result_unreachable", 600)})
    run(render)
    assert in_seconds(run(Render.objects.get())) >= 599
    engine.files = {address: Wait("result_cut", 5, told=False)}
    assert in_seconds(run(Render.objects.get())) < 600, "our own guess gives way to the time it has taken"


def test_told_to_wait_while_a_result_is_looked_for_everybody_waits(render: Render, sell: Sell) -> None:
    address = "https://results.test/task-1.png"
    engine = sell(files={address: Declined("result_gone")})
    run(render)
    engine.answers = [Ready(address), Wait("too_fast", 600)]
    assert in_seconds(run(Render.objects.get())) >= 599
    assert Gate.of("hiapi").not_before >= timezone.now() + timedelta(seconds=598)
    looked = len(engine.looked)
    assert in_seconds(run(Render.objects.get())) >= 590
    assert len(engine.looked) == looked, "nor is it asked before that after the next try to fetch it"


def test_a_key_refused_while_a_result_is_looked_for_stops_everybody(render: Render, sell: Sell) -> None:
    address = "https://results.test/task-1.png"
    engine = sell(files={address: Declined("result_gone")})
    run(render)
    engine.answers = [Ready(address), Declined("key_refused", stops="all", proves=False)]
    assert run(Render.objects.get()).state == State.COLLECTING
    assert Gate.of("hiapi").closed_by == "key_refused"


def in_seconds(render: Render) -> float:
    """Until it is looked after again."""
    assert render.look_again_at is not None
    return (render.look_again_at - timezone.now()).total_seconds()


def test_what_is_no_picture_is_never_shown_as_done(render: Render, sell: Sell) -> None:
    sell(files={"https://results.test/task-1.png": b"<html>sorry</html>"})
    for _ in range(12):
        run(Render.objects.get())
    broken = Render.objects.get()
    assert (broken.state, broken.failure) == (State.FAILED, "result_unusable")


def test_another_shape_and_fewer_pixels_are_remarked(render: Render, sell: Sell) -> None:
    sell(files={"https://results.test/task-1.png": picture(640, 480)})
    run(render)
    done = run(Render.objects.get())
    assert [remark["code"] for remark in done.remarks] == ["other_shape", "fewer_pixels"]


def test_an_answer_that_is_the_picture_itself_is_kept(render: Render, sell: Sell) -> None:
    sell(Finished(picture(1024, 1024), "image/png"))
    assert run(render).state == State.DONE


def test_a_refused_look_says_nothing_about_the_picture(render: Render, sell: Sell) -> None:
    engine = sell()
    run(render)
    engine.answers = [Declined("key_refused", stops="all", proves=False)]
    assert run(Render.objects.get()).state == State.RUNNING
    assert Gate.of("hiapi").closed_by == "key_refused"


def test_a_task_that_nobody_finishes_is_given_up_after_a_day(render: Render, sell: Sell) -> None:
    engine = sell()
    run(render)
    Render.objects.update(updated_at=timezone.now() - timedelta(hours=25))
    engine.answers = [Wait("provider_unreachable", 5, down=True), Working(5)]
    assert run(Render.objects.get()).state == State.RUNNING, "nobody was asked, so nobody has said no"
    assert run(Render.objects.get()).failure == "task_overdue"


def test_what_was_perhaps_bought_never_counts_as_not_started(render: Render, sell: Sell) -> None:
    engine = sell(SystemExit(), Wait("still_processing", 5))
    with pytest.raises(SystemExit):
        flow.advance(render)
    unsure = run(Render.objects.get())
    assert (unsure.state, shoots.cancel(unsure.shoot)) == (State.UNSURE, 0)
    assert run(Render.objects.get()).state == State.RUNNING
    assert engine.asked[0] == engine.asked[1] == engine.asked[2]


def test_an_answer_that_breaks_us_is_no_proof_that_nothing_was_bought(render: Render, sell: Sell) -> None:
    sell(*[RuntimeError("bug")] * 4)
    for _ in range(4):
        unsure = run(Render.objects.get())
        assert (unsure.state, unsure.reserved) == (State.UNSURE, PRICE)


def test_trouble_of_ours_loses_no_picture_that_is_paid_for(
    render: Render, sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell()
    run(render)
    with monkeypatch.context() as patch:
        patch.setattr(collect, "call", lambda *about: _refuse)
        for _ in range(5):
            assert run(Render.objects.get()).state == State.COLLECTING
    assert run(Render.objects.get()).state == State.DONE


def _refuse() -> None:
    raise PermissionError("a folder of somebody else")


def test_a_lost_picture_is_looked_at_again_before_another_is_bought(
    render: Render, sell: Sell, marketer: User
) -> None:
    address = "https://results.test/task-1.png"
    engine = sell(files={address: Declined("result_gone")})
    for _ in range(10):
        lost = run(Render.objects.get())
    assert lost.failure == "result_lost"
    engine.files = {}
    assert review.retry(lost, marketer)
    done = run(run(Render.objects.get()))
    assert (done.state, done.asked_by, len(engine.asked)) == (State.DONE, marketer, 1)
    assert Attempt.objects.get().price_charged == PRICE


def test_a_second_click_buys_nothing(render: Render, sell: Sell, marketer: User) -> None:
    sell()
    run(run(render))
    done = Render.objects.get()
    assert again.edit(done, marketer, "warmer light") == again.edit(done, marketer, "warmer light")
    assert again.edit(done, marketer, "colder light") != again.edit(done, marketer, "warmer light")


def test_the_list_settles_many_with_one_call(brand: Brand, render: Render, sell: Sell) -> None:
    engine = sell()
    shoot = cast.shoot(brand, launched=True)
    Render.objects.update(state=State.CANCELLED)
    for _ in range(20):
        cast.render(shoot, engine="hiapi", model="gi2-edit", product=render.product, packshot=render.packshot)
    for _ in range(6):
        Gate.objects.update(list_at=timezone.now())
        work.work()
    assert set(shoot.renders.values_list("state", flat=True)) == {State.DONE}
    assert len(engine.asked) == 20
    assert engine.looked == [], "nobody was looked at alone"
