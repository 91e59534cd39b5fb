"""HiAPI's models as rows of dialects.toml: what each can make, and how it wants to be asked."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from studio.imaging.ratios import LONG_SIDES, RATIOS, crop_loss, parts
from studio.providers.base import Model, Order
from studio.providers.errors import Declined

FILE: Final = Path(__file__).with_name("dialects.toml")
APIS: Final = ("tasks", "chat")
FORMS: Final = ("none", "list", "single", "parts")
LINK: Final = ("https://", "http://")


@dataclass(frozen=True)
class Row:
    """One model by one way of asking for it. dialects.toml says what each field means."""

    key: str
    name: str
    model: str
    ratios: tuple[str, ...]
    api: str = "tasks"
    route: str = ""
    reference_field: str = ""
    reference_form: str = "none"
    least: int = 0
    most: int = 0
    data_urls: bool = True
    resolutions: tuple[str, ...] = tuple(LONG_SIDES)
    bars: Mapping[str, Sequence[str]] = field(default_factory=dict)
    has_resolution: bool = True
    extras: Mapping[str, object] = field(default_factory=dict)
    prompt_limit: int = 20_000
    keeps_keys: bool = True
    draft: str = ""
    enabled: bool = True
    offered: bool = False

    @property
    def price_id(self) -> str:
        """The name of its row in the price list."""
        return f"{self.model}@{self.route}" if self.route else self.model

    def makes(self, ratio: str, resolution: str) -> bool:
        is_barred = ratio in self.bars.get(resolution, ())
        return ratio in self.ratios and resolution in self.resolutions and not is_barred

    def refuses(self, order: Order) -> Declined | None:
        """Why HiAPI would not take this order; None when it would."""
        if not self.enabled:
            return Declined("model_off", model=self.name)
        no = self._refuses_prompt(order.prompt) or self._refuses_references(order.references)
        return no or self._refuses_choice(order.ratio, order.resolution)

    def input(
        self, prompt: str, ratio: str, resolution: str, references: Sequence[object]
    ) -> dict[str, object]:
        """The `input` of a task, which is also what its price depends on; no field that may be refused.

        The parts of a chat message stand elsewhere, so such a row shows no references here.
        """
        shown = {self.reference_field: self._shown(references)} if self.reference_field and references else {}
        size = {"aspect_ratio": ratio} | ({"resolution": resolution} if self.has_resolution else {})
        return {"prompt": prompt, **shown, **size, **self.extras}

    def _shown(self, references: Sequence[object]) -> object:
        return references[0] if self.reference_form == "single" else list(references)

    def _refuses_prompt(self, prompt: str) -> Declined | None:
        if not prompt.strip():
            return Declined("prompt_missing")
        count = _utf16(prompt.strip())
        if count > self.prompt_limit:
            return Declined("prompt_too_long", model=self.name, count=count, limit=self.prompt_limit)
        return None

    def _refuses_references(self, references: Sequence[str]) -> Declined | None:
        count = len(references)
        if count < self.least:
            return Declined("references_few", model=self.name, count=count, limit=self.least)
        if count > self.most:
            return Declined("references_many", model=self.name, count=count, limit=self.most)
        if not self.data_urls and not all(one.startswith(LINK) for one in references):
            return Declined("references_by_link", model=self.name)
        return None

    def _refuses_choice(self, ratio: str, resolution: str) -> Declined | None:
        if self.makes(ratio, resolution):
            return None
        made = [one for one in RATIOS if self.makes(one, resolution)]
        nearest = [f"{one} at {at}" for one, at in self._nearest(ratio, resolution)]
        return Declined(
            "model_choice",
            model=self.name,
            ratio=ratio,
            resolution=resolution,
            makes=_listed(made) or "nothing",
            nearest=_listed(nearest),
        )

    def _nearest(self, ratio: str, resolution: str) -> list[tuple[str, str]]:
        """What can be made instead: the same or the most similar shape, at this or the next resolutions."""
        shape = self._nearest_shape(ratio, resolution)
        made = [one for one in self.resolutions if self.makes(shape, one)]
        if resolution in made:
            return [(shape, resolution)]
        side = LONG_SIDES.get(resolution, float("inf"))
        below = [one for one in made if LONG_SIDES[one] < side]
        above = [one for one in made if LONG_SIDES[one] > side]
        return [(shape, one) for one in below[-1:] + above[:1]]

    def _nearest_shape(self, ratio: str, resolution: str) -> str:
        made = [one for one in RATIOS if any(self.makes(one, at) for at in self.resolutions)]
        if ratio in made:
            return ratio
        here = [one for one in made if self.makes(one, resolution)]
        wide, high = parts(ratio) if ratio in RATIOS else (1, 1)
        return min(here or made, key=lambda one: crop_loss(one, wide, high))


@dataclass(frozen=True)
class Dialects:
    """Every row by its key, the usual one first."""

    rows: Mapping[str, Row]

    def of(self, key: str) -> Row:
        """The row, even one that is not enabled; an empty key is the usual one. Raises Declined."""
        usual = next((row.key for row in self.rows.values() if row.offered), "")
        row = self.rows.get(key or usual)
        if row is None:
            raise Declined("model_unknown", model=key, known=_listed(list(self.rows)))
        return row

    def offered(self) -> tuple[Model, ...]:
        return tuple(self._model(row) for row in self.rows.values() if row.offered)

    def enabled(self, key: str) -> bool:
        return key in self.rows and self.rows[key].enabled

    def _model(self, row: Row) -> Model:
        draft = row.draft if self.enabled(row.draft) else ""
        return Model(row.key, row.name, (row.least, row.most), draft)


def load(names: Sequence[str] = ()) -> Dialects:
    """The rows that come with Studio; `names` as in `parse`."""
    return parse(FILE.read_text("utf-8"), names)


def parse(text: str, names: Sequence[str] = ()) -> Dialects:
    """Rows from TOML. With `names`, those rows are enabled and they alone are offered, in this order.

    Raises ValueError for a row that makes no sense, Declined for a name without a row.
    """
    document = tomllib.loads(text)
    rows = {key: _row(key, values, document) for key, values in document["rows"].items()}
    if astray := [row.key for row in rows.values() if row.draft and row.draft not in rows]:
        raise ValueError(f"No row draws the drafts of {', '.join(astray)}")
    return Dialects(_chosen(rows, names) if names else rows)


def _chosen(rows: dict[str, Row], names: Sequence[str]) -> dict[str, Row]:
    named = {name: Dialects(rows).of(name) for name in names}
    wanted = {*named, *(row.draft for row in named.values())}
    return {
        key: replace(row, enabled=row.enabled or key in wanted, offered=key in named)
        for key, row in (named | rows).items()
    }


def _row(key: str, values: dict[str, Any], document: dict[str, Any]) -> Row:
    if unknown := values.keys() - {one.name for one in fields(Row)}:
        raise ValueError(f"Row {key} has unknown fields: {', '.join(sorted(unknown))}")
    for name in ("ratios", "bars"):
        if isinstance(values.get(name), str):
            values[name] = document[name][values[name]]
    values |= {name: tuple(values[name]) for name in ("ratios", "resolutions") if name in values}
    row = Row(key=key, **values)
    if problem := _problem(row):
        raise ValueError(f"Row {key}: {problem}")
    return row


def _problem(row: Row) -> str:
    if row.api not in APIS or row.reference_form not in FORMS:
        return f"api is one of {_listed(APIS)}, reference_form one of {_listed(FORMS)}"
    if not set(row.resolutions) <= LONG_SIDES.keys() or not set(row.ratios) & set(RATIOS):
        return "it makes none of our ratios, or a resolution that we do not know"
    if not 0 <= row.least <= row.most or (row.most > 0) == (row.reference_form == "none"):
        return "least, most and reference_form contradict each other"
    if row.reference_form == "single" and row.most > 1:
        return "a single reference is one at most"
    is_field = row.reference_form in ("list", "single")
    return "" if is_field == bool(row.reference_field) else "reference_field and reference_form contradict"


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _listed(words: Sequence[str]) -> str:
    """`a, b and c`"""
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last
