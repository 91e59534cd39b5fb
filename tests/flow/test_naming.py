"""Names of files in an archive: what was asked for, safe on every disk, each given once."""

import re
from datetime import UTC, datetime

import pytest

from studio.flow import naming
from studio.flow.naming import DEFAULT, FIELDS, PART, PATH, Names, check, path, safe, with_take
from studio.imaging.errors import Refused
from studio.models import Brand, Export, Shoot
from tests import cast

FACTS = {
    "sku": "MUG-0114", "name": "Speckled mug", "brand": "northfold", "shoot": "Autumn", "channel": "meta",
    "placement": "meta_stories", "scene": "cafe", "scene_name": "Café counter", "version": "v3",
    "ratio": "9x16", "w": 1080, "h": 1920, "take": 1, "date": "2026-11-25", "ext": "jpg",
}  # fmt: skip
REFUSED = {
    "{sku}/{colour}.{ext}": "name_field", "{}.{ext}": "name_field", "{sku.x}.{ext}": "name_field",
    "{sku[0]}.{ext}": "name_field", "{sku!r}.{ext}": "name_braces", "{sku:>900000000}.{ext}": "name_braces",
    "{sku.{ext}": "name_braces", "sku}.{ext}": "name_braces", "{{sku}}.{ext}": "name_braces",
    "{sku}": "name_end", "": "name_end", "{sku}.jpg": "name_end", "{sku}.{ext}/": "name_end",
    "../{sku}.{ext}": "name_folder", "a/../{sku}.{ext}": "name_folder", "/{sku}.{ext}": "name_folder",
    "a//{sku}.{ext}": "name_folder", "./{sku}.{ext}": "name_folder", "a/. ./{sku}.{ext}": "name_folder",
    "C:/{sku}.{ext}": "name_sign", "a\\{sku}.{ext}": "name_sign", "{sku}?.{ext}": "name_sign",
    "{sku}\n.{ext}": "name_sign", "{sku}\u202e.{ext}": "name_sign", "{sku}\0.{ext}": "name_sign",
    "CON/{sku}.{ext}": "name_reserved", "nul.{ext}": "name_reserved", "a/Com1.{ext}": "name_reserved",
    "a /{sku}.{ext}": "name_edge", "a./{sku}.{ext}": "name_edge", "a/ {sku}.{ext}": "name_edge",
    "a/.{sku}.{ext}": "name_edge", ".{ext}": "name_edge", "a/b/c/d/e/f/g/{sku}.{ext}": "name_deep",
    "x" * 195 + ".{ext}": "name_long",
}  # fmt: skip
HOSTILE = [
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "CON", "nul", "aux.txt", "LPT9", "COM¹", ".",
    "..", "...", " ", "", ".hidden", "a.", "a ", "a\0b", "a\r\nb", "\u202egnp", "a/b", "~", "~root", "$HOME",
    "`id`", "-rf", "%2e%2e%2f", "x" * 500, "ü" * 300, "🍵" * 90, "\u0301", "a\u200bb", "<script>", "'\"&",
    "A:B", "a|b", "manifest.csv", "=1+1", "कप चाय", "a\tb",
]  # fmt: skip


def test_the_usual_template_is_the_folder_of_a_channel_in_the_folder_of_a_product() -> None:
    assert path(check(DEFAULT), FACTS) == "MUG-0114/meta/MUG-0114_cafe_meta_stories_1080x1920.jpg"


def test_every_field_can_be_used() -> None:
    template = check("_".join(f"{{{name}}}" for name in FIELDS if name != "ext") + ".{ext}")
    assert path(template, FACTS).startswith(
        "MUG-0114_Speckled-mug_northfold_Autumn_meta_meta_stories_cafe_Café-counter_v3_9x16"
    )
    assert set(FACTS) == set(FIELDS)


@pytest.mark.parametrize("template", REFUSED)
def test_a_template_that_makes_no_safe_name_is_refused_with_a_sentence(template: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(template)
    assert refusal.value.code == REFUSED[template]


def test_white_space_around_a_template_is_no_mistake() -> None:
    assert check("  cafe\u0301/{sku}.{ext} ") == "café/{sku}.{ext}"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("template", [DEFAULT, "{sku}.{ext}", "{name}/{sku}/{name}{sku}.{ext}"])
def test_hostile_facts_stay_inside_the_folder_and_open_on_every_disk(text: str, template: str) -> None:
    made = path(check(template), FACTS | {"sku": text, "name": text})
    parts = made.split("/")
    assert len(parts) == template.count("/") + 1
    assert len(made) <= 200
    for part in parts:
        assert part == part.strip(" .") != ""
        assert len(part.encode()) <= 120
        assert not re.search(r'[\x00-\x1f\x7f\\:*?"<>|\u202a-\u202e\u200b]', part)
        assert not naming.RESERVED.fullmatch(part)
    assert made.endswith(".jpg")


def test_scripts_that_write_with_marks_keep_them() -> None:
    assert safe("कप चाय 2") == "कप-चाय-2"
    assert safe("กาแฟ") == "กาแฟ"
    assert safe("cafe\u0301") == "café"


def test_two_that_fall_together_are_told_apart_and_always_the_same_way() -> None:
    wanted = ["A/x.jpg", "a/X.jpg", "a/x_2.jpg", "É.png", "E\u0301.png", "MANIFEST.csv"]
    given = [[names.give(one) for one in wanted] for names in (Names(), Names())]
    assert given[0] == given[1] == [
        "A/x.jpg", "a/X_2.jpg", "a/x_2_2.jpg", "É.png", "E\u0301_2.png", "MANIFEST_2.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wanted", ["x" * 116 + ".jpg", "é" * 58 + ".jpg", "a/" + "b" * 77 + "/" + "c" * 116 + ".jpg"]
)
def test_the_number_that_tells_two_apart_makes_no_name_too_long(wanted: str) -> None:
    names = Names()
    given = [names.give(wanted) for _ in range(12)]
    assert len(set(given)) == 12
    assert all(len(one) <= PATH and len(one.rpartition("/")[2].encode()) <= PART for one in given)


def test_no_file_is_where_a_folder_is() -> None:
    names = Names()
    assert names.give("a.jpg/b.jpg") == "a.jpg/b.jpg"
    assert names.give("A.jpg") == "A_2.jpg"
    assert names.give("a_2.jpg/b.jpg") == "a_2.jpg_/b.jpg"


def test_takes_are_told_apart_unless_the_template_says_the_take() -> None:
    assert with_take("{sku}.{ext}", 1) == "{sku}.{ext}"
    assert with_take("{sku}.{ext}", 2) == "{sku}_t2.{ext}"
    assert with_take("{sku}-{take}.{ext}", 2) == "{sku}-{take}.{ext}"


def test_an_uncut_picture_has_its_ratio_for_a_placement(brand: Brand) -> None:
    render = cast.render(cast.shoot(brand, name="Autumn"), product=cast.product(brand, "MUG/1"), state="done")
    facts = naming.facts(render, None, "png", 1024, 1024)
    assert (
        path("{channel}/{shoot}/{sku}_{placement}_{version}.{ext}", facts) == "uncut/Autumn/MUG-1_1x1_v1.png"
    )
    place = cast.placement("gdn_square", channel="Google Display")
    facts = naming.facts(render, place, "jpg", 1080, 1080)
    assert (
        path("{channel}/{placement}_{w}x{h}_{take}.{ext}", facts)
        == "google-display/gdn_square_1080x1080_1.jpg"
    )


@pytest.mark.parametrize(
    ("shoot", "name"),
    [
        ("Café counter, Dark slate & 2 more", "northfold_cafe-counter-dark-slate-2-more_2026-11-25.zip"),
        ('../x\r\n"y', "northfold_x-y_2026-11-25.zip"),
        ("कप", "northfold_shoot-7_2026-11-25.zip"),
        (None, "northfold_pictures_2026-11-25.zip"),
    ],
)
def test_an_archive_is_called_after_its_brand_shoot_and_day(shoot: str | None, name: str) -> None:
    made = Shoot(pk=7, name=shoot) if shoot else None
    export = Export(
        brand=Brand(slug="northfold"), shoot=made, created_at=datetime(2026, 11, 25, 12, tzinfo=UTC)
    )
    assert naming.archive_name(export) == name


def test_the_name_of_an_archive_is_short_enough_for_every_disk() -> None:
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    export = Export(brand=Brand(slug="b" * 60), shoot=Shoot(name="ß shoot " * 15), created_at=at)
    name = naming.archive_name(export)
    assert re.fullmatch(r"b{40}_[a-z0-9-]*[a-z0-9]_2026-11-25\.zip", name)
    assert len(name) <= 100


def test_a_file_by_itself_has_a_plain_name(brand: Brand) -> None:
    render = cast.render(cast.shoot(brand), scene_version=cast.scene(slug="dark-slate").current, take=2)
    assert naming.name_of(render, sku="MUG/01 ä") == "MUG-01-ä_dark-slate_1x1_t2.png"
    assert naming.name_of(render, cast.placement("meta_square"), "jpg", "A").startswith(
        "A_dark-slate_meta_square"
    )
