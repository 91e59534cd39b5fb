"""The main job without a browser, through real pixels."""

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db.models.signals import post_save

from studio import storage
from studio.flow import intake, starter
from studio.flow import restyle as flow
from studio.imaging.errors import Refused
from studio.models import Attempt, Brand, Packshot, Product, Render, Shoot
from tests import cast, pictures


@pytest.fixture
def studio(db: None, settings: LazySettings) -> Brand:
    """The starter brand, a scene and two placements; one process does all the work."""
    settings.WORKERS = 1
    cast.scene(slug="dark-slate", engine={"ground": {"material": "slate"}})
    cast.placement("meta_square", width=300, height=300)
    cast.placement("x_landscape", width=1200, height=628, ratio="2:1")
    return cast.brand("Studio")


@pytest.fixture
def packshot(tmp_path: Path) -> Path:
    path = tmp_path / "MUG-7_2.jpg"
    path.write_bytes(pictures.packshot(width=400, height=400))
    return path


def restyle(*arguments: object) -> tuple[int, list[dict[str, object]]]:
    out, code = StringIO(), 0
    try:
        call_command("restyle", *[str(one) for one in arguments], "--json", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_files_come_out_named_and_at_the_exact_pixels(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    code, made = restyle(
        packshot,
        "--scene",
        "dark-slate",
        "--placement",
        "meta_square",
        "x_landscape",
        "--ratio",
        "2:1",
        "--out",
        out,
    )
    assert code == 0
    sizes = {path.name: pictures.opened(path.read_bytes()).size for path in out.iterdir()}
    assert sizes == {
        "MUG-7_2_dark-slate_meta_square.jpg": (300, 300),
        "MUG-7_2_dark-slate_x_landscape.jpg": (1200, 628),
        "MUG-7_2_dark-slate_2x1.png": (1024, 512),
    }
    assert Render.objects.count() == 2, "placements of one ratio share one picture"
    keys = (
        "file path sku scene placement ratio width height engine model resolution price_microusd shoot state"
    )
    assert set(made[0]) == {*keys.split(), "check", "error"}
    assert {(one["sku"], one["engine"], one["state"], one["error"]) for one in made} == {
        ("MUG-7_2", "local", "done", None)
    }
    assert [one["check"] for one in made if one["placement"] == "x_landscape"] == [["upscaled"]]
    assert Shoot.objects.get().created_by.username == "cli"  # type: ignore[union-attr]
    assert Attempt.objects.filter(brand=studio, outcome="done").count() == 2


def test_without_json_a_line_says_what_was_enlarged(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    out, there = StringIO(), tmp_path / "out"
    wanted = ["--placement", "meta_square", "x_landscape", "--out", str(there)]
    call_command("restyle", str(packshot), "--scene", "dark-slate", *wanted, stdout=out)
    assert out.getvalue().splitlines() == [
        f"{there}/MUG-7_2_dark-slate_meta_square.jpg: done",
        f"{there}/MUG-7_2_dark-slate_x_landscape.jpg: done, upscaled",
    ]


def test_a_scene_of_the_brand_wins_over_a_shared_one_of_its_slug(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    own = cast.scene(of=studio, slug="dark-slate", engine={"ground": {"material": "linen"}})
    restyle(packshot, "--scene", "dark-slate", "--ratio", "1:3", "--out", tmp_path / "out")
    assert Render.objects.get().scene_version.scene == own


def test_a_transparent_scene_stays_transparent_wherever_the_channel_takes_it(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    cast.scene(slug="cut", engine={"ground": {"material": "none"}, "wall": {"material": "none"}})
    cast.placement("only_jpeg", width=300, height=300, formats="JPEG")
    places = ["--placement", "only_jpeg", "meta_square", "--ratio", "1:1"]
    code, _ = restyle(packshot, "--scene", "cut", *places, "--out", tmp_path / "out")
    assert code == 0
    files = {path.name: pictures.opened(path.read_bytes()) for path in (tmp_path / "out").iterdir()}
    assert {name: (file.mode, file.getpixel((2, 2))) for name, file in files.items()} == {
        "MUG-7_2_cut_only_jpeg.jpg": ("RGB", (255, 255, 255)),
        "MUG-7_2_cut_meta_square.png": ("RGBA", (0, 0, 0, 0)),
        "MUG-7_2_cut_1x1.png": ("RGBA", (0, 0, 0, 0)),
    }
    thumb = pictures.opened(storage.read(Render.objects.get().thumb))
    assert thumb.getpixel((2, 2))[3] == 0  # type: ignore[index]


def test_takes_are_told_apart_by_name_and_look(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    restyle(packshot, "--scene", "dark-slate", "--ratio", "1:3", "--takes", 2, "--out", tmp_path / "out")
    first, second = sorted((tmp_path / "out").iterdir())
    assert (first.name, second.name) == ("MUG-7_2_dark-slate_1x3.png", "MUG-7_2_dark-slate_1x3_t2.png")
    assert first.read_bytes() != second.read_bytes()


def test_a_refused_file_is_reported_and_the_others_are_made(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(packshot.read_bytes()[:3000])
    code, made = restyle(
        broken, packshot, "--scene", "dark-slate", "--ratio", "1:3", "--out", tmp_path / "out"
    )
    assert code == 1
    assert [bool(one["error"]) for one in made] == [True, False]
    assert "stops halfway" in str(made[0]["error"])
    assert not Product.objects.filter(sku="broken").exists()


def test_a_file_that_cannot_be_cut_out_is_reported_failed_again_and_again(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    wall = tmp_path / "wall.jpg"
    wall.write_bytes(pictures.crowded())
    arguments = ("--scene", "dark-slate", "--placement", "meta_square", "--ratio", "1:3")
    for _ in range(2):  # the second time it is known
        code, made = restyle(wall, packshot, *arguments, "--out", tmp_path / "out")
        assert code == 1
        assert [(one["sku"], one["state"]) for one in made] == [
            ("wall", "failed"), ("wall", "failed"), ("MUG-7_2", "done"), ("MUG-7_2", "done"),
        ]  # fmt: skip
        assert {one["error"] is None for one in made[:2]} == {False}
    code, made = restyle(wall, *arguments, "--out", tmp_path / "out")
    assert (code, len(made)) == (1, 2)


def test_the_same_bytes_under_another_name_are_named_after_their_file(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    arguments = ("--scene", "dark-slate", "--ratio", "1:3", "--out", tmp_path / "out")
    restyle(packshot, *arguments)
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(packshot.read_bytes())
    code, made = restyle(copy, *arguments)
    assert (code, made[0]["sku"]) == (0, "copy")
    assert (tmp_path / "out" / "copy_dark-slate_1x3.png").exists()
    assert Product.objects.count() == 1


def test_two_packshots_of_one_product_are_both_delivered(
    studio: Brand, packshot: Path, tmp_path: Path
) -> None:
    other = tmp_path / "MUG-7.jpg"
    other.write_bytes(pictures.packshot("#2f6fb5", width=400, height=400))
    for path in (other, packshot):
        intake.receive(studio, None, path.name, path.read_bytes())
    assert Product.objects.count() == 1
    code, made = restyle(
        other, packshot, "--scene", "dark-slate", "--ratio", "1:3", "--out", tmp_path / "out"
    )
    assert code == 0
    assert [one["sku"] for one in made] == ["MUG-7", "MUG-7_2"]
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (("--scene", "lava"), "dark-slate"),
        (("--placement", "billboard"), "meta_square"),
        (("--ratio", "7:3"), "16:9"),
        (("--brand", "nobody"), "studio"),
        (("--engine", "hiapi"), "local"),
        (("--takes", "0"), "1 to 8"),
        (("no-such-file.jpg",), "no file"),
    ],
)
def test_a_bad_argument_names_what_would_be_right(
    studio: Brand, packshot: Path, tmp_path: Path, wrong: tuple[str, ...], hint: str
) -> None:
    good = [str(packshot), "--scene", "dark-slate", "--ratio", "1:1", "--out", str(tmp_path)]
    with pytest.raises(CommandError, match=hint) as error:
        call_command("restyle", *(list(wrong) + good if len(wrong) == 1 else good + list(wrong)))
    assert error.value.returncode == 2


def test_scenes_lists_what_is_published(studio: Brand) -> None:
    cast.scene(published=False)
    cast.scene(of=studio, slug="dark-slate")
    out, told = StringIO(), StringIO()
    call_command("scenes", stdout=out)
    assert out.getvalue() == "dark-slate\n", "one line, though the brand and the shared set both have it"
    call_command("scenes", "--json", stdout=told)
    brands = [json.loads(line)["brand"] for line in told.getvalue().splitlines()]
    assert sorted(brands, key=str) == [None, "studio"]


def test_cutout_gives_the_product_alone_on_its_own_grid(packshot: Path, tmp_path: Path) -> None:
    out = StringIO()
    call_command("cutout", str(packshot), "--out", str(tmp_path / "out"), "--json", stdout=out)
    told = json.loads(out.getvalue())
    picture = pictures.opened(Path(told["path"]).read_bytes())
    assert (picture.mode, picture.size) == ("RGBA", (400, 400))
    assert picture.getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert picture.getpixel((200, 250))[3] == 255  # type: ignore[index]
    assert set(told) == {"file", "path", "confidence", "reason"}


def test_export_writes_the_archive_of_a_shoot(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    restyle(packshot, "--scene", "dark-slate", "--placement", "meta_square", "--out", tmp_path / "out")
    target = tmp_path / "all.zip"
    call_command("export", "--shoot", str(Shoot.objects.get().pk), "--out", str(target), stdout=StringIO())
    assert target.read_bytes()[:2] == b"PK"
    assert studio.slug == starter.BRAND


def test_a_placement_of_another_brand_is_unknown(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    cast.placement("window", brand=cast.brand("Halden"))
    with pytest.raises(CommandError, match="There is no placement 'window'"):
        restyle(packshot, "--scene", "dark-slate", "--placement", "window", "--out", tmp_path / "out")


def test_the_brands_own_placement_is_cut(studio: Brand, packshot: Path, tmp_path: Path) -> None:
    cast.placement("window", brand=studio, width=200, height=100, ratio="2:1")
    out = tmp_path / "out"
    code, _ = restyle(packshot, "--scene", "dark-slate", "--placement", "window", "--out", out)
    assert code == 0
    assert pictures.opened((out / "MUG-7_2_dark-slate_window.jpg").read_bytes()).size == (200, 100)


@pytest.mark.parametrize("data", [b"not a picture", pictures.packshot(width=400, height=400)])
def test_a_product_that_a_colleague_has_uploaded_to_meanwhile_stays(
    studio: Brand, tmp_path: Path, data: bytes
) -> None:
    """Whether our file was refused or shows another product: what is bare goes, and only that."""
    intake.receive(studio, None, "OTHER.jpg", pictures.packshot(width=400, height=400))
    for name in ("MUG-8.jpg", "BARE.jpg"):
        (tmp_path / name).write_bytes(data)

    def upload(sender: object, instance: Product, created: bool, **_: object) -> None:
        if created and instance.sku == "MUG-8":
            cast.packshot(instance)

    post_save.connect(upload, Product)
    try:
        for name in ("MUG-8.jpg", "BARE.jpg"):
            with suppress(Refused):
                flow._receive(studio, tmp_path / name)
    finally:
        post_save.disconnect(upload, Product)
    skus = Product.objects.order_by("sku").values_list("sku", flat=True)
    assert list(skus) == ["MUG-8", "OTHER"]
    assert Packshot.objects.count() == 2
