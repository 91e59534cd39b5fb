"""Packshots that came in are cut out ahead of their use, a few at a time, behind nobody's back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ

from studio import queue, storage, tasks
from studio.flow import cutout, intake
from studio.models import Brand, Packshot
from tests import cast, pictures

COLOURS = ("#b5482f", "#2f6cb5", "#3aa655")


@pytest.fixture(autouse=True)
def long_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr(cutout, "TURN", 600.0)


def three(brand: Brand) -> list[Packshot]:
    """They came transparent, so that each turn is a matter of milliseconds."""
    product = cast.product(brand)
    return [cast.packshot(product, pictures.cutout(colour, 300, 300)) for colour in COLOURS]


def left() -> int:
    return Packshot.objects.filter(cutout="").count()


def messages() -> list[str]:
    return [message.func().removeprefix("studio.tasks.") for message in OrmQ.objects.order_by("pk")]


def test_many_packshots_leave_one_message_so_that_bought_pictures_are_next(
    brand: Brand, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    for number, colour in enumerate(COLOURS):
        with django_capture_on_commit_callbacks(execute=True):
            intake.receive(brand, None, f"{number}.png", pictures.cutout(colour, 300, 300))
    with django_capture_on_commit_callbacks(execute=True):
        queue.work_on_renders()
    assert messages() == ["cut_out_packshots", "work_on_renders"]
    tasks.cut_out_packshots()
    assert left() == 0


def test_a_turn_ends_and_leaves_a_message_behind_the_others(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    three(brand)
    monkeypatch.setattr(cutout, "TURN", -1.0)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.cut_out_packshots()
    assert (left(), messages()) == (2, ["cut_out_packshots"])


def test_what_another_worker_holds_is_left_to_it(brand: Brand) -> None:
    three(brand)
    cutout.due().claim(1)
    tasks.cut_out_packshots()
    assert left() == 1


def test_a_packshot_that_fails_holds_up_no_other_and_rests(
    brand: Brand, caplog: pytest.LogCaptureFixture
) -> None:
    storage.delete([three(brand)[0].picture])
    tasks.cut_out_packshots()
    assert left() == 1
    assert not cutout.due().exists()
    assert caplog.text.count("could not be cut out") == 1


def test_a_packshot_that_fails_again_and_again_is_left_until_it_is_used(brand: Brand) -> None:
    shot = three(brand)[0]
    storage.delete([shot.picture])
    for _ in range(5):
        tasks.cut_out_packshots()
        Packshot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    shot.refresh_from_db()
    assert shot.stumbles == cutout.TRIES
    assert not cutout.due().exists()


def test_a_worker_that_is_killed_has_had_its_try(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    three(brand)

    def killed(_: Packshot) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cutout, "_make_due", killed)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                tasks.cut_out_packshots()
    tasks.cut_out_packshots()
    assert left() == 1


def test_want_of_room_is_no_fault_of_the_packshot(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    three(brand)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "save", full)
        tasks.cut_out_packshots()
    assert set(Packshot.objects.values_list("stumbles", flat=True)) == {0}
    settings.DISK_FLOOR = 10**18
    Packshot.objects.update(lease_until=None)
    tasks.cut_out_packshots()
    assert left() == 3
