"""How long an archive and what was chosen for it are remembered, and who helps to cut it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from studio import storage
from studio.flow import export as flow
from studio.flow.listing import Archive
from studio.imaging.errors import Refused
from studio.models import Brand, Chosen, Cut, Export, Render, Shoot
from tests import cast
from tests.engines import Scripted
from tests.flow.test_export import build, finished_shoot


@pytest.fixture
def shoot(brand: Brand, script: Callable[..., Scripted]) -> Shoot:
    return finished_shoot(brand, script)


def test_what_was_chosen_is_forgotten_long_after_the_archive_and_who_took_it_is_not(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, young, waiting = build(shoot), build(shoot), flow.request(shoot.brand, None, shoot.renders.all())
    now = timezone.now()
    Export.objects.filter(pk=export.pk).update(expires_at=now - timedelta(days=91))
    Export.objects.filter(pk=young.pk).update(expires_at=now - timedelta(days=89))
    flow.forget_expired()
    Chosen.objects.create(export=export, label="another", files=1)
    monkeypatch.setattr(flow, "AT_ONCE", 1)
    assert [flow.forget_chosen() for _ in range(3)] == [1, 1, 0]
    assert set(Chosen.objects.values_list("export", flat=True)) == {young.pk, waiting.pk}
    kept = Export.objects.get(pk=export.pk)
    assert (kept.count, kept.sha256, kept.template) == (export.count, export.sha256, export.template)
    with pytest.raises(Refused, match="export_forgotten"):
        flow.again(kept, None)


def test_a_failed_archive_is_forgotten_like_one_that_expired(shoot: Shoot) -> None:
    flow.request(shoot.brand, None, shoot.renders.all())
    long_ago = timezone.now() - timedelta(days=91)
    Export.objects.update(state="failed", finished_at=long_ago, missing=[{"name": "a.jpg"}])
    assert flow.forget_chosen() == 1
    assert Export.objects.get().missing == []


def test_a_download_in_parts_looks_for_every_file_only_once(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, looks, look = build(shoot), list[Archive](), Archive.lost
    monkeypatch.setattr(Archive, "lost", lambda self: looks.append(self) or look(self))
    for goes_on in (True, True, True):
        flow.opened(export, goes_on).close()  # type: ignore[union-attr]
    assert len(looks) == 1, "what nobody has looked at yet is looked at, then believed"
    storage.delete([Cut.objects.filter(render__shoot=shoot)[0].file])
    assert flow.opened(export) is None, "a download that begins looks in any case"


def test_a_worker_for_one_archive_cuts_its_pictures_and_no_others(shoot: Shoot) -> None:
    render, other = shoot.renders.get(), cast.shoot(shoot.brand, launched=True)
    elsewhere = cast.render(other, product=render.product, state="done", cuts_due=True)
    Render.objects.filter(pk=render.pk).update(cuts_due=True)
    render.cuts.all().delete()
    export = flow.request(shoot.brand, None, [render])
    call_command("work", "--export", str(export.pk))
    assert (flow.to_be_cut(export), render.cuts.count()) == (0, 2)
    assert Render.objects.get(pk=elsewhere.pk).cuts_due
