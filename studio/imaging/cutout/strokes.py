"""What a person draws over a cut-out: strokes of two brushes, read from JSON and painted as marks.

Points are x as a share of the packshot's width and y of its height; a radius is a share of its longer side.
So strokes fit the packshot at any size.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_STROKES: Final = 400
MOST_POINTS: Final = 20_000  # of all strokes; at their widest they take seconds to paint
WIDEST: Final = 0.1
_CODES: Final = np.array([0, 1, -1], np.int8)  # what is painted as 0, 1, 2


class BadStrokes(ValueError):
    """Text that is no strokes; the message is a sentence for people."""


@dataclass(frozen=True)
class Stroke:
    """One line of the brush: `keep` says that it is product, else it is removed."""

    keep: bool
    radius: float
    points: tuple[tuple[float, float], ...]


def read(text: str) -> tuple[Stroke, ...]:
    """`[{"keep": true, "radius": 0.02, "points": [[0.5, 0.5], …]}, …]`. Raises BadStrokes."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise BadStrokes("The strokes are no JSON.") from None
    if not isinstance(rows, list):
        raise BadStrokes("The strokes are no list.")
    if len(rows) > MOST_STROKES:
        raise BadStrokes(f"There are {len(rows)} strokes; the limit is {MOST_STROKES}.")
    strokes = tuple(_stroke(row, number) for number, row in enumerate(rows, 1))
    points = sum(len(stroke.points) for stroke in strokes)
    if points > MOST_POINTS:
        raise BadStrokes(f"The strokes have {points} points; the limit is {MOST_POINTS}.")
    return strokes


def paint(strokes: tuple[Stroke, ...], height: int, width: int) -> NDArray[np.int8]:
    """H x W marks: 1 is kept, -1 removed, 0 not drawn over. Later strokes cover earlier ones."""
    canvas = np.zeros((height, width), np.uint8)
    for stroke in strokes:
        _draw(canvas, stroke)
    return np.asarray(_CODES[canvas], np.int8)


def _draw(canvas: NDArray[np.uint8], stroke: Stroke) -> None:
    height, width = canvas.shape
    code = 1 if stroke.keep else 2
    spots = [(min(round(x * width), width - 1), min(round(y * height), height - 1)) for x, y in stroke.points]
    radius = max(1, round(stroke.radius * max(height, width)))
    cv2.polylines(canvas, [np.array(spots, np.int32)], isClosed=False, color=code, thickness=2 * radius)
    for spot in {spots[0], spots[-1]}:
        cv2.circle(canvas, spot, radius, code, cv2.FILLED)


def _stroke(row: Any, number: int) -> Stroke:
    keys = {"keep", "radius", "points"}
    if not isinstance(row, dict) or row.keys() != keys or not isinstance(row["keep"], bool):
        raise BadStrokes(f"Stroke {number} is neither kept nor removed.")
    if not _is_share(row["radius"]) or not 0 < row["radius"] <= WIDEST:
        raise BadStrokes(f"The brush of stroke {number} is not between 0 and {WIDEST:g}.")
    points = row["points"]
    if not isinstance(points, list) or not points or not all(map(_is_point, points)):
        raise BadStrokes(f"Stroke {number} leaves the picture.")
    return Stroke(row["keep"], float(row["radius"]), tuple((float(x), float(y)) for x, y in points))


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_share, value))


def _is_share(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 1  # which NaN is not
