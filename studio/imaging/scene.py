"""The vocabulary of the embedded engine: a scene is a table of named values, never code.

`Scene.parse` reads the table that an admin edits; `Scene.FIELDS` describes every value for forms and help.
"""

import re
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, Final

MATERIALS: Final = (
    "none", "plain", "paper", "plaster", "linen", "concrete", "stone", "slate", "marble", "wood", "terrazzo",
    "sand", "snow", "water",
)  # fmt: skip
WALLS: Final = ("none", "plain", "paper", "plaster", "linen", "concrete", "stone", "wood", "blurred")
SETS: Final = ("cafe", "garden", "night", "hills")
GOBOS: Final = ("none", "window", "leaves", "blinds")
PROPS: Final = ("none", "podium", "plinth")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


class SceneError(ValueError):
    """A value that the vocabulary lacks: `field` is its dotted name, `allowed` what would be right."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{field}: {value!r} is not allowed; use {allowed}")
        self.field, self.value, self.allowed = field, value, allowed


@dataclass(frozen=True)
class Rule:
    """What one value may be. `kind` is choice, number, colour, colours or switch."""

    kind: str
    help: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0

    @property
    def allowed(self) -> str:
        return {
            "choice": "one of " + ", ".join(self.choices),
            "number": f"a number from {self.low:g} to {self.high:g}",
            "colour": "a colour as #rrggbb",
            "colours": "one to eight colours as #rrggbb",
            "switch": "true or false",
        }[self.kind]

    def read(self, name: str, value: Any) -> Any:
        """The value as the engine uses it. Raises SceneError."""
        if self.kind == "colours" and isinstance(value, list | tuple):
            value = tuple(value)
        if not self._fits(value):
            raise SceneError(name, value, self.allowed)
        return float(value) if self.kind == "number" else value

    def _fits(self, value: Any) -> bool:
        if self.kind == "number":
            return _is_number(value) and self.low <= float(value) <= self.high
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "choice":
            return value in self.choices
        if self.kind == "colour":
            return _is_colour(value)
        return isinstance(value, tuple) and 1 <= len(value) <= 8 and all(_is_colour(one) for one in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _choice(default: str, choices: tuple[str, ...], help: str) -> Any:
    return field(default=default, metadata={"rule": Rule("choice", help, choices=choices)})


def _number(default: float, help: str, low: float = 0.0, high: float = 1.0) -> Any:
    return field(default=default, metadata={"rule": Rule("number", help, low=low, high=high)})


def _colour(default: str, help: str) -> Any:
    return field(default=default, metadata={"rule": Rule("colour", help)})


@dataclass(frozen=True)
class Ground:
    """What the product stands on."""

    material: str = _choice("plain", MATERIALS, "surface; none leaves the product alone on the wall's colour")
    colour: str = _colour("#d8d4ce", "main colour")
    accent: str = _colour("#8a8278", "colour of veins, grain, chips or smears")
    gloss: float = _number(0.1, "how much it mirrors")
    relief: float = _number(0.4, "how rough it looks in raking light; how high water ripples")
    scale: float = _number(1.0, "size of the pattern", 0.3, 4.0)


@dataclass(frozen=True)
class Wall:
    """What is behind the product."""

    material: str = _choice(
        "plain", WALLS, "surface; blurred is a place far out of focus, none is transparent"
    )
    colour: str = _colour("#e6e2dc", "colour at the bottom")
    upper: str = _colour("#e6e2dc", "colour at the top")
    glow: float = _number(0.2, "pool of light behind the product")
    relief: float = _number(0.4, "how rough it looks in raking light")
    set: str = _choice("cafe", SETS, "what is out of focus, for blurred walls")


@dataclass(frozen=True)
class Light:
    """The key light and what fills its shadows."""

    direction: float = _number(
        -50, "degrees: 0 from the camera, 90 from the right, 180 from behind", -180, 180
    )
    height: float = _number(45, "degrees above the ground", 10, 85)
    hardness: float = _number(0.4, "0 a large soft window, 1 bare sun")
    colour: str = _colour("#ffffff", "colour of the key light")
    strength: float = _number(1.0, "exposure of the key light", 0.2, 2.0)
    fill: float = _number(0.5, "how bright the shadows stay")
    fill_colour: str = _colour("#ffffff", "colour of the shadows")
    pool: float = _number(0.0, "0 even light, 1 a narrow pool around the product")
    gobo: str = _choice("none", GOBOS, "pattern that the light falls through")


@dataclass(frozen=True)
class Prop:
    """An abstract thing under the product."""

    kind: str = _choice(
        "none", PROPS, "what the product is placed on: a podium is tall, a plinth a low, wide disc"
    )
    colour: str = _colour("#e8d8d0", "its colour")


@dataclass(frozen=True)
class Finish:
    """What lens and film add."""

    depth_of_field: float = _number(0.4, "how fast the set falls out of focus")
    grain: float = _number(0.25, "film grain")
    vignette: float = _number(0.25, "darker corners")
    bloom: float = _number(0.2, "glow around highlights")


@dataclass(frozen=True)
class Scene:
    """A set, its light and its lens. Immutable, hashable, comparable."""

    FIELDS: ClassVar[dict[str, Rule]]

    ground: Ground = field(default_factory=Ground)
    wall: Wall = field(default_factory=Wall)
    light: Light = field(default_factory=Light)
    prop: Prop = field(default_factory=Prop)
    finish: Finish = field(default_factory=Finish)
    horizon: float = _number(
        0.3, "where the ground ends behind the product, in product heights above its foot", 0.05, 0.85
    )
    sweep: float = _number(0.0, "0 a sharp corner between ground and wall, 1 a seamless sweep")
    steam: float = _number(0.0, "a wisp rising behind the product")
    fill: float = _number(0.62, "share of the frame that the product fills", 0.2, 0.9)
    relight: bool = field(
        default=True,
        metadata={
            "rule": Rule("switch", "shade and tint the product with the scene; off keeps its exact pixels")
        },
    )
    clear_glass: bool = field(
        default=False,
        metadata={
            "rule": Rule(
                "switch", "show the set through clear panes; for glassware only, white things would clear too"
            )
        },
    )
    palette: tuple[str, ...] = field(
        default=("#ffb45e", "#ffd9a0", "#ff8a3c"),
        metadata={
            "rule": Rule("colours", "lights of a blurred wall; hills from the farthest to the nearest")
        },
    )

    @property
    def bare(self) -> bool:
        """Whether there is nothing but pure white around the product, or nothing at all."""
        wall = self.wall
        white = wall.material == "plain" and {wall.colour.lower(), wall.upper.lower()} == {"#ffffff"}
        return self.ground.material == "none" and (white or wall.material == "none")

    @classmethod
    def parse(cls, values: dict[str, object]) -> "Scene":
        """A scene from a plain table as JSON or TOML give it. Raises SceneError at the first wrong value."""
        scene: Scene = _read(cls, values, "")
        if scene.wall.material == "none" != scene.ground.material:
            raise SceneError("wall.material", "none", "none only where ground.material is none too")
        return scene

    @property
    def is_transparent(self) -> bool:
        """Whether its pictures have an alpha channel: the product and nothing else."""
        return self.wall.material == self.ground.material == "none"


def _read(kind: Any, values: object, path: str) -> Any:
    if not isinstance(values, dict):
        raise SceneError(path.rstrip("."), values, "a table")
    known = {one.name: one for one in fields(kind)}
    for name in values:
        if name not in known:
            raise SceneError(path + str(name), values[name], "one of " + ", ".join(known))
    return kind(**{name: _read_one(known[name], value, path + name) for name, value in values.items()})


def _read_one(one: Field[Any], value: object, name: str) -> Any:
    if "rule" in one.metadata:
        return one.metadata["rule"].read(name, value)
    return _read(one.default_factory, value, name + ".")


def _describe(kind: Any, path: str = "") -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for one in fields(kind):
        if one.default_factory is not MISSING and is_dataclass(one.default_factory):
            rules |= _describe(one.default_factory, path + one.name + ".")
        else:
            rules[path + one.name] = one.metadata["rule"]
    return rules


Scene.FIELDS = _describe(Scene)
