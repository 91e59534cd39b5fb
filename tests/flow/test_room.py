"""Room runs out: on the disk, for a brand. Nobody gets half a thing, and everything goes on afterwards."""

import errno
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone

from studio import storage
from studio.flow import cut, cutout, disk, export, intake, janitor, shoot, work
from studio.imaging.errors import Refused
from studio.models import Brand, Cut, Export, Import, Packshot, Product, Render, State, User
from tests import cast, pictures
from tests.engines import DONE
from tests.stores import Budget, age, files, small_disk


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "free", lambda: 12_000_000)


@pytest.fixture
def budget(settings: LazySettings, tmp_path: object) -> Budget:
    """A disk that takes as many bytes as `budget.left` says."""
    return small_disk(settings, str(tmp_path))


# --- Below the floor nothing begins --------------------------------------------------------------


def test_no_upload_below_the_floor(brand: Brand, marketer: User, low: None) -> None:
    with pytest.raises(Refused, match="disk_low free=12000000 limit=500000000"):
        intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    assert not files()


def test_no_launch_below_the_floor(brand: Brand, marketer: User, low: None) -> None:
    draft = cast.shoot(brand)
    assert shoot.sum_up(draft).problem == "disk_low"
    with pytest.raises(Refused, match="disk_low"):
        shoot.launch(draft, marketer)


def test_no_archive_below_the_floor(brand: Brand, marketer: User, low: None) -> None:
    with pytest.raises(Refused, match="disk_low"):
        export.request(brand, marketer, [])
    assert not Export.objects.exists()


def test_an_archive_that_was_asked_for_waits_for_room(
    brand: Brand, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cast.render(cast.shoot(brand, launched=True), state=State.DONE)
    wanted = export.request(brand, marketer, [done])
    with monkeypatch.context() as patch:
        patch.setattr(disk, "free", lambda: 0)
        export.work()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.tries) == ("queued", 0)
    export.work()
    wanted.refresh_from_db()
    assert wanted.state == "done"


def test_nothing_is_asked_of_an_engine_below_the_floor(
    brand: Brand, script: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = script(DONE)  # type: ignore[operator]
    picture = cast.render(cast.shoot(brand, launched=True))
    with monkeypatch.context() as patch:
        patch.setattr(disk, "free", lambda: 0)
        work.work()
    picture.refresh_from_db()
    assert (picture.state, picture.attempts.count(), engine.asked) == (State.QUEUED, 0, [])
    Render.objects.update(look_again_at=timezone.now())
    work.work()
    picture.refresh_from_db()
    assert picture.state == State.DONE


# --- The disk fills up in the middle -------------------------------------------------------------


@pytest.mark.parametrize("left", [0, 1, 5_000, 30_000, 60_000, 75_000])
def test_an_upload_that_finds_no_room_leaves_nothing(
    brand: Brand, marketer: User, budget: Budget, left: int
) -> None:
    data = pictures.packshot()
    assert len(data) < 75_000
    budget.left = left
    with pytest.raises(Refused, match="disk_full"):
        intake.receive(brand, marketer, "MUG.jpg", data)
    assert (Product.objects.count(), Packshot.objects.count(), files()) == (0, 0, [])
    budget.left = 10**9
    assert intake.receive(brand, marketer, "MUG.jpg", data).news == "new_product"


def test_a_database_without_room_is_a_refusal_too(
    brand: Brand, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Packshot.objects, "create", full)
    with pytest.raises(Refused, match="disk_full"):
        intake.receive(brand, marketer, "MUG.jpg", pictures.packshot())
    assert not files()


@pytest.mark.parametrize("left", [0, 3, 10])
def test_a_picture_waits_for_room_and_is_made_once(
    brand: Brand, script: object, budget: Budget, left: int
) -> None:
    engine = script(DONE, DONE)  # type: ignore[operator]
    picture = cast.render(cast.shoot(brand, launched=True))
    budget.left = left
    before = files()
    work.work()
    picture.refresh_from_db()
    assert picture.state in (State.SUBMITTING, State.COLLECTING)
    assert (picture.stumbles, files()) == (0, before)
    budget.left = 10**9
    Render.objects.update(look_again_at=timezone.now())
    work.work()
    picture.refresh_from_db()
    assert picture.state == State.DONE
    assert len(set(engine.asked)) == 1, "the same bytes under the same key"


def test_however_long_the_disk_is_full_nothing_is_asked_again_and_nothing_given_up(
    brand: Brand, script: object, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = script(DONE)  # type: ignore[operator]
    cast.render(cast.shoot(brand, launched=True))
    budget.left = 0
    work.work()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "free", lambda: 0)
        for _ in range(5):
            Render.objects.update(look_again_at=timezone.now())
            work.work()
    assert (Render.objects.get().state, len(engine.asked)) == (State.SUBMITTING, 1)
    budget.left = 10**9
    Render.objects.update(look_again_at=timezone.now())
    work.work()
    assert Render.objects.get().state == State.DONE


def test_a_cut_out_whose_small_copy_finds_no_room_leaves_nothing_behind(brand: Brand, budget: Budget) -> None:
    packshot = intake.receive(brand, None, "MUG.jpg", pictures.packshot(width=300, height=300)).packshot
    before, room = files(), budget.left
    made = cutout.ensure(packshot)
    size = storage.size(made)
    storage.delete(set(files()) - set(before))
    Packshot.objects.update(cutout="", cutout_thumb="")
    packshot.refresh_from_db()
    for left in (size, size + 10):
        budget.left = left
        with pytest.raises(OSError, match="No space"):
            cutout.ensure(packshot)
        assert files() == before
    budget.left = room
    assert cutout.ensure(packshot)


def test_a_cut_that_finds_no_room_is_made_later(brand: Brand, budget: Budget) -> None:
    launched = cast.shoot(brand, launched=True)
    launched.placements.add(cast.placement())
    key = cast.stored(pictures.photo(1024, 1024, "PNG"), "pictures/one.png")
    picture = cast.render(launched, state=State.DONE, picture=key, cuts_due=True)
    budget.left = 100
    for _ in range(4):
        cut.prepare(picture)
    picture.refresh_from_db()
    assert (picture.cuts_due, Cut.objects.count()) == (True, 0)
    assert picture.look_again_at is not None
    assert picture.look_again_at <= timezone.now() + cut.NO_ROOM
    assert not [name for name in files() if name.startswith("cuts/")]
    budget.left = 10**9
    cut.prepare(picture)
    assert Cut.objects.get().file


def test_an_archive_that_finds_no_room_says_so_and_may_be_asked_for_again(
    brand: Brand, marketer: User, budget: Budget
) -> None:
    done = cast.render(cast.shoot(brand, launched=True), state=State.DONE)
    wanted = export.request(brand, marketer, [done])
    budget.left = 20
    export.work()
    wanted.refresh_from_db()
    assert (wanted.state, wanted.failure, wanted.file) == ("failed", "disk_full", "")
    assert not [name for name in files() if name.startswith("exports/")]
    budget.left = 10**9
    again = export.request(brand, marketer, [done])
    export.work()
    again.refresh_from_db()
    assert again.state == "done"


def test_other_errors_of_a_disk_are_no_refusal() -> None:
    with pytest.raises(PermissionError), disk.refusing_when_full():
        raise PermissionError(errno.EACCES, "no")


# --- What a brand may keep -----------------------------------------------------------------------


def test_a_brand_may_fill_its_room_to_the_last_byte(
    brand: Brand, marketer: User, settings: LazySettings
) -> None:
    data = pictures.packshot()
    settings.BRAND_BYTES = len(data)
    intake.receive(brand, marketer, "MUG.jpg", data)
    other = pictures.packshot("navy")
    with pytest.raises(Refused) as refusal:
        intake.receive(brand, marketer, "CUP.jpg", other)
    assert refusal.value.code == "brand_bytes"
    assert refusal.value.values == {"bytes": len(other), "used": len(data), "limit": len(data)}
    assert intake.receive(brand, marketer, "MUG.jpg", data).news == "duplicate", "which takes no room"
    assert intake.receive(cast.brand("Halden"), marketer, "CUP.jpg", data), "another brand has its own"


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_packshots_holds_under_twenty_uploads_at_once(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BRAND_PACKSHOTS = 5
    brand, files_ = cast.brand(), [pictures.photo(64, 64 + number) for number in range(20)]

    def upload(number: int) -> str:
        try:
            return intake.receive(brand, None, f"MUG{number}.jpg", files_[number]).news
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(upload, range(20)))
    assert sorted(ends) == ["brand_packshots"] * 15 + ["new_product"] * 5
    assert Packshot.objects.count() == Product.objects.count() == 5
    assert len(files()) == 15


# --- What nobody names goes ----------------------------------------------------------------------


def test_old_files_that_no_row_names_are_removed_and_young_ones_are_not(brand: Brand) -> None:
    intake.receive(brand, None, "MUG.jpg", pictures.packshot())
    named = files()
    astray = [storage.save(b"x", folder, "bin") for folder in janitor.FOLDERS]
    foreign = cast.stored(b"x", "elsewhere/keep.txt")
    young = storage.save(b"x", "cuts", "jpg")
    age(*named, *astray, foreign)
    assert janitor.sweep() == len(astray)
    assert set(files()) == {*named, foreign, young}


@pytest.mark.parametrize("kind", [f"{model.__name__}.{column}" for model, column in janitor.KEYS])
def test_a_file_that_a_row_names_is_never_removed(brand: Brand, kind: str) -> None:
    name, _, column = kind.partition(".")
    picture = cast.render(cast.shoot(brand, launched=True))
    packshot = picture.packshot
    assert packshot is not None
    rows = {
        "Packshot": packshot, "Render": picture, "Correction": packshot.corrections.model(packshot=packshot),
        "SceneVersion": cast.scene(published=False).versions.get(),
        "Cut": Cut(render=picture, placement=cast.placement()), "Export": Export(brand=brand),
        "Import": Import(brand=brand),
        "Attempt": picture.attempts.model(
            render=picture, brand=brand, number=1, engine="local", key="0" * 32, request=b""
        ),
    }  # fmt: skip
    key = storage.save(b"x", "thumbs", "webp")
    row = rows[name]
    setattr(row, column, key)
    row.save()
    age(*files())
    janitor.sweep()
    assert default_storage.exists(key)


NAMES_OF_KEYS = {
    "original", "picture", "screen", "thumb", "cutout", "cutout_thumb", "replaced", "file", "preview",
    "result", "reference", "sheet", "table", "archive",
}  # fmt: skip


def test_every_column_that_may_hold_a_key_is_known_to_the_janitor() -> None:
    columns = {
        (model, field.name)
        for model in {model for model, _ in janitor.KEYS}
        for field in model._meta.fields
        if field.name in NAMES_OF_KEYS
    }
    assert columns == set(janitor.KEYS)


def test_uploads_on_their_way_lie_where_the_janitor_comes(settings: LazySettings) -> None:
    folder = settings.FILE_UPLOAD_TEMP_DIR
    assert (folder.parent, folder.name in janitor.FOLDERS) == (settings.DATA / "media", True)


def test_a_database_that_knows_hardly_any_file_is_not_believed(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(janitor, "SUSPICIOUS", 2)
    age(*(storage.save(b"x", "cuts", "jpg") for _ in range(3)))
    assert janitor.sweep() == 0
    assert len(files()) == 3
    assert "named by no row" in caplog.text


def test_archives_stored_whole_by_older_versions_go_however_many_they_are(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor, "SUSPICIOUS", 2)
    age(*(storage.save(b"x", "exports", "zip") for _ in range(4)))
    listings = [storage.save(b"x", "exports", "listing") for _ in range(3)]
    age(*listings)
    assert janitor.sweep() == 4
    assert set(files()) == set(listings), "listings that no row names are still not believed"


def test_a_turn_removes_only_so_many(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(janitor, "AT_ONCE", 2)
    age(*(storage.save(b"x", "cuts", "jpg") for _ in range(3)))
    assert (janitor.sweep(), janitor.sweep()) == (2, 1)
