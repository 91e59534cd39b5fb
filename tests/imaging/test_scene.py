import tomllib
from operator import attrgetter
from pathlib import Path

import pytest

from studio.imaging.scene import Scene, SceneError

STARTER = Path(__file__).resolve().parents[2] / "studio" / "starter"
ROWS = tomllib.loads((STARTER / "scenes.toml").read_text())["scene"]


def test_an_empty_table_is_a_scene_of_defaults():
    assert Scene.parse({}) == Scene()


def test_values_of_a_table_end_up_in_the_scene():
    scene = Scene.parse({"horizon": 0.5, "light": {"gobo": "window", "height": 30}, "palette": ["#ff0000"]})
    assert (scene.horizon, scene.light.gobo, scene.light.height, scene.palette) == (
        0.5,
        "window",
        30.0,
        ("#ff0000",),
    )


@pytest.mark.parametrize(
    ("values", "field", "allowed"),
    [
        ({"sparkle": 1}, "sparkle", "horizon"),
        ({"light": {"sparkle": 1}}, "light.sparkle", "gobo"),
        ({"ground": {"material": "lava"}}, "ground.material", "slate"),
        ({"light": {"height": 200}}, "light.height", "from 10 to 85"),
        ({"light": {"height": True}}, "light.height", "from 10 to 85"),
        ({"light": {"height": float("nan")}}, "light.height", "from 10 to 85"),
        ({"ground": {"colour": "red"}}, "ground.colour", "#rrggbb"),
        ({"palette": []}, "palette", "one to eight"),
        ({"relight": "yes"}, "relight", "true or false"),
        ({"ground": "slate"}, "ground", "a table"),
        ({"wall": {"material": "none"}}, "wall.material", "where ground.material is none"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_and_what_is_allowed(values, field, allowed):
    with pytest.raises(SceneError) as refusal:
        Scene.parse(values)
    assert refusal.value.field == field
    assert allowed in refusal.value.allowed
    assert field in str(refusal.value)


def test_every_value_of_the_vocabulary_is_described():
    assert {"horizon", "ground.material", "light.direction", "finish.grain", "prop.kind"} <= set(Scene.FIELDS)
    assert all(rule.help and rule.allowed for rule in Scene.FIELDS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["slug"])
def test_every_starter_scene_parses_and_has_its_words(row):
    Scene.parse(row["engine"])
    assert all(row[word] for word in ("slug", "name", "surface", "light", "mood", "keep", "sample"))
    assert row["surface"][0].islower(), "it goes on with the sentence that names the product"
    assert row["keep"].startswith("Keep the product shape")


def test_starter_scenes_are_sixteen_moods_and_more():
    slugs = [row["slug"] for row in ROWS]
    assert len(set(slugs)) == len(slugs) >= 16
    materials = {row["engine"]["ground"]["material"] for row in ROWS}
    assert materials >= {
        "slate",
        "wood",
        "marble",
        "linen",
        "paper",
        "concrete",
        "sand",
        "snow",
        "water",
        "terrazzo",
    }
    assert sum(Scene.parse(row["engine"]).is_transparent for row in ROWS) == 1


def described():
    """The vocabulary as rows of the page for admins."""
    usual = Scene()
    for name, rule in Scene.FIELDS.items():
        value = attrgetter(name)(usual)
        shown = (
            " ".join(value) if isinstance(value, tuple) else f"{value:g}" if rule.kind == "number" else value
        )
        yield f"| `{name}` | {rule.allowed} | {str(shown).lower()} | {rule.help} |"


def test_the_page_for_admins_describes_every_value():
    page = (STARTER.parents[1] / "docs" / "scenes.md").read_text().splitlines()
    assert [line for line in page if line.startswith("| `")] == list(described())
