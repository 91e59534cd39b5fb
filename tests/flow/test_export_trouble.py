"""Archives in trouble: files that went, pictures that cannot be read, several asked for at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from studio import storage
from studio.flow import export as flow
from studio.flow import outgoing, selection, work
from studio.models import Brand, Cut, Export, Render, Review, Shoot
from tests import cast
from tests.engines import Scripted
from tests.flow.test_export import archive, build, finished_shoot


@pytest.fixture
def shoot(brand: Brand, script: Callable[..., Scripted]) -> Shoot:
    return finished_shoot(brand, script)


def approve_one_of_two(shoot: Shoot) -> QuerySet[Render]:
    cup = cast.product(shoot.brand, "CUP-2")
    cast.render(shoot, product=cup, scene_version=shoot.renders.get().scene_version)
    work.work()
    first = shoot.renders.order_by("pk")[0]
    Render.objects.filter(pk=first.pk).update(review=Review.APPROVED)
    return selection.wanted(shoot.renders.all(), True)


def test_an_archive_of_approved_pictures_stays_one_when_it_is_built_again(shoot: Shoot) -> None:
    approved = approve_one_of_two(shoot)
    full = flow.request(shoot.brand, None, selection.chosen(shoot.brand, shoot), shoot)
    export = flow.request(shoot.brand, None, approved, shoot)
    assert (full.promised, export.promised) == (6, 3), "no archive of other pictures is given instead"
    assert flow.request(shoot.brand, None, approved, shoot) == export
    flow.work()
    export.refresh_from_db()
    once_more = flow.again(export, None)
    assert once_more.promised == 3
    approved.update(review=Review.REJECTED)
    flow.work()
    assert flow.again(once_more, None).promised == 0


def test_no_archive_waits_for_another(shoot: Shoot, monkeypatch: pytest.MonkeyPatch) -> None:
    good = shoot.renders.get()
    approve_one_of_two(shoot)
    slow, broken = shoot.renders.exclude(pk=good.pk).get(), good
    later = timezone.now() + timedelta(minutes=1)
    Render.objects.filter(pk=slow.pk).update(cuts_due=True, look_again_at=later)
    waiting = flow.request(shoot.brand, None, [slow])
    unreadable = flow.request(shoot.brand, None, [broken])
    seal = outgoing.seal
    monkeypatch.setattr(
        outgoing, "seal", lambda row, render: seal(row, render) if row.export_id != unreadable.pk else 1 / 0
    )
    fine = flow.request(shoot.brand, None, [good])
    for _ in range(flow.TRIES + 1):
        flow.work()
    states = {one.pk: one.state for one in Export.objects.all()}
    assert [states[one.pk] for one in (waiting, unreadable, fine)] == ["building", "failed", "done"]


def test_a_cut_whose_file_went_is_made_anew(shoot: Shoot) -> None:
    export = build(shoot)
    storage.delete([Cut.objects.all()[0].file])
    assert flow.opened(export) is None
    flow.work()
    export.refresh_from_db()
    assert (export.state, export.count, export.missing) == ("done", 3, [])


def test_an_uncut_picture_that_got_shorter_is_named(shoot: Shoot) -> None:
    export = build(shoot)
    key = shoot.renders.get().picture
    data = storage.read(key)
    storage.delete([key])
    default_storage.save(key, ContentFile(data[:-10]))
    assert flow.opened(export) is None
    flow.work()
    export.refresh_from_db()
    assert [one["reason"] for one in export.missing] == ["file_gone"]
    assert archive(export).testzip() is None
