"""Strokes are read with suspicion and painted where they were drawn."""

import json
import time
from typing import Any

import numpy as np
import pytest

from studio.imaging.cutout import strokes
from studio.imaging.cutout.strokes import BadStrokes, Stroke


def drawn(**changes: Any) -> dict[str, Any]:
    return {"keep": True, "radius": 0.05, "points": [[0.25, 0.5], [0.75, 0.5]]} | changes


def text(*rows: Any) -> str:
    return json.dumps(rows)


def test_strokes_come_out_as_they_were_drawn() -> None:
    (stroke,) = strokes.read(text(drawn(keep=False, points=[[0, 1]])))
    assert stroke == Stroke(False, 0.05, ((0.0, 1.0),))


def test_no_strokes_are_fine_and_say_nothing() -> None:
    assert strokes.read("[]") == ()
    assert not strokes.paint((), 30, 40).any()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("{}", "no list"),
        (text(7), "Stroke 1 is neither"),
        (text({"keep": True, "radius": 0.1}), "Stroke 1 is neither"),
        (text(drawn(), drawn(keep="yes")), "Stroke 2 is neither"),
        (text(drawn(colour="red")), "Stroke 1 is neither"),
        (text(drawn(radius=0)), "brush of stroke 1"),
        (text(drawn(radius=0.2)), "brush of stroke 1"),
        (text(drawn(radius=True)), "brush of stroke 1"),
        (text(drawn(radius=None)), "brush of stroke 1"),
        (text(drawn(radius=10**400)), "brush of stroke 1"),
        (text(drawn(points=[])), "leaves the picture"),
        (text(drawn(points=[[0.5]])), "leaves the picture"),
        (text(drawn(points=[[0.5, 1.001]])), "leaves the picture"),
        (text(drawn(points=[[-0.1, 0.5]])), "leaves the picture"),
        (text(drawn(points=[["0.5", 0.5]])), "leaves the picture"),
        ('[{"keep": true, "radius": 0.1, "points": [[NaN, 0.5]]}]', "leaves the picture"),
        ('[{"keep": true, "radius": Infinity, "points": [[0.5, 0.5]]}]', "brush of stroke 1"),
        (text(*[drawn()] * 401), "401 strokes; the limit is 400"),
        (text(drawn(points=[[0.5, 0.5]] * 20_001)), "20001 points; the limit is 20000"),
    ],
)
def test_what_is_no_stroke_is_refused_in_a_sentence(sent: str, said: str) -> None:
    with pytest.raises(BadStrokes, match=said) as refusal:
        strokes.read(sent)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("height", "width"), [(100, 200), (200, 100)])
def test_a_stroke_marks_what_the_brush_went_over(height: int, width: int) -> None:
    marks = strokes.paint(strokes.read(text(drawn())), height, width)
    assert marks.dtype == np.int8
    assert marks.shape == (height, width)
    radius, middle = 0.05 * 200, height // 2
    rows, columns = np.nonzero(marks == 1)
    assert abs(rows.min() - (middle - radius)) <= 1
    assert abs(rows.max() - (middle + radius)) <= 1
    assert abs(columns.min() - (0.25 * width - radius)) <= 1
    assert abs(columns.max() - (0.75 * width + radius)) <= 1
    assert not (marks == -1).any()


def test_a_press_without_a_move_is_a_disc() -> None:
    marks = strokes.paint((Stroke(False, 0.1, ((0.5, 0.5),)),), 100, 100)
    assert marks[50, 50] == -1
    assert abs(int((marks == -1).sum()) - np.pi * 10 * 10) < 30


def test_the_later_stroke_wins_where_two_cross() -> None:
    keep, drop = Stroke(True, 0.05, ((0.1, 0.5), (0.9, 0.5))), Stroke(False, 0.05, ((0.5, 0.1), (0.5, 0.9)))
    assert strokes.paint((keep, drop), 100, 100)[50, 50] == -1
    assert strokes.paint((drop, keep), 100, 100)[50, 50] == 1


def test_the_same_strokes_mark_the_same_place_at_any_size() -> None:
    drawing = (Stroke(True, 0.04, ((0.2, 0.3), (0.6, 0.8))),)
    small, large = strokes.paint(drawing, 150, 100), strokes.paint(drawing, 600, 400)
    assert abs((small == 1).mean() - (large == 1).mean()) < 0.01


def test_strokes_on_the_very_edge_stay_in_the_picture() -> None:
    marks = strokes.paint((Stroke(True, 0.02, ((0.0, 0.0), (1.0, 1.0))),), 64, 80)
    assert marks[0, 0] == marks[63, 79] == 1


def test_even_the_finest_brush_marks_something() -> None:
    assert strokes.paint((Stroke(True, 1e-9, ((0.5, 0.5),)),), 64, 64).any()


@pytest.mark.faults
def test_the_most_that_may_be_drawn_is_painted_in_seconds() -> None:
    dice = np.random.default_rng(7).random((strokes.MOST_POINTS, 2))
    wild = (Stroke(True, strokes.WIDEST, tuple((float(x), float(y)) for x, y in dice)),)
    begun = time.monotonic()
    assert strokes.paint(wild, 4096, 4096).any()
    assert time.monotonic() - begun < 30
