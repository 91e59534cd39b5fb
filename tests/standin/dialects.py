"""The models as rows: ids, reference fields, ratios, resolutions and the rules between fields."""

from dataclasses import dataclass, field, replace
from typing import Final

A: Final = (
    "auto", "1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "2:1", "1:2", "3:1", "1:3",
    "21:9", "9:21",
)  # fmt: skip
B: Final = tuple(one for one in A if one not in ("2:1", "1:2", "3:1", "1:3", "9:21"))
D: Final = (
    "auto", "1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9", "27:16", "16:27", "9:8", "8:9",
)  # fmt: skip
E: Final = (
    "1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "auto",
    "1024x1024", "1536x1024", "1024x1536", "1536x1152", "1152x1536",
    "2048x2048", "2048x1152", "1152x2048", "3840x2160", "2160x3840",
)  # fmt: skip
RESOLUTIONS: Final = ("1K", "2K", "4K")
BACKGROUND: Final = {"background": ("auto", "opaque", "transparent")}
MB: Final = 1_000_000


@dataclass(frozen=True)
class Bar:
    """These values of one field do not go with this value of another. `unless` names a leniency."""

    field: str
    value: str
    other: str
    barred: frozenset[str]
    unless: str = ""


def bar(field: str, value: str, other: str, barred: str, unless: str = "") -> Bar:
    return Bar(field, value, other, frozenset(barred.split()), unless)


SQUARE_4K: Final = bar("resolution", "4K", "aspect_ratio", "1:1")
DEFAULT_RULES: Final = (
    bar("resolution", "2K", "aspect_ratio", "auto 5:4 4:5 3:1 1:3 9:21"),
    bar("resolution", "4K", "aspect_ratio", "auto 3:1 1:3 9:21"),
    bar("resolution", "2K", "background", "auto opaque transparent"),
    bar("resolution", "4K", "background", "auto opaque transparent"),
)
BACKGROUND_RULES: Final = DEFAULT_RULES[2:]


@dataclass(frozen=True)
class Model:
    """One (model, route). `choices` are its enumerated fields; `required` ones have no default."""

    id: str
    route: str = ""
    references: str = ""
    most: int = 0
    least: int = 0
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    rules: tuple[Bar, ...] = ()
    prompt: int = 20_000
    size: bool = False
    data_urls: bool = True
    reference_bytes: int = 30 * MB
    reference_pixels: int = 50 * MB

    @property
    def priced_as(self) -> str:
        return f"{self.id}@{self.route}" if self.route else self.id

    @property
    def fields(self) -> tuple[str, ...]:
        names = ("prompt", self.references, *self.choices, "size" if self.size else "")
        return tuple(name for name in names if name)


def _choices(ratios: tuple[str, ...], **more: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"aspect_ratio": ratios, "resolution": RESOLUTIONS, **more}


_PLAIN = {"aspect_ratio": "auto", "resolution": "1K"}
_QUALITY = ("low", "medium", "high")
_EDIT = "gpt-image-2/image-to-image"
_CREATE = "gpt-image-2/text-to-image"

_default_edit = Model(
    _EDIT, "", "input_urls", 16, 1, _choices(A, **BACKGROUND), _PLAIN,
    rules=(*DEFAULT_RULES, replace(SQUARE_4K, unless="square_4k")),
)  # fmt: skip
_default_create = Model(
    _CREATE, choices=_choices(A, **BACKGROUND), defaults=_PLAIN, rules=(*DEFAULT_RULES, SQUARE_4K)
)
_ext_edit = Model(
    _EDIT, "ext", "image_urls", 6, 1, _choices(A, quality=_QUALITY), {"aspect_ratio": "auto"},
    required=("resolution", "quality"), reference_bytes=20 * MB,
)  # fmt: skip


def _mode(name: str) -> tuple[Model, Model]:
    edit = Model(
        f"{name}/image-to-image", "", "image_urls", 16, 1, _choices(D, **BACKGROUND), _PLAIN,
        rules=BACKGROUND_RULES, prompt=8_000, reference_pixels=20 * MB,
    )  # fmt: skip
    return edit, replace(edit, id=f"{name}/text-to-image", references="", most=0, least=0)


def _pro(name: str) -> Model:
    return Model(
        name, "pro", "image_urls", 16, 0,
        {
            "aspect_ratio": E,
            "quality": (*_QUALITY, "xhigh", "max", "auto"),
            **BACKGROUND,
            "output_format": ("png", "jpeg", "webp"),
        },
        {"aspect_ratio": "1:1", "quality": "medium", "output_format": "webp"},
        rules=(bar("background", "transparent", "output_format", "jpeg"),), prompt=8_000, data_urls=False,
    )  # fmt: skip


MODELS: Final = (
    _default_edit,
    _ext_edit,
    _default_create,
    replace(_ext_edit, id=_CREATE, references="", most=0, least=0, defaults={"aspect_ratio": "1:1"}),
    Model(_CREATE, "beta", size=True, defaults={"size": "auto"}),
    replace(_default_edit, id="gpt-image-2-image-to-image", most=5, choices=_choices(A)),
    replace(_default_create, id="gpt-image-2", choices=_choices(A)),
    *_mode("gpt-image-2.5-flare"),
    *_mode("gpt-image-2.5-sunburst"),
    _pro("gpt-image-2.5-flare"),
    _pro("gpt-image-2.5-sunburst"),
)
ROWS: Final = {(model.id, model.route): model for model in MODELS}
SINGLE: Final = replace(_default_edit, references="image", most=1, choices=_choices(B))
"""The edit model when the input speaks the older dialect: one reference in `image`."""


def routes(name: str) -> list[str]:
    """Of a model id, the default one as `default`; empty for an id that is not sold (any more)."""
    return [route or "default" for model, route in ROWS if model == name]
