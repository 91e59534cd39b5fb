"""Cuts have the placement's exact pixels; an archive holds what was promised, or says what is missing."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from studio import storage
from studio.flow import cut, final, work
from studio.flow import export as flow
from studio.models import Brand, Cut, Export, Placement, Render, Shoot, User, Verdict
from studio.providers.base import Finished
from tests import cast
from tests.engines import Scripted, picture

SQUARE = Finished(picture(600, 600), "image/png", (0.3, 0.2, 0.4, 0.6))


@pytest.fixture
def shoot(brand: Brand, script: Callable[..., Scripted]) -> Shoot:
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
    export = flow.request(shoot.brand, None, flow.chosen(shoot.brand, shoot), shoot)
    flow.work()
    export.refresh_from_db()
    return export


def archive(export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(storage.read(export.file)))


def test_the_archive_holds_every_placement_at_its_exact_pixels(shoot: Shoot) -> None:
    export = build(shoot)
    assert (export.state, export.count, export.missing) == ("done", 3, [])
    files = archive(export)
    assert files.testzip() is None
    sizes = {name: Image.open(files.open(name)).size for name in files.namelist()}
    assert sizes == {
        "MUG-01-ä_dark-slate_1x1.png": (600, 600),
        "MUG-01-ä_dark-slate_meta_square.jpg": (500, 500),
        "MUG-01-ä_dark-slate_x_landscape.png": (1200, 628),
    }


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


def test_the_same_pictures_give_the_same_bytes(shoot: Shoot) -> None:
    assert build(shoot).sha256 == build(shoot).sha256


def test_what_is_not_finished_is_named_with_its_reason(shoot: Shoot) -> None:
    cast.render(shoot, product=cast.product(shoot.brand, "CUP"))
    export = build(shoot)
    assert export.state == "done"
    assert [(gone["name"].split("_")[0], gone["reason"]) for gone in export.missing] == [("CUP", "queued")]


def test_a_file_too_heavy_for_its_channel_is_named(shoot: Shoot) -> None:
    Placement.objects.filter(slug="x_landscape").update(max_bytes=50)
    export = build(shoot)
    assert (export.count, export.missing[0]["reason"]) == (2, "too_heavy")


def test_rejected_pictures_stay_out(shoot: Shoot, marketer: User) -> None:
    Render.objects.update(review="rejected")
    export = build(shoot)
    assert (export.state, export.failure) == ("failed", "export_empty")


def test_asking_twice_builds_once(shoot: Shoot) -> None:
    wanted = flow.chosen(shoot.brand, shoot)
    assert flow.request(shoot.brand, None, wanted, shoot) == flow.request(shoot.brand, None, wanted, shoot)


def test_names_that_fall_together_are_told_apart(shoot: Shoot) -> None:
    cast.render(
        shoot,
        product=cast.product(shoot.brand, "mug-01-Ä"),
        scene_version=shoot.renders.get().scene_version,
    )
    work.work()
    names = archive(build(shoot)).namelist()
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


def test_every_render_of_a_take_has_its_own_name(shoot: Shoot) -> None:
    render = shoot.renders.get()
    render.take = 2
    assert flow.name_of(render) == "MUG-01-ä_dark-slate_1x1_t2.png"


def test_a_final_takes_the_name_of_the_picture_that_it_replaces(shoot: Shoot) -> None:
    before = shoot.renders.get()
    plain = sorted(archive(build(shoot)).namelist())
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
    assert sorted(archive(export).namelist()) == plain
    large.refresh_from_db()
    keys = {entry.name: entry.key for entry in flow._collect(export)[0]}
    assert keys["MUG-01-ä_dark-slate_1x1.png"] == large.picture != before.picture
    told = [(one["reason"], one.get("values", {}).get("before")) for one in export.missing]
    assert told == [("final_instead", "1K")] * 3 + [("final_instead", "2K")] * 3 + [("task_failed", None)]
    assert sorted(one["name"] for one in export.missing[3:6]) == plain


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
    monkeypatch.setattr(flow, "CUTTING", -1.0)
    export = flow.request(shoot.brand, None, flow.chosen(shoot.brand, shoot), shoot)
    [claimed] = Export.objects.due().claim(1)
    flow.build(claimed)
    export.refresh_from_db()
    assert (export.state, export.tries) == ("building", 0)


def test_names_stay_unique_when_a_number_is_taken() -> None:
    names = [flow.Entry(name, "key") for name in ("A.png", "a.png", "a_2.png")]
    assert len({entry.name.lower() for entry in flow._unique(names)}) == 3
