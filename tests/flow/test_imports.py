"""Hundreds of products come in: planned, checked without changing anything, done, done again to no effect."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from studio.flow import imports, intake, janitor, sweep
from studio.flow.bundle import Bundle
from studio.imaging.errors import Refused
from studio.models import Brand, Import, ImportFile, ImportRow, Packshot, Product, Pulse, User
from tests import cast
from tests.archives import packed
from tests.flow.importing import checked, done, given, left_out, shot, verdicts
from tests.stores import age, files

# --- A list and an archive ------------------------------------------------------------------------

TEXT = "SKU,name,description,file\nMUG-1,Mug,Stoneware,mug.jpg\nCUP-2,Cup,,photos/Cup.JPG\nJAR-3,Jar,,\n"


def archive() -> bytes:
    return packed(
        {"a/mug.jpg": shot(0), "photos/cup.jpg": shot(1), "jar-3_2.jpg": shot(2), "JAR-3.jpg": shot(3)}
    )


def test_the_dry_run_gives_every_row_a_verdict_and_changes_nothing(brand: Brand) -> None:
    cast.product(brand, "CUP-2", name="Cup", description="As it was")
    imported = checked(brand, text=TEXT, archive=archive())
    assert imported.state == "checked"
    assert verdicts(imported) == {"MUG-1": "new", "CUP-2": "changed", "JAR-3": "new"}
    assert imported.rows.get(sku="CUP-2").changes == ["packshots"]
    assert (Product.objects.count(), Packshot.objects.count()) == (1, 0)


def test_products_and_packshots_come_in(brand: Brand, marketer: User) -> None:
    imported = done(brand, text=TEXT, archive=archive(), person=marketer)
    assert imported.state == "done"
    mug, jar = Product.objects.get(sku="MUG-1"), Product.objects.get(sku="JAR-3")
    assert (mug.name, mug.description, mug.created_by) == ("Mug", "Stoneware", marketer)
    assert [shot.file_name for shot in mug.packshots.all()] == ["mug.jpg"]
    assert [shot.file_name for shot in jar.packshots.all()] == ["JAR-3.jpg", "jar-3_2.jpg"]
    assert imports.counts(imported)["open"] == 0


def test_the_same_import_again_is_unchanged_and_makes_nothing(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    before = list(Packshot.objects.values_list("pk", flat=True))
    again = done(brand, text=TEXT, archive=archive())
    assert set(verdicts(again).values()) == {"unchanged"}
    assert list(Packshot.objects.values_list("pk", flat=True)) == before
    assert Product.objects.count() == 3


def test_without_the_archive_the_same_list_is_unchanged_too(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    assert set(verdicts(checked(brand, text=TEXT)).values()) == {"unchanged"}


def test_only_what_a_row_says_is_changed(brand: Brand) -> None:
    done(brand, text=TEXT, archive=archive())
    done(brand, text="SKU,name,description\nMUG-1,,Porcelain\nCUP-2,Big cup,\n")
    mug, cup = Product.objects.get(sku="MUG-1"), Product.objects.get(sku="CUP-2")
    assert (mug.name, mug.description) == ("Mug", "Porcelain")
    assert cup.name == "Big cup"


def test_an_archive_alone_makes_products_by_file_name(brand: Brand) -> None:
    data = packed({"x/MUG-1.jpg": shot(0), "MUG-1_2.jpg": shot(1), "notes.txt": b"hello"})
    imported = done(brand, archive=data)
    assert verdicts(imported) == {"MUG-1": "new", "notes": "not_an_image"}
    assert Product.objects.get().packshots.count() == 2


def test_a_folder_named_by_the_sku_holds_its_packshots(brand: Brand) -> None:
    data = packed({"all/MUG-1/front.jpg": shot(0), "all/MUG-1/back.jpg": shot(1), "all/other.jpg": shot(2)})
    imported = done(brand, text="SKU\nMUG-1\n", archive=data)
    assert Product.objects.get().packshots.count() == 2
    assert left_out(imported) == {"all/other.jpg": "file_unmatched"}


def test_several_lines_of_a_sku_are_several_packshots(brand: Brand) -> None:
    text = (
        "Handle,Title,Body (HTML),Variant SKU,Image Src\n"
        "mug,Mug,<p>Red &amp; round</p><p>Heavy</p>,MUG-1,a.jpg\n"
        "mug,,,,b.jpg\n"
        "mug,,,MUG-1,c.jpg\n"
    ).replace("Handle", "Group")
    imported = done(brand, text=text, archive=packed({f"{n}.jpg": shot(i) for i, n in enumerate("abc")}))
    product = Product.objects.get()
    assert product.description == "Red & round\nHeavy"
    assert [one.file_name for one in product.packshots.all()] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [(row.number, row.lines) for row in imported.rows.all()] == [(2, 3)]


def test_lines_that_contradict_are_named_with_both_values(brand: Brand) -> None:
    imported = checked(brand, text="SKU,name\nMUG-1,Mug\nMUG-1,Cup\nMUG-1,Mug\n")
    problem = imported.rows.get(number=3)
    assert problem.reason == "row_contradicts"
    assert problem.values == {"line": 2, "sku": "MUG-1", "field": "name", "other": "Mug", "value": "Cup"}
    assert imported.rows.get(number=2).verdict == "new"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Mug,,", "row_no_sku"),
        ("S" * 81 + ",Mug,,", "row_sku_long"),
        ("MUG," + "n" * 121 + ",,", "row_name_long"),
        ("MUG,Mug," + "d" * 2001 + ",", "row_description_long"),
        ("MUG,Mug,,missing.jpg", "source_missing"),
        ("MUG,Mug,,twice.jpg", "source_unclear"),
        ("MUG,Mug,,text.jpg", "not_an_image"),
        ("MUG,Mug,,http://example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,ftp://example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,https://user:secret@example.com/a.jpg", "address_odd"),
        ("MUG,Mug,,data:image/png;base64", "address_odd"),
        ("MUG,Mug,,../good.jpg", "source_missing"),
    ],
)
def test_a_row_that_cannot_be_has_a_reason_and_stays_out(brand: Brand, line: str, code: str) -> None:
    data = packed({"a/twice.jpg": shot(0), "b/twice.jpg": shot(1), "text.jpg": b"text", "Fine.jpg": shot(2)})
    imported = done(brand, text=f"SKU,name,description,file\n{line}\nFINE,Fine,,fine.jpg\n", archive=data)
    assert imported.rows.get(number=2).reason == code
    assert [product.sku for product in Product.objects.all()] == ["FINE"]


def test_rows_without_an_archive_are_told_what_is_missing(brand: Brand) -> None:
    assert verdicts(checked(brand, text=TEXT)) == {
        "MUG-1": "source_not_here", "CUP-2": "source_not_here", "JAR-3": "new",
    }  # fmt: skip


def test_one_picture_cannot_belong_to_two_products(brand: Brand) -> None:
    text = "SKU,file\nA,a.jpg\nB,b.jpg\nC,a.jpg\n"
    imported = checked(brand, text=text, archive=packed({"a.jpg": shot(0), "b.jpg": shot(0)}))
    assert verdicts(imported) == {"A": "new", "B": "file_same_as", "C": "source_taken"}


def test_a_picture_of_another_product_is_said_to_be_there(brand: Brand) -> None:
    intake.receive(brand, None, "OLD.jpg", shot(0))
    imported = checked(brand, text="SKU,file\nNEW,a.jpg\n", archive=packed({"a.jpg": shot(0)}))
    assert imported.rows.get().values == {"sku": "OLD"}


def test_nothing_of_another_brand_is_seen(brand: Brand) -> None:
    other = cast.brand("Halden")
    intake.receive(other, None, "MUG-1.jpg", shot(0))
    imported = done(brand, text=TEXT, archive=archive())
    assert set(verdicts(imported).values()) == {"new"}
    assert other.products.get().name == "MUG-1"


# --- Stopped, doubled, crowded --------------------------------------------------------------------


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
    assert set(verdicts(second).values()) == {"new"}  # as it was checked; nothing was doubled


def test_a_turn_ends_and_the_next_goes_on(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "TURN", -1.0)
    imported = given(brand, text=TEXT, archive=archive())
    imports.check(imported)
    imports.work()
    imported.refresh_from_db()
    assert (imported.state, imported.planned) == ("checking", True)


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
    assert sorted(verdicts(imported).values()) == ["brand_packshots", "brand_packshots", "new"]
    settings.BRAND_PACKSHOTS = 100
    imports.retry(imported)
    imports.finish(imported)
    assert Packshot.objects.count() == 4
    assert set(verdicts(imported).values()) == {"changed", "new"}


def test_below_the_disks_floor_it_waits(brand: Brand, settings: LazySettings) -> None:
    imported = checked(brand, text=TEXT, archive=archive())
    imports.apply(imported)
    settings.DISK_FLOOR = 10**18
    imports.work()
    imported.refresh_from_db()
    assert imported.state == "running"
    assert not Product.objects.exists()


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


# --- What is kept ---------------------------------------------------------------------------------


def test_its_files_go_when_all_is_in(brand: Brand) -> None:
    imported = done(brand, text=TEXT, archive=archive())
    assert (imported.table, imported.archive) == ("", "")
    assert not [key for key in files() if key.startswith("imports/")]


def test_with_problems_the_files_stay_for_a_while(brand: Brand) -> None:
    imported = done(brand, text=TEXT + ",nameless,,\n", archive=archive())
    age(*files())
    janitor.sweep()
    imports.forget_expired()
    assert len([key for key in files() if key.startswith("imports/")]) == 2
    Import.objects.update(expires_at=timezone.now())
    imports.forget_expired()
    assert not [key for key in files() if key.startswith("imports/")]
    assert imported.rows.count() == 4


def test_a_mended_list_finds_the_archive_still_there(brand: Brand) -> None:
    imported = done(brand, text="SKU,file\n,mug.jpg\n", archive=archive())
    imports.give(imported, ContentFile(b"SKU,file\nMUG-1,mug.jpg\n", "mended.csv"))
    imports.check(imported)
    imports.finish(imported)
    assert verdicts(imported) == {"MUG-1": "new"}


def test_an_archive_that_is_gone_is_said_so(brand: Brand) -> None:
    imported = given(brand, text=TEXT, archive=archive())
    default_storage.delete(imported.archive)
    imports.check(imported)
    imports.finish(imported)
    imported.refresh_from_db()
    assert (imported.state, imported.failure) == ("draft", "archive_gone")


def test_a_deleted_import_leaves_its_products(brand: Brand) -> None:
    imported = done(brand, text=TEXT + ",nameless,,\n", archive=archive())
    imports.delete(imported)
    assert Product.objects.count() == 3
    assert not ImportRow.objects.exists()
    assert not [key for key in files() if key.startswith("imports/")]


# --- Many -----------------------------------------------------------------------------------------


def test_a_long_list_is_checked_in_few_questions(
    brand: Brand, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    lines = "".join(f"SKU-{number},Product {number},,\n" for number in range(3000))
    imported = given(brand, text=f"SKU,name,description,file\n{lines}")
    imports.check(imported)
    with django_assert_max_num_queries(130):  # type: ignore[attr-defined]
        imports.finish(imported)
    assert imports.counts(imported)["new"] == 3000


def test_an_import_of_the_largest_size_is_checked(brand: Brand) -> None:
    lines = "".join(f"S{number}\n" for number in range(20_000))
    assert imports.counts(checked(brand, text=f"SKU\n{lines}"))["all"] == 20_000


def test_a_file_of_the_archive_is_named_whether_or_not_rows_want_it(brand: Brand) -> None:
    imported = checked(brand, text="SKU\nA\n", archive=packed({"b.jpg": shot(0), "A.gif": b"GIF89a"}))
    assert left_out(imported) == {"b.jpg": "file_unmatched", "A.gif": "format_refused"}
    assert ImportFile.objects.filter(row=None).count() == 1


def test_io_of_a_large_archive_is_by_pieces(brand: Brand) -> None:
    """The archive is moved into storage, not copied through memory."""
    imported = imports.begin(brand, None)

    class Pieces(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            assert len(data) <= 1_000_000
            return data

    imports.give(imported, File(Pieces(packed({"a.jpg": bytes(3_000_000)})), "a.zip"))
    assert imported.archive_files == 1


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
