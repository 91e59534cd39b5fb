"""What a version changed is marked word by word."""

import pytest

from studio.models import Scene, SceneVersion
from studio.web.versions import Dial, Run, dials, words


def version(number: int = 1, **fields: object) -> SceneVersion:
    """Never saved."""
    return SceneVersion(scene=Scene(name="Slate"), number=number, **fields)


@pytest.mark.parametrize(
    ("before", "now", "runs"),
    [
        ("soft light", "soft light", [Run("same", "soft light")]),
        (
            "soft light",
            "hard light",
            [Run("gone", "soft"), Run("new", "hard"), Run("same", "light")],
        ),
        ("", "dusk", [Run("new", "dusk")]),
        ("dusk", "", [Run("gone", "dusk")]),
        ("", "", []),
    ],
)
def test_words_are_marked_where_they_differ(before: str, now: str, runs: list[Run]) -> None:
    mood = words(version(2, mood=now), version(mood=before))[2]
    assert (mood.label, mood.runs) == ("Mood", runs)


def test_a_first_version_has_nothing_to_differ_from() -> None:
    assert words(version(mood="dusk"), None)[2].runs == [Run("same", "dusk")]
    assert dials(version(engine={"fill": 0.5}), None) == []


def test_dials_are_told_when_they_were_turned() -> None:
    before = version(engine={"light": {"height": 40}, "relight": True, "palette": ["#ffffff"]})
    now = version(2, engine={"light": {"height": 55}, "relight": False, "palette": ["#ffffff", "#000000"]})
    assert dials(now, before) == [
        Dial("Light, height", "40", "55"),
        Dial("Relight", "on", "off"),
        Dial("Palette", "#ffffff", "#ffffff #000000"),
    ]


def test_a_dial_at_its_usual_value_was_not_turned() -> None:
    assert dials(version(2, engine={"fill": 0.62}), version(engine={})) == []
