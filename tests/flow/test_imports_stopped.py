"""Imports that are stopped, killed, doubled or crowded go on where they were, and make nothing twice."""

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from studio import storage
from studio.flow import imports, intake, sweep
from studio.flow.bundle import Bundle
from studio.imaging.errors import Refused
from studio.models import Brand, Import, Packshot, Product, Pulse
from tests import cast
from tests.archives import packed
from tests.flow.importing import TEXT, archive, checked, done, given, left_out, shot, verdicts
from tests.stores import files


def test_a_killed_worker_goes_on_where_it_was(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    receive, calls = intake.receive, []

    def dies_at_the_third(*given: object) -> object:
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return receive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "receive", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        imports.finish(imported)
    assert Packshot.objects.count() == 2
    Import.objects.update(lease_until=timezone.now())
    imports.finish(imported)
    imported.refresh_from_db()
    assert (imported.state, Packshot.objects.count(), Product.objects.count()) == ("done", 4, 3)
    assert set(verdicts(imported).values()) == {"new"}, "also that whose product was made before"
    assert len(calls) == 3 + 2  # nothing that was in came again


def test_what_kills_its_worker_again_and_again_is_given_up(brand: Brand) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    Import.objects.update(stumbles=3)
    imports.finish(imported)
    imported.refresh_from_db()
    assert (imported.state, imported.failure) == ("draft", "import_failed")


def test_two_imports_at_once_make_each_product_once(brand: Brand) -> None:
    first, second = (checked(brand, text=TEXT, archive=archive()) for _ in range(2))
    for imported in (first, second):
        imports.apply(imported)
        imports.finish(imported)
    assert (Product.objects.count(), Packshot.objects.count()) == (3, 4)
    assert set(verdicts(first).values()) == {"new"}
    assert set(verdicts(second).values()) == {"unchanged"}, "nothing was doubled, and it says so"
    assert imports.packshots(second) == {"came": 0, "open": 0, "again": 0, "here": 4, "failed": 0}


def test_a_turn_ends_and_the_next_goes_on(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "TURN", -1.0)
    imported = given(brand, text=TEXT, archive=archive())
    imports.check(imported)
    imports.work()
    imported.refresh_from_db()
    assert (imported.state, imported.planned) == ("checking", True)


@pytest.mark.parametrize(("workers", "at_once"), [(1, 1), (2, 1), (4, 2)])
def test_imports_keep_half_of_the_workers_at_most(
    brand: Brand, settings: LazySettings, workers: int, at_once: int
) -> None:
    settings.WORKERS = workers
    for _ in range(3):
        Import.objects.create(brand=brand, state="checking")
    assert sum(len(imports.waiting().claim(1)) for _ in range(3)) == at_once
    assert not imports.waiting().exists()
    Import.objects.filter(lease_until=Import.objects.latest("lease_until").lease_until).update(
        lease_until=None
    )
    assert imports.waiting().exists()


def test_a_long_import_does_not_hold_up_a_later_one(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "TURN", -1.0)
    turns: list[int] = []
    monkeypatch.setattr(imports, "_take_turn", lambda row, end: turns.append(row.pk) or True)
    both = {Import.objects.create(brand=brand, state="checking").pk for _ in range(2)}
    for _ in range(40):
        imports.take_turn()
    assert set(turns) == both


def test_files_of_an_import_that_began_meanwhile_stay(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    given(brand, text=TEXT)  # which is forgotten first
    Import.objects.update(expires_at=timezone.now())
    forget = imports._forget_files

    def meanwhile(*about: object) -> None:
        imports.apply(imported)
        forget(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_forget_files", meanwhile)
    imports.forget_expired()
    imports.finish(imported)
    assert Packshot.objects.count() == 4


def test_what_only_the_archive_can_give_is_not_tried_without_it(brand: Brand, settings: LazySettings) -> None:
    settings.BRAND_PACKSHOTS = 1
    imported = done(brand, text=TEXT, archive=archive())
    assert imports.failed_for_now(imported).count() == 3
    Import.objects.update(expires_at=timezone.now())
    imports.forget_expired()
    imported.refresh_from_db()
    assert imports.failed_for_now(imported).count() == 0


def test_columns_chosen_anew_while_rows_are_written_are_the_ones_that_count(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = given(brand, text="SKU,one,two\nA,Mug,Cup\n")
    imports.choose(imported, {"sku": 0, "name": 1})
    write = imports._write

    def chosen_anew(*rows: object) -> None:
        monkeypatch.undo()
        other = Import.objects.get()
        imports.stop(other)
        imports.choose(other, {"sku": 0, "name": 2})
        write(*rows)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_write", chosen_anew)
    imports.finish(imported)
    assert [row.name for row in imported.rows.all()] == ["Cup"]
    assert Import.objects.get().state == "checked"


def test_stopped_means_that_no_further_row_begins(brand: Brand) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    imports.stop(imported)
    imports.work()
    assert imported.state == "checked"
    assert not Product.objects.exists()
    imports.apply(imported)
    imports.finish(imported)
    assert Product.objects.count() == 3


def test_nothing_is_replaced_while_somebody_works_on_it(brand: Brand) -> None:
    imported = given(brand, text=TEXT, archive=archive())
    imports.check(imported)
    before = files()
    with pytest.raises(Refused, match="import_under_way"):
        imports.give(imported, ContentFile(b"SKU\nA\n", "other.csv"))
    assert files() == before


def test_a_brand_that_is_full_says_so_in_each_row_and_can_go_on(brand: Brand, settings: LazySettings) -> None:
    settings.BRAND_PACKSHOTS = 1
    imported = done(brand, text=TEXT, archive=archive())
    assert set(verdicts(imported).values()) == {"new"}
    assert [*left_out(imported).values()] == ["brand_packshots"] * 3
    settings.BRAND_PACKSHOTS = 100
    imports.retry(imported)
    imports.finish(imported)
    assert Packshot.objects.count() == 4
    assert set(verdicts(imported).values()) == {"new"}
    assert imports.packshots(imported)["came"] == 4
    assert left_out(imported) == {}


def test_below_the_disks_floor_it_waits(brand: Brand, settings: LazySettings) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    settings.DISK_FLOOR = 10**18
    imports.work()
    imported.refresh_from_db()
    assert imported.state == "running"
    assert not Product.objects.exists()


def full(*_: object) -> None:
    raise OSError(errno.EDQUOT, "Disk quota exceeded")


def test_a_quota_that_is_used_up_stops_the_import_with_a_sentence(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "save", full)
        imports.work()
    imported.refresh_from_db()
    assert (imported.state, imported.failure, imported.stumbles) == ("checked", "disk_full", 0)
    assert imports.counts(imported)["problem"] == 0, "no row is to blame"
    imports.apply(imported)
    imports.finish(imported)
    imported.refresh_from_db()
    assert (imported.state, imported.failure, Packshot.objects.count()) == ("done", "", 4)


def test_a_check_that_finds_no_room_stops_with_a_sentence(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = given(brand, text=TEXT, archive=archive())
    imports.check(imported)
    monkeypatch.setattr(imports, "_write", full)
    imports.work()
    imported.refresh_from_db()
    assert (imported.state, imported.failure) == ("draft", "disk_full")


def test_on_a_disk_that_ran_full_it_waits_and_goes_on_by_itself(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)

    def runs_full(*_: object) -> None:
        settings.DISK_FLOOR = 10**18
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "save", runs_full)
        imports.work()
    imported.refresh_from_db()
    assert (imported.state, imported.failure) == ("running", "")
    settings.DISK_FLOOR = 0
    imports.work()
    assert Packshot.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_others_may_write_while_an_archive_is_read(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Bundle.read

    def while_others_write(archive: Bundle, number: int) -> bytes:
        if number % 100 == 0:
            other = Thread(target=lambda: (Pulse.beat("asked"), connection.close()))
            other.start()
            other.join()
        return read(archive, number)

    monkeypatch.setattr(Bundle, "read", while_others_write)
    many = packed({f"{number}.jpg": b"x" for number in range(700)})
    assert checked(cast.brand("Busy"), archive=many).state == "checked"


def test_an_import_deleted_under_the_workers_hands_ends_quietly(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    receive = intake.receive

    def deletes_it(*given: object) -> object:
        imports.delete(imported)
        return receive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "receive", deletes_it)
    imports.work()
    assert not Import.objects.exists()
    assert "stumbled" not in caplog.text


# --- The heartbeat --------------------------------------------------------------------------------


def test_an_import_whose_message_was_lost_is_picked_up(
    brand: Brand, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    Import.objects.create(brand=brand, state="checking")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        sweep.tick()
    assert "studio.tasks.work_on_imports" in [message.task["func"] for message in OrmQ.objects.all()]


def test_who_holds_an_import_is_at_work(brand: Brand) -> None:
    assert sweep.wedged(timedelta(seconds=60))
    given(brand, text=TEXT)
    Import.objects.update(state="checking")
    Import.objects.due().claim(1)
    assert not sweep.wedged(timedelta(seconds=60))


def test_told_to_stop_it_gives_way_between_the_pictures_of_a_row(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> None:
    data = packed({f"MUG_{number}.jpg": shot(number) for number in range(1, 4)})
    imported = checked(brand, text="SKU\nMUG\n", archive=data)
    imports.apply(imported)
    settings.STOPPING = tmp_path / "stopping"
    receive = intake.receive

    def stops_after_it(*given: object) -> object:
        settings.STOPPING.touch()
        return receive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "receive", stops_after_it)
    imports.work()
    assert Packshot.objects.count() == 1
    monkeypatch.undo()
    settings.STOPPING.unlink()
    imports.finish(imported)
    assert Packshot.objects.count() == 3
