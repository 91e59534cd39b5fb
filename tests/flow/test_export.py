"""Cuts have the placement's exact pixels; an archive holds what was promised, or says what is missing."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from studio import storage
from studio.flow import cut, final, janitor, naming, product, selection, work
from studio.flow import export as flow
from studio.flow.listing import Archive
from studio.flow.manifest import COLUMNS
from studio.flow.naming import OWN
from studio.imaging.errors import Refused
from studio.models import (
    Attempt,
    Brand,
    Cut,
    Export,
    Placement,
    Product,
    Render,
    Scene,
    Shoot,
    User,
    Verdict,
)
from studio.providers.base import Finished
from tests import cast
from tests.engines import Scripted, picture
from tests.stores import age, files

SQUARE = Finished(picture(600, 600), "image/png", (0.3, 0.2, 0.4, 0.6))


@pytest.fixture
def shoot(brand: Brand, script: Callable[..., Scripted]) -> Shoot:
    return finished_shoot(brand, script)


def finished_shoot(brand: Brand, script: Callable[..., Scripted]) -> Shoot:
    """One finished picture of one product, asked for in two placements and uncut."""
    script(SQUARE)
    shoot = cast.shoot(brand, launched=True, ratios=["1:1"])
    shoot.placements.set([cast.placement("meta_square", width=500, height=500), landscape()])
    cast.render(
        shoot, product=cast.product(brand, "MUG/01 ä"), scene_version=cast.scene(slug="dark-slate").current
    )
    work.work()
    return shoot


def landscape() -> Placement:
    return cast.placement("x_landscape", width=1200, height=628, ratio="1:1", formats="PNG")


def build(shoot: Shoot) -> Export:
    export = flow.request(shoot.brand, None, selection.chosen(shoot.brand, shoot), shoot)
    flow.work()
    export.refresh_from_db()
    return export


def archive(export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data(export)))


def data(export: Export) -> bytes:
    with Archive(export.file) as opened:
        return opened.read()


def pictures(export: Export) -> list[str]:
    return [name for name in archive(export).namelist() if name not in OWN]


def rows(export: Export) -> list[dict[str, Any]]:
    with archive(export) as files:
        told: list[dict[str, Any]] = json.loads(files.read("manifest.json"))["files"]
    return told


def test_the_archive_holds_every_placement_at_its_exact_pixels(shoot: Shoot) -> None:
    export = build(shoot)
    assert (export.state, export.count, export.missing) == ("done", 3, [])
    files = archive(export)
    assert files.testzip() is None
    sizes = {name: Image.open(files.open(name)).size for name in pictures(export)}
    assert sizes == {
        "MUG-01-ä/uncut/MUG-01-ä_dark-slate_1x1_600x600.png": (600, 600),
        "MUG-01-ä/meta/MUG-01-ä_dark-slate_meta_square_500x500.jpg": (500, 500),
        "MUG-01-ä/meta/MUG-01-ä_dark-slate_x_landscape_1200x628.png": (1200, 628),
    }
    assert export.bytes == len(data(export))


def test_an_enlarged_cut_says_so(shoot: Shoot) -> None:
    build(shoot)
    found = {cut.placement.slug: [finding["code"] for finding in cut.findings] for cut in Cut.objects.all()}
    assert found == {"meta_square": [], "x_landscape": ["upscaled"]}


def test_a_banner_too_flat_for_the_product_is_composed_not_cut(shoot: Shoot) -> None:
    banner = cast.placement("gdn_728x90", width=728, height=90, ratio="1:1")
    shoot.placements.add(banner)
    [made] = cut.of(shoot.renders.get(), [banner])
    assert (made.findings, made.verdict) == ([], Verdict.GOOD)
    x, _, width, _ = made.frame
    assert x < 0
    assert x + width > 600


def test_the_same_export_gives_the_same_bytes_and_the_same_pictures_the_same_entries(shoot: Shoot) -> None:
    first, second = build(shoot), build(shoot)
    assert data(first) == data(first)
    entries = [
        [(one.filename, one.CRC, one.date_time, one.header_offset) for one in archive(export).infolist()[:3]]
        for export in (first, second)
    ]
    assert entries[0] == entries[1]


def test_an_archive_keeps_its_bytes_when_things_get_other_names(shoot: Shoot) -> None:
    export = build(shoot)
    before = data(export)
    Scene.objects.update(slug="renamed", name="Renamed")
    Product.objects.update(sku="OTHER")
    Brand.objects.update(name="Other")
    assert data(export) == before


def test_what_is_not_finished_is_named_with_its_reason(shoot: Shoot) -> None:
    cast.render(shoot, product=cast.product(shoot.brand, "CUP"))
    export = build(shoot)
    assert export.state == "done"
    assert {(gone["name"].split("/")[0], gone["reason"]) for gone in export.missing} == {("CUP", "queued")}
    assert export.count + len(export.missing) == export.promised == 6


def test_a_file_too_heavy_for_its_channel_is_named(shoot: Shoot) -> None:
    Placement.objects.filter(slug="x_landscape").update(max_bytes=50)
    export = build(shoot)
    assert (export.count, export.missing[0]["reason"]) == (2, "too_heavy")
    assert export.missing[0]["name"].startswith("MUG-01-ä/meta/MUG-01-ä_dark-slate_x_landscape")


def test_rejected_pictures_stay_out(shoot: Shoot, marketer: User) -> None:
    Render.objects.update(review="rejected")
    export = build(shoot)
    assert (export.state, export.failure) == ("failed", "export_empty")


def test_asking_twice_builds_once(shoot: Shoot) -> None:
    wanted = selection.chosen(shoot.brand, shoot)
    assert flow.request(shoot.brand, None, wanted, shoot) == flow.request(shoot.brand, None, wanted, shoot)


def test_names_that_fall_together_are_told_apart(shoot: Shoot) -> None:
    cast.render(
        shoot,
        product=cast.product(shoot.brand, "mug-01-Ä"),
        scene_version=shoot.renders.get().scene_version,
    )
    work.work()
    names = pictures(build(shoot))
    assert len({name.lower() for name in names}) == len(names) == 6


def test_a_builder_that_dies_is_followed_by_another_and_given_up_at_the_fourth(shoot: Shoot) -> None:
    export = flow.request(shoot.brand, None, [], shoot)
    Export.objects.update(tries=3, state="building")
    flow.work()
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "export_failed")


def test_an_expired_archive_is_removed_and_can_be_asked_for_again(shoot: Shoot) -> None:
    export = build(shoot)
    Export.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    flow.forget_expired()
    assert Export.objects.get(pk=export.pk).file == ""
    assert build(shoot).state == "done"


def test_a_final_takes_the_name_of_the_picture_that_it_replaces(shoot: Shoot) -> None:
    before = shoot.renders.get()
    cuts = sorted(name for name in pictures(build(shoot)) if "uncut" not in name)
    small, large, failed = (
        cast.render(
            shoot, product=before.product, packshot=before.packshot, scene_version=before.scene_version,
            take=take, parent=before, cause="final", resolution=size,
        )
        for take, size in ((2, "2K"), (3, "4K"), (4, "4K"))
    )  # fmt: skip
    assert final.replaced([before, small, large, failed]) == {}, "not before it is finished"
    work.work()
    Render.objects.filter(pk=failed.pk).update(state="failed", failure="task_failed")
    export = build(shoot)
    assert sorted(name for name in pictures(export) if "uncut" not in name) == cuts
    large.refresh_from_db()
    with Archive(export.file) as opened:
        keys = {piece.key for piece in opened.pieces()}
    assert keys == {large.picture, *large.cuts.values_list("file", flat=True)}
    told = [(one["reason"], one["values"].get("before")) for one in export.missing]
    assert told == [("final_instead", "1K")] * 3 + [("final_instead", "2K")] * 3 + [("task_failed", None)] * 3
    assert sorted(one["name"] for one in export.missing[3:6] if "uncut" not in one["name"]) == cuts
    assert export.count + sum(one["files"] for one in export.missing) == export.promised


def test_a_lost_file_is_named_and_the_others_are_packed(shoot: Shoot) -> None:
    build(shoot)
    lost = Cut.objects.get(placement__slug="meta_square")
    storage.delete([lost.file])
    export = build(shoot)
    assert (export.state, export.count) == ("done", 2)
    assert [gone["reason"] for gone in export.missing] == ["file_gone"]


def test_the_reason_of_a_missing_file_keeps_its_figures(shoot: Shoot) -> None:
    Placement.objects.filter(slug="x_landscape").update(max_bytes=50)
    assert build(shoot).missing[0]["values"]["limit"] == 50


def test_a_channel_without_a_format_of_ours_is_named(shoot: Shoot) -> None:
    Placement.objects.filter(slug="x_landscape").update(formats="GIF")
    assert build(shoot).missing[0]["reason"] == "no_format"


def test_an_archive_that_was_finished_meanwhile_is_not_built_again(shoot: Shoot) -> None:
    export = build(shoot)
    before = (export.file, export.tries)
    flow.build(export)
    export.refresh_from_db()
    assert (export.file, export.tries, export.state) == (*before, "done")


def test_a_long_row_of_cuts_gives_way_and_counts_as_no_try(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "TURN", -1.0)
    export = flow.request(shoot.brand, None, selection.chosen(shoot.brand, shoot), shoot)
    [claimed] = Export.objects.due().claim(1)
    assert not flow.build(claimed)
    export.refresh_from_db()
    assert (export.state, export.tries) == ("building", 0)


def test_all_workers_are_asked_to_cut(
    shoot: Shoot, settings: LazySettings, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    settings.WORKERS = 3
    with django_capture_on_commit_callbacks(execute=True):
        build(shoot)
    sent = [message.func().rpartition(".")[2] for message in OrmQ.objects.order_by("pk")]
    assert sent.count("cut_renders") == 3
    assert Cut.objects.count() == 2


def test_progress_counts_the_files_that_are_there(shoot: Shoot) -> None:
    export = flow.request(shoot.brand, None, selection.chosen(shoot.brand, shoot), shoot)
    assert flow.progress(export) == (0, 3)
    flow.work()
    assert flow.progress(export) == (3, 3)


def test_a_deleted_picture_is_named_however_late_it_went(shoot: Shoot) -> None:
    cup = cast.product(shoot.brand, "CUP")
    cast.render(shoot, product=cup, scene_version=shoot.renders.get().scene_version)
    work.work()
    waiting = flow.request(
        shoot.brand, None, selection.chosen(shoot.brand), template="{sku}_{placement}.{ext}"
    )
    product.delete(cup)
    flow.work()
    waiting.refresh_from_db()
    assert (waiting.count, waiting.promised) == (3, 6)
    gone = {"name": "CUP, Dark slate, 1:1", "reason": "picture_deleted", "values": {}, "files": 3}
    assert waiting.missing == [gone]
    with archive(waiting) as files:
        [told] = json.loads(files.read("manifest.json"))["missing"]
    assert (told["name"], told["files"], told["reason"]) == (gone["name"], 3, "picture_deleted")
    assert told["sentence"].startswith("The picture was deleted. ")


def test_an_archive_that_lost_a_file_is_built_anew_and_names_it(shoot: Shoot) -> None:
    export = build(shoot)
    with flow.opened(export) as whole:  # type: ignore[union-attr]
        assert whole.size == export.bytes
    product.delete(shoot.renders.get().product)
    assert flow.opened(export) is None
    assert export.lost == 3
    export.refresh_from_db()
    assert (export.state, export.file) == ("queued", "")
    flow.work()
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "export_empty")
    assert [(one["reason"], one["files"]) for one in export.missing] == [("picture_deleted", 3)]


def test_a_cut_that_was_given_up_is_named(shoot: Shoot) -> None:
    Render.objects.update(cuts_due=False)
    export = build(shoot)
    assert [one["reason"] for one in export.missing] == ["cut_failed", "cut_failed"]
    assert export.count + len(export.missing) == export.promised == 3


def ask_for_white(slug: str) -> None:
    Placement.objects.filter(slug=slug).update(background_rule="pure white RGB 255,255,255")


def test_what_a_channel_would_refuse_is_left_out_when_asked_for(shoot: Shoot) -> None:
    ask_for_white("x_landscape")
    export = flow.request(
        shoot.brand, None, selection.chosen(shoot.brand, shoot), shoot, "{placement}.{ext}", skip_failing=True
    )
    flow.work()
    export.refresh_from_db()
    assert pictures(export) == ["1x1.png", "meta_square.jpg"]
    assert [(one["name"], one["reason"]) for one in export.missing] == [("x_landscape.png", "left_out")]


def test_a_template_that_is_remembered_names_the_next_archive_and_one_before_keeps_its_own(
    shoot: Shoot,
) -> None:
    wanted = selection.chosen(shoot.brand)
    first = flow.request(shoot.brand, None, wanted)
    flow.remember(shoot.brand, "{sku}/{placement}.{ext}")
    shoot.brand.refresh_from_db()
    second = flow.request(shoot.brand, None, wanted)
    assert (first.template, second.template) == (naming.DEFAULT, "{sku}/{placement}.{ext}")
    with pytest.raises(Refused, match="name_end"):
        flow.request(shoot.brand, None, wanted, template="{sku}")
    assert Export.objects.count() == 2


def test_an_old_cut_without_a_sum_is_read_once(shoot: Shoot) -> None:
    build(shoot)
    known = dict(Cut.objects.values_list("pk", "crc32"))
    Cut.objects.update(crc32=None)
    assert archive(build(shoot)).testzip() is None
    assert dict(Cut.objects.values_list("pk", "crc32")) == known


def test_what_an_archive_holds_is_not_swept_until_it_expires(shoot: Shoot) -> None:
    export = build(shoot)
    keys = Cut.objects.values_list("file", flat=True)
    kept = list(keys)
    Cut.objects.all().delete()
    age(*files())
    janitor.sweep()
    assert all(storage.exists(key) for key in kept)
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    flow.forget_expired()
    janitor.sweep()
    assert not any(storage.exists(key) for key in kept)


def test_the_manifests_tell_where_each_file_came_from(shoot: Shoot) -> None:
    ask_for_white("x_landscape")
    render = shoot.renders.get()
    Product.objects.update(name='=HYPERLINK("http://x")')
    Attempt.objects.create(
        render=render, brand=shoot.brand, number=9, engine="hiapi", key="1" * 32, request=b"",
        price_charged=17_200, outcome="done",
    )  # fmt: skip
    export = build(shoot)
    files = archive(export)
    by_place = {row["placement"]: row for row in rows(export)}
    landscape, uncut = by_place["x_landscape"], by_place["1:1"]
    assert landscape["sha256"] == hashlib.sha256(files.read(landscape["file"])).hexdigest()
    assert uncut["sha256"] == hashlib.sha256(files.read(uncut["file"])).hexdigest()
    assert (landscape["check"], uncut["check"]) == ("failure", "")
    assert any(told.startswith("The ground is not pure white. ") for told in landscape["findings"])
    assert (landscape["price_usd"], landscape["price_microusd"]) == ("0.0172", 17_200)
    assert landscape["digital_source_type"].endswith("/compositeSynthetic")
    assert (landscape["scene"], landscape["scene_version"]) == ("dark-slate", 1)
    assert landscape["packshot_sha256"] == render.packshot.sha256  # type: ignore[union-attr]
    table = list(csv.DictReader(io.StringIO(files.read("manifest.csv").decode("utf-8-sig"))))
    assert [row["file"] for row in table] == [row["file"] for row in rows(export)]
    assert {row["product"] for row in table} == {'\'=HYPERLINK("http://x")'}
    assert {row["product"] for row in rows(export)} == {'=HYPERLINK("http://x")'}
    assert list(table[0]) == list(COLUMNS)
