"""Clear glass: a bottle drawn as a packshot shows it, its backdrop seen through the shoulders."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from studio.imaging.compose import compose
from studio.imaging.compose.glass import let_through
from studio.imaging.scene import Scene

BACKDROP, OUTLINE, LABEL, INK = (246, 246, 245), (120, 122, 124), (246, 243, 240), (40, 40, 44)
SLATE = Scene.parse(
    {
        "clear_glass": True,
        "ground": {"material": "slate", "colour": "#303234"},
        "wall": {"colour": "#2a2c30", "upper": "#2a2c30"},
    }
)


def bottle():
    """300 x 400: glass above row 150, a printed label under it; both as bright as the backdrop."""
    picture = np.full((400, 300, 3), OUTLINE, np.uint8)
    cv2.rectangle(picture, (8, 8), (291, 142), BACKDROP, -1)
    cv2.rectangle(picture, (8, 150), (291, 391), LABEL, -1)
    for row in range(180, 360, 30):
        cv2.putText(picture, "BODY OIL", (60, row), cv2.FONT_HERSHEY_SIMPLEX, 1, INK, 3)
    return np.dstack([picture, np.full((400, 300), 255, np.uint8)])


def test_the_set_shows_through_clear_glass_and_the_label_stays():
    alpha = let_through(bottle())[..., 3]
    assert alpha[20:130, 20:280].max() < 60
    assert alpha[165:380, 20:280].min() == 255
    assert alpha[:, :4].min() == 255, "the edge of the glass keeps it visible"


def test_a_scene_for_glassware_is_dark_behind_the_glass():
    seen, shut = (
        compose(bottle(), scene, 400, 400, 1) for scene in (SLATE, replace(SLATE, clear_glass=False))
    )
    assert seen.box == shut.box
    x, y, wide, high = (round(side * 400) for side in seen.box)
    pane = slice(y + high // 8, y + high // 4), slice(x + wide // 4, x + 3 * wide // 4)
    assert seen.pixels[pane].mean() < 0.5 * shut.pixels[pane].mean()
    label = slice(y + 3 * high // 4, y + 4 * high // 5), slice(x + wide // 4, x + 3 * wide // 4)
    assert np.abs(seen.pixels[label].astype(int) - shut.pixels[label]).max() < 12


def test_glass_casts_a_lighter_shadow():
    hard = Scene.parse({"ground": {"material": "paper"}, "light": {"hardness": 0.9, "fill": 0.2}})
    shut, seen = (compose(bottle(), replace(hard, clear_glass=on), 300, 300, 1) for on in (False, True))
    x, _, wide, _ = (round(side * 300) for side in seen.box)
    beside = [picture.pixels[:, x + wide + 4 :].astype(float).mean(2) for picture in (shut, seen)]
    lighter = beside[1] - beside[0]
    assert lighter.max() > 30
    assert lighter.min() > -10


def test_a_locked_product_is_not_looked_through():
    locked = replace(SLATE, relight=False)
    pictures = [
        compose(bottle(), scene, 200, 200, 1).pixels for scene in (locked, replace(locked, clear_glass=False))
    ]
    assert np.array_equal(*pictures)


@pytest.mark.parametrize("colour", [(176, 92, 60), (20, 22, 25)], ids=["terracotta", "black"])
def test_what_has_no_pane_keeps_its_coverage(colour):
    thing = np.zeros((200, 150, 4), np.uint8)
    cv2.circle(thing, (75, 100), 70, (*colour, 255), -1)
    assert np.array_equal(let_through(thing), thing)
