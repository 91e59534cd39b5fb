import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.imaging import ratios
from studio.imaging.compose import Free, compose
from studio.imaging.compose.place import Stage
from studio.imaging.compose.product import bring_to_size, trim
from studio.imaging.scene import Scene

STARTER = Path(__file__).resolve().parents[2] / "studio" / "starter"
SCENES = {
    row["slug"]: Scene.parse(row["engine"])
    for row in tomllib.loads((STARTER / "scenes.toml").read_text())["scene"]
}


@cache
def product(wide=120, high=160):
    """A terracotta pot on its foot, drawn twice as large and brought down for a soft edge."""
    rgba = np.zeros((high * 2 + 40, wide * 2 + 40, 4), np.uint8)
    rgba[..., :3] = (176, 92, 60)
    cv2.rectangle(rgba, (20, 20), (wide * 2 + 19, high * 2 + 19), (176, 92, 60, 255), -1)
    cv2.rectangle(rgba, (wide // 2, high // 2), (wide, high), (60, 120, 160, 255), -1)
    return cv2.resize(rgba, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


@cache
def shot(scene="dark-slate", ratio="4:5", long=160, seed=7, **shape):
    return compose(product(**shape), SCENES[scene], *ratios.size(ratio, long), seed)


def assert_inside(composition, margin=0.04):
    x, y, wide, high = composition.box
    assert min(x, y, 1 - x - wide, 1 - y - high) >= margin


@pytest.mark.parametrize("ratio", ratios.RATIOS)
@pytest.mark.parametrize("scene", ["cafe-counter", "rose-podium", "travertine", "pure-white"])
def test_every_shape_has_its_exact_size_and_the_whole_product_inside(scene, ratio):
    composition = shot(scene, ratio)
    assert composition.pixels.shape == (*ratios.size(ratio, 160)[::-1], 3)
    assert composition.pixels.dtype == np.uint8
    assert_inside(composition)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("scene", ["dark-slate", "raw-concrete", "travertine"])
def test_wide_shapes_leave_room_for_words_on_the_side_of_the_shadow(scene, seed):
    from_right = SCENES[scene].light.direction > 0
    for ratio in ("21:9", "3:1"):
        x, _, wide, high = shot(scene, ratio, seed=seed).box
        free = x if from_right else 1 - x - wide
        assert free >= 0.48
        assert 0.26 < (1 - free - wide / 2 if from_right else x + wide / 2) < 0.45, "about a third in"
        assert high > 0.55


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("scene", ["dark-slate", "pastel-sweep", "garden-table"])
def test_tall_shapes_leave_room_for_words_above(scene, seed):
    for ratio in ("9:16", "9:21", "1:3"):
        _, y, wide, high = shot(scene, ratio, seed=seed).box
        assert y > 1.2 * (1 - y - high)
        assert wide > 0.55


@pytest.mark.parametrize("shape", [(300, 60), (40, 320)], ids=["spectacles", "vase"])
@pytest.mark.parametrize("ratio", ["3:1", "1:3", "1:1"])
@pytest.mark.parametrize("scene", ["dark-slate", "rose-podium", "pure-white"])
def test_a_very_wide_and_a_very_tall_product_stay_whole(scene, ratio, shape):
    assert_inside(shot(scene, ratio, wide=shape[0], high=shape[1]))


@pytest.mark.parametrize("scene", [slug for slug, scene in SCENES.items() if scene.ground.material != "none"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_take(scene):
    first, other = shot(scene), shot(scene, seed=8)
    again = compose(product(), SCENES[scene], *ratios.size("4:5", 160), 7)
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)


def test_pure_white_is_white_to_the_last_value_and_filled_by_the_product():
    for ratio in ("1:1", "3:1", "1:3", "16:9"):
        composition = shot("pure-white", ratio)
        pixels, (_, _, wide, high) = composition.pixels, composition.box
        assert all((side == 255).all() for side in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
        assert max(wide, high) >= 0.85


def test_a_transparent_scene_is_the_product_and_its_coverage_and_nothing_else():
    for ratio in ("1:1", "3:1", "1:3"):
        composition = shot("transparent", ratio)
        pixels = composition.pixels
        assert pixels.shape == (*ratios.size(ratio, 160)[::-1], 4)
        assert all((side == 0).all() for side in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
        x, y, wide, high = composition.box
        assert pixels[round((y + high / 4) * len(pixels)), round((x + wide / 6) * pixels.shape[1]), 3] == 255
        assert max(wide, high) >= 0.85
        seen = pixels[pixels[..., 3] > 0][:, :3].astype(int)
        assert np.abs(seen - (176, 92, 60)).max(1).min() <= 1, "no edge takes on the colour of nothing"
        assert (np.abs(seen - (176, 92, 60)).max(1) <= 2).mean() > 0.7


def test_a_mirror_image_sways_on_water_and_rings_widen_from_the_foot():
    still = Scene.parse({"ground": {"material": "water", "gloss": 0.8, "relief": 0.0}})
    moved = Scene.parse({"ground": {"material": "water", "gloss": 0.8, "relief": 1.0}})
    below = [
        compose(product(), scene, 240, 240, 3).pixels[200:].astype(float).mean(2) for scene in (still, moved)
    ]
    calm, rough = (float(np.abs(np.diff(rows, axis=0)).mean()) for rows in below)
    assert rough > 1.5 * calm


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scene", SCENES)
def test_a_locked_products_whole_pixels_are_those_of_its_resampled_packshot(scene, seed):
    loud = replace(SCENES[scene].finish, grain=1.0, bloom=1.0, vignette=1.0)
    locked = replace(SCENES[scene], relight=False, steam=1.0, finish=loud)
    thing = product().copy()
    thing[..., :3] = np.random.default_rng(5).integers(0, 256, (*thing.shape[:2], 3))
    composition = compose(thing, locked, 300, 240, seed)
    x, y, wide, high = (
        round(side * full) for side, full in zip(composition.box, (300, 240) * 2, strict=True)
    )
    resampled = bring_to_size(trim(thing), Stage(300, 240, x, y, wide, high, unit=high, back=1, drop=0))
    whole = resampled.alpha == 255
    assert whole.mean() > 0.9
    seen = composition.pixels[y : y + high, x : x + wide, :3]
    assert np.array_equal(seen[whole], resampled.colour[whole])


@pytest.mark.parametrize("scene", ["white-marble", "pastel-sweep", "terrazzo-blue", "paper-sweep"])
def test_untinted_scenes_keep_the_products_colour(scene):
    composition = shot(scene, "1:1", 320)
    x, y, wide, high = (round(side * 320) for side in composition.box)
    seen = composition.pixels[y : y + high, x : x + wide]
    colours = cv2.cvtColor(np.array([[(176, 92, 60)]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0].astype(float)
    lab = cv2.cvtColor(seen, cv2.COLOR_RGB2LAB).astype(float)[high // 10 : high // 5, wide // 8 : -wide // 8]
    assert np.median(np.hypot(*(lab[..., 1:] - colours[1:]).transpose(2, 0, 1))) < 7


def test_the_ground_is_darker_in_the_products_shadow_than_on_the_lit_side():
    composition = shot("paper-sweep", "1:1", 320)  # the light comes from the right
    x, y, wide, high = (round(side * 320) for side in composition.box)
    row = composition.pixels[y + high - 4 : y + high, :].mean((0, 2))
    assert row[x - 20 : x - 4].mean() < row[x + wide + 4 : x + wide + 20].mean() - 8


def test_an_empty_cut_out_is_refused():
    with pytest.raises(ValueError, match="empty"):
        compose(np.zeros((50, 50, 4), np.uint8), Scene(), 100, 100, 1)


def test_a_cut_out_of_a_few_pixels_is_still_composed():
    assert_inside(compose(np.full((3, 2, 4), 255, np.uint8), Scene(), 160, 120, 1))


@pytest.mark.parametrize("scene", ["dark-slate", "rose-podium", "pure-white"])
def test_the_product_keeps_out_of_what_a_channel_covers(scene):
    free = Free(top=0.14, bottom=0.35, left=0.05, right=0.15)
    width, height = ratios.size("9:16", 320)
    x, y, wide, high = compose(product(), SCENES[scene], width, height, 3, free).box
    assert min(x - 0.05, 0.85 - x - wide, y - 0.14, 0.65 - y - high) >= -0.01
    assert max(wide / 0.8, high / 0.51) > 0.5, "as large as fits, not less"
