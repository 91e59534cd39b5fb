"""The heartbeat finds what is due, and notices when nobody is at work."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ, Task

from studio import tasks
from studio.flow import sweep
from studio.models import Brand, Export, Packshot, Pulse, Render
from tests import cast, pictures

HOUR = timedelta(hours=1)


def messages() -> list[str]:
    return [message.func().removeprefix("studio.tasks.") for message in OrmQ.objects.all()]


@pytest.fixture
def tick(django_capture_on_commit_callbacks: object) -> object:
    def once() -> None:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            sweep.tick()

    return once


def test_lost_messages_are_sent_again(brand: Brand, tick: object, settings: LazySettings) -> None:
    settings.WORKERS = 2
    shoot = cast.shoot(brand, launched=True)
    for _ in range(5):
        cast.render(shoot)
    tick()  # type: ignore[operator]
    assert messages().count("work_on_renders") == 2
    tick()  # type: ignore[operator]
    assert messages().count("work_on_renders") == 2, "two that wait are enough"
    OrmQ.objects.all().delete()
    tick()  # type: ignore[operator]
    assert messages().count("work_on_renders") == 2, "an emptied queue is filled from the rows"


def test_a_picture_whose_cuts_were_forgotten_is_cut(brand: Brand, tick: object) -> None:
    render = cast.render(cast.shoot(brand, launched=True), state="done", cuts_due=True)
    assert render.cuts_due
    tick()  # type: ignore[operator]
    assert "cut_renders" in messages()
    tasks.cut_renders()
    assert not Render.objects.get().cuts_due


def test_a_message_that_died_with_its_worker_holds_up_no_cut(brand: Brand, tick: object) -> None:
    """django-q keeps it, and would offer it again after minutes."""
    OrmQ.objects.create(key="studio", payload="", lock=timezone.now() + timedelta(minutes=5))
    cast.render(cast.shoot(brand, launched=True), state="done", cuts_due=True)
    tick()  # type: ignore[operator]
    assert OrmQ.objects.count() == 3, "a message for the cut, and the canary"


def test_a_packshot_whose_message_was_lost_is_cut_out(brand: Brand, tick: object) -> None:
    data = pictures.crowded()
    shot = cast.packshot(cast.product(brand), data)
    tick()  # type: ignore[operator]
    assert "cut_out_packshots" not in messages(), "its own message may still come"
    Packshot.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    Pulse.objects.all().delete()
    tick()  # type: ignore[operator]
    tick()  # type: ignore[operator]
    assert messages().count("cut_out_packshots") == 1, "once a minute is enough"
    tasks.cut_out_packshots()
    shot.refresh_from_db()
    assert (bool(shot.cutout), shot.cutout_confidence) == (True, 0.0), "nothing could be cut out of this one"
    OrmQ.objects.all().delete()
    Pulse.objects.all().delete()
    tick()  # type: ignore[operator]
    assert "cut_out_packshots" not in messages()


def test_nothing_due_means_no_message_but_the_canary(brand: Brand, tick: object) -> None:
    tick()  # type: ignore[operator]
    assert messages() == ["sing"]


def test_the_canary_proves_that_messages_come_out(db: None) -> None:
    assert not sweep.health()["worker"]
    tasks.sing()
    assert sweep.health()["worker"]
    Pulse.objects.update(at=timezone.now() - timedelta(seconds=26))
    assert not sweep.health()["worker"], "a canary older than that is dead"
    assert not sweep.wedged(timedelta(seconds=29)), "it is shown before the cluster is replaced"


def test_health_names_what_is_broken(db: None, settings: LazySettings, tmp_path: object) -> None:
    healthy = sweep.health()
    assert (healthy["database"], healthy["storage"], healthy["disk"]) == (True, True, True)
    settings.DISK_FLOOR = 10**18
    assert not sweep.health()["disk"]


def test_a_cluster_without_a_canary_is_wedged_after_a_while(db: None) -> None:
    assert not sweep.wedged(timedelta(seconds=5)), "it has only just started"
    assert sweep.wedged(HOUR)
    tasks.sing()
    assert not sweep.wedged(HOUR)


def test_a_worker_busy_with_a_long_picture_is_not_wedged(brand: Brand) -> None:
    cast.render(cast.shoot(brand, launched=True))
    Render.objects.due().claim(1)
    assert not sweep.wedged(HOUR)


def test_a_cluster_busy_with_other_messages_is_not_wedged(db: None) -> None:
    now = timezone.now()
    Task.objects.create(id="a" * 32, name="cut", func="f", started=now, stopped=now)
    assert not sweep.wedged(HOUR)


def test_a_worker_busy_with_an_archive_is_not_wedged(brand: Brand) -> None:
    Export.objects.create(brand=brand)
    Export.objects.due().claim(1)
    assert not sweep.wedged(HOUR)
    assert sweep.health()["worker"]


def test_cuts_that_cannot_be_made_are_given_up_at_the_third_time(brand: Brand) -> None:
    shoot = cast.shoot(brand, launched=True)
    shoot.placements.add(cast.placement())
    cast.render(shoot, state="done", cuts_due=True)
    for _ in range(3):
        assert Render.objects.get().cuts_due
        tasks.cut_renders()
        Render.objects.update(look_again_at=None)
    assert not Render.objects.get().cuts_due


def test_what_the_queue_remembers_is_forgotten(db: None, tick: object) -> None:
    Task.objects.create(id="a" * 32, name="old", func="f", started=timezone.now(), stopped=timezone.now())
    tick()  # type: ignore[operator]
    assert not Task.objects.exists()
