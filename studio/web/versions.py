"""What a version of a scene changed: words taken out and put in, dials turned."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from studio.models import SceneVersion
from studio.web.forms.engine import flat

_WORDS: Final = {"surface": "Surface", "light": "Light", "mood": "Mood", "keep": "Keep the product"}


@dataclass(frozen=True)
class Run:
    """Some words in a row; `kind` is "same", "new" or "gone"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Words:
    label: str
    runs: list[Run]


@dataclass(frozen=True)
class Dial:
    label: str
    before: str
    now: str


def words(version: SceneVersion, before: SceneVersion | None) -> list[Words]:
    """Each text of the version, marked where it differs; unmarked when nothing came before."""
    return [
        Words(label, list(_runs(getattr(before or version, field), getattr(version, field))))
        for field, label in _WORDS.items()
    ]


def dials(version: SceneVersion, before: SceneVersion | None) -> list[Dial]:
    """The engine's values that the version turned."""
    was, now = flat((before or version).engine), flat(version.engine)
    return [Dial(_label(name), _said(was[name]), _said(now[name])) for name in now if was[name] != now[name]]


def _runs(before: str, now: str) -> Iterator[Run]:
    old, new = before.split(), now.split()
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Run("same", " ".join(new[c:d]))
            continue
        if b > a:
            yield Run("gone", " ".join(old[a:b]))
        if d > c:
            yield Run("new", " ".join(new[c:d]))


def _label(name: str) -> str:
    return name.replace(".", ", ").replace("_", " ").capitalize()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(value) if isinstance(value, tuple) else str(value)
