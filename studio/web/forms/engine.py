"""The embedded engine's values as a form: one field a value, grouped as the vocabulary groups them."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from django import forms
from django.forms import BoundField

from studio.imaging.scene import Rule, Scene, SceneError

_GROUPS: Final = {
    "": "Frame",
    "ground": "Ground",
    "wall": "Wall",
    "light": "Light",
    "prop": "Prop",
    "finish": "Finish",
}


@dataclass(frozen=True)
class Group:
    name: str
    fields: list[BoundField]


class EngineForm(forms.Form):
    """`values()` gives the table that a version keeps. A new value in `Scene.FIELDS` is a new field here."""

    prefix = "engine"

    def __init__(self, values: dict[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=flat(values))
        for name, rule in Scene.FIELDS.items():
            self.fields[name] = _field(name, rule)

    def groups(self) -> Iterator[Group]:
        for key, title in _GROUPS.items():
            names = [name for name in self.fields if name.rpartition(".")[0] == key]
            yield Group(title, [self[name] for name in names])

    def values(self) -> dict[str, Any]:
        """Nested as the engine reads it."""
        table: dict[str, Any] = {}
        for path, value in self.cleaned_data.items():
            group, _, name = path.rpartition(".")
            (table.setdefault(group, {}) if group else table)[name] = value
        return table


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """What the version says, and usual values for the rest. A table that cannot be read gives usual ones."""
    try:
        scene = Scene.parse(values)
    except SceneError:
        scene = Scene()
    return {name: attrgetter(name)(scene) for name in Scene.FIELDS}


class ColoursField(forms.Field):
    """Colours with spaces between them."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else " ".join(value or ())

    def to_python(self, value: Any) -> list[str]:
        return (value or "").replace(",", " ").split()


def _field(name: str, rule: Rule) -> forms.Field:
    label = name.rpartition(".")[2].replace("_", " ").capitalize()
    field = _KINDS[rule.kind](rule)
    field.label, field.help_text = label, rule.help.capitalize()
    field.validators.append(_Obeys(name, rule))
    return field


class _Obeys:
    """A validator that asks the vocabulary's own rule."""

    def __init__(self, name: str, rule: Rule) -> None:
        self.name, self.rule = name, rule

    def __call__(self, value: object) -> None:
        try:
            self.rule.read(self.name, value)
        except SceneError as error:
            raise forms.ValidationError(f"{value} is not allowed; use {error.allowed}.") from error


def _choice(rule: Rule) -> forms.Field:
    return forms.ChoiceField(choices=[(choice, choice.capitalize()) for choice in rule.choices])


def _number(rule: Rule) -> forms.Field:
    step = 0.01 if rule.high - rule.low <= 5 else 1
    slider = forms.NumberInput(attrs={"type": "range", "step": step})
    return forms.FloatField(min_value=rule.low, max_value=rule.high, widget=slider)


def _colour(rule: Rule) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"type": "color"}))


def _colours(rule: Rule) -> forms.Field:
    return ColoursField()


def _switch(rule: Rule) -> forms.Field:
    return forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"class": "check"}))


_KINDS: Final = {
    "choice": _choice,
    "number": _number,
    "colour": _colour,
    "colours": _colours,
    "switch": _switch,
}
