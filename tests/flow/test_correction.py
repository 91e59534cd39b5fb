"""A cut-out that erred is corrected with the brush: for new pictures at once, for those made never."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from studio import storage, tasks
from studio.flow import attempt, cutout, intake, janitor, shoot, sweep
from studio.flow import correction as flow
from studio.flow import product as products
from studio.flow.order import order_of
from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Correction, Packshot, Render, State, User
from tests import cast, pictures

MIDDLE = [[0.5, 0.6]]  # inside the bottle that pictures.packshot draws
CORNER = [[0.1, 0.1]]


def strokes(*rows: tuple[bool, list[list[float]]]) -> str:
    return json.dumps([{"keep": keep, "radius": 0.03, "points": points} for keep, points in rows])


REMOVE_MIDDLE, KEEP_CORNER = strokes((False, MIDDLE)), strokes((True, CORNER))


@pytest.fixture
def shot(brand: Brand) -> Packshot:
    """A packshot that has been cut out."""
    packshot = intake.receive(brand, None, "MUG.jpg", pictures.packshot(width=400, height=400)).packshot
    tasks.cut_out(packshot.pk)
    packshot.refresh_from_db()
    return packshot


def alpha(packshot: Packshot, x: float, y: float) -> int:
    """Read back from the file, by Pillow."""
    packshot.refresh_from_db()
    with Image.open(BytesIO(storage.read(packshot.cutout))) as image:
        pixel = image.getchannel("A").getpixel((x * image.width, y * image.height))
    assert isinstance(pixel, int)
    return pixel


def corrected(packshot: Packshot, drawn: str = REMOVE_MIDDLE, person: User | None = None) -> Correction:
    asked = flow.ask(packshot, person, drawn)
    tasks.cut_out(packshot.pk)
    packshot.refresh_from_db()
    asked.correction.refresh_from_db()
    return asked.correction


def test_what_was_brushed_away_is_away_and_what_was_kept_is_there(shot: Packshot, marketer: User) -> None:
    assert (alpha(shot, 0.5, 0.6), alpha(shot, 0.1, 0.1)) == (255, 0)
    made = corrected(shot, strokes((False, MIDDLE), (True, CORNER)), marketer)
    assert (alpha(shot, 0.5, 0.6), alpha(shot, 0.1, 0.1)) == (0, 255)
    assert (made.asked_by, len(made.strokes)) == (marketer, 2)


def test_the_worker_is_told_and_the_old_cut_out_stays_until_then(
    shot: Packshot, marketer: User, django_capture_on_commit_callbacks: Any
) -> None:
    before = shot.cutout
    with django_capture_on_commit_callbacks(execute=True):
        flow.ask(shot, marketer, REMOVE_MIDDLE)
    assert told() == [(shot.pk,)]
    shot.refresh_from_db()
    assert shot.cutout == before
    assert cutout.is_due(shot)


def test_a_corrected_cut_out_leaves_no_doubt(shot: Packshot) -> None:
    Packshot.objects.update(cutout_confidence=0.3, cutout_reason="low_contrast")
    shot.refresh_from_db()
    assert cutout.is_doubtful(shot)
    corrected(shot)
    assert (shot.cutout_confidence, shot.cutout_reason) == (1.0, "corrected")
    assert not cutout.is_doubtful(shot)
    assert not cutout.is_hopeless(shot)


def test_each_correction_starts_from_the_packshot_not_from_the_one_before(shot: Packshot) -> None:
    corrected(shot, REMOVE_MIDDLE)
    corrected(shot, KEEP_CORNER)
    assert (alpha(shot, 0.5, 0.6), alpha(shot, 0.1, 0.1)) == (255, 255)


def test_no_strokes_bring_the_automatic_cut_out_back_with_its_own_doubts(shot: Packshot) -> None:
    before, known = storage.read(shot.cutout), (shot.cutout_confidence, shot.cutout_reason, shot.box)
    corrected(shot)
    corrected(shot, "[]")
    assert storage.read(shot.cutout) == before
    assert (shot.cutout_confidence, shot.cutout_reason, shot.box) == known


def test_brushing_everything_away_is_no_cut_out(shot: Packshot) -> None:
    rows = [[0.0, step / 20] if step % 2 else [1.0, step / 20] for step in range(21)]
    corrected(shot, json.dumps([{"keep": False, "radius": 0.1, "points": rows}]))
    assert cutout.is_hopeless(shot)
    with pytest.raises(Refused) as refusal:
        cutout.ensure(shot)
    assert refusal.value.code == "nothing_found"


def test_old_corrections_are_forgotten_but_none_that_an_order_may_need(shot: Packshot) -> None:
    begun = timezone.now()
    rows = [Correction(packshot=shot, strokes=[], done_at=begun) for _ in range(flow.KEPT + 5)]
    Correction.objects.bulk_create([*rows, Correction(packshot=shot, done_at=begun, replaced="")])
    oldest = shot.corrections.all()[0]
    shot.corrections.filter(pk=oldest.pk).update(replaced="cutouts/still-named.png")
    flow.ask(shot, None, "[]")
    assert shot.corrections.count() == flow.KEPT + 1
    assert shot.corrections.filter(pk=oldest.pk).exists()


def test_strokes_that_are_none_are_refused_and_nothing_is_kept(shot: Packshot) -> None:
    with pytest.raises(Refused) as refusal:
        flow.ask(shot, None, "[7]")
    assert refusal.value.code == "strokes_refused"
    assert not Correction.objects.exists()


# ---- Two at once


def test_of_two_corrections_at_once_the_last_wins_and_the_first_is_kept(
    shot: Packshot, marketer: User, admin: User
) -> None:
    first = flow.ask(shot, admin, KEEP_CORNER)
    second = flow.ask(shot, marketer, REMOVE_MIDDLE)
    assert (first.others, second.others) == ([], [first.correction])
    tasks.cut_out(shot.pk)
    tasks.cut_out(shot.pk)
    assert (alpha(shot, 0.5, 0.6), alpha(shot, 0.1, 0.1)) == (0, 0)
    assert not cutout.is_due(shot)
    assert [one.strokes[0]["keep"] for one in shot.corrections.all()] == [True, False]


def test_whoever_knew_of_the_other_correction_is_not_told_of_it(shot: Packshot, marketer: User) -> None:
    first = flow.ask(shot, marketer, KEEP_CORNER).correction
    assert flow.ask(shot, marketer, REMOVE_MIDDLE, seen=first.pk).others == []


def test_a_correction_that_comes_while_another_is_made_is_made_next(
    shot: Packshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one arrives between the first one's pixels and its row."""
    flow.ask(shot, None, KEEP_CORNER)
    store = storage.save

    def interrupted(data: bytes, folder: str, extension: str) -> str:
        if Correction.objects.count() == 1:
            flow.ask(shot, None, REMOVE_MIDDLE)
        return store(data, folder, extension)

    monkeypatch.setattr(storage, "save", interrupted)
    tasks.cut_out(shot.pk)
    assert (alpha(shot, 0.5, 0.6), alpha(shot, 0.1, 0.1)) == (0, 0)
    assert not cutout.is_due(shot)


def test_two_workers_with_the_same_correction_leave_one_cut_out(shot: Packshot) -> None:
    before = shot.cutout
    flow.ask(shot, None, REMOVE_MIDDLE)
    stale = Packshot.objects.get(pk=shot.pk)
    tasks.cut_out(shot.pk)
    shot.refresh_from_db()
    after = shot.cutout
    cutout._make(stale)
    assert (stale.cutout, Correction.objects.get().replaced) == (after, before)
    assert storage.exists(after)
    assert storage.exists(shot.cutout_thumb)


# ---- Pictures, made and to be made


@pytest.fixture
def launched(shot: Packshot, marketer: User) -> Render:
    scene = cast.scene(engine={"ground": {"material": "slate"}})
    draft = shoot.plan(shot.brand, marketer, [shot.product])
    chosen = {"products": [shot.product], "scenes": [scene], "placements": [], "ratios": ["1:1"]}
    shoot.choose(draft, **chosen, resolution="1K", takes=1)
    shoot.launch(draft, marketer)
    return Render.objects.get()


def done(render: Render) -> Render:
    while not render.final:
        tasks.work_on_renders()
        render.refresh_from_db()
    return render


def test_a_queued_picture_takes_the_newest_cut_out_even_one_that_is_not_made_yet(
    shot: Packshot, launched: Render
) -> None:
    flow.ask(shot, None, REMOVE_MIDDLE)
    assert done(launched).state == State.DONE
    shot.refresh_from_db()
    assert shot.cutout_reason == "corrected"
    assert json.loads(bytes(Attempt.objects.get().request))["product"] == shot.cutout


def test_a_picture_that_is_made_keeps_its_bytes_and_its_order(shot: Packshot, launched: Render) -> None:
    done(launched)
    before, order = storage.read(launched.picture), bytes(Attempt.objects.get().request)
    corrected(shot)
    launched.refresh_from_db()
    assert storage.read(launched.picture) == before
    assert bytes(Attempt.objects.get().request) == order


def test_a_frozen_order_is_carried_out_with_the_cut_out_that_it_names(
    shot: Packshot, launched: Render
) -> None:
    """Its worker dies after freezing it; the cut-out is corrected, days pass, and it is made as ordered."""
    before, frozen = shot.cutout, attempt.freeze(launched, order_of)
    launched.move(State.SUBMITTING)
    attempt.count_send(attempt.open_new(launched, frozen))
    made = corrected(shot)
    Correction.objects.update(done_at=timezone.now() - timedelta(days=2))
    flow.forget_replaced()
    made.refresh_from_db()
    assert (made.replaced, storage.exists(before)) == (before, True), "its picture is under way"
    assert done(launched).state == State.DONE
    assert bytes(Attempt.objects.get().request) == frozen.request
    assert json.loads(frozen.request)["product"] == before
    flow.forget_replaced()
    made.refresh_from_db()
    assert (made.replaced, storage.exists(before)) == ("", False), "nobody can name it any more"


def test_a_cut_out_that_gave_way_a_moment_ago_is_not_swept(
    shot: Packshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shot.cutout
    corrected(shot)
    monkeypatch.setattr(janitor, "OLD", timedelta(0))
    flow.forget_replaced()
    janitor.sweep()
    assert storage.exists(before)
    assert storage.exists(shot.cutout)
    assert storage.exists(shot.cutout_thumb)


def test_the_thumb_that_gave_way_goes_at_once(shot: Packshot) -> None:
    before = shot.cutout_thumb
    corrected(shot)
    assert not storage.exists(before)
    assert storage.exists(shot.cutout_thumb)


def test_a_deleted_packshot_takes_every_cut_out_of_it_along(shot: Packshot) -> None:
    keys = [shot.cutout]
    corrected(shot)
    keys += [shot.cutout, shot.cutout_thumb]
    products.delete_packshot(shot)
    assert not any(map(storage.exists, keys))
    assert not Correction.objects.exists()


def test_files_that_were_lost_and_came_again_are_corrected_again(brand: Brand, shot: Packshot) -> None:
    corrected(shot)
    storage.delete([shot.picture])
    intake.receive(brand, None, "MUG.jpg", pictures.packshot(width=400, height=400))
    tasks.cut_out(shot.pk)
    assert alpha(shot, 0.5, 0.6) == 0
    assert shot.cutout_reason == "corrected"


def test_a_correction_whose_message_was_lost_is_made_by_the_heartbeat(
    shot: Packshot, tick: Callable[[], None]
) -> None:
    flow.ask(shot, None, REMOVE_MIDDLE)
    Packshot.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    tick()
    assert told() == [()]
    tasks.cut_out_packshots()
    assert not cutout.is_due(shot)


@pytest.fixture
def tick(django_capture_on_commit_callbacks: Any) -> Callable[[], None]:
    def once() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            sweep.tick()

    return once


def told() -> list[Any]:
    return [message.task["args"] for message in OrmQ.objects.all() if "cut_out" in message.func()]
