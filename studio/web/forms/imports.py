"""Which column of a list holds what."""

from typing import Final

from django import forms

from studio.flow.mapping import Mapping, is_data
from studio.flow.table import Table
from studio.messages import say

LABELS: Final = {  # a field, its label, and what happens with it
    "sku": ("SKU", "Tells the product. One that is here already is changed, not made again."),
    "name": ("Name", "Empty cells change nothing; a new product without one is called by its SKU."),
    "description": ("Description", "Goes word for word into every prompt. Empty cells change nothing."),
    "source": ("Packshot", "A file name in the archive, or an https address. Several with | between them."),
}


class MappingForm(forms.Form):
    """One choice for each field of ours, with a few values of each column."""

    def __init__(self, table: Table, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        columns = [(str(index), _named(table, index)) for index in range(len(table.header))]
        for name, (label, told) in LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                help_text=told,
                required=name == "sku",
                choices=[("", "Not in the list"), *columns],
                error_messages={"required": "A product is known by its SKU: choose its column."},
            )
        if self.initial.get("headless") or is_data(table):
            self.fields["headless"] = forms.BooleanField(
                label="The first line is data",
                help_text="It looks like those below, so it is a product. Untick this if it names columns.",
                required=False,
            )

    def clean(self) -> dict[str, object]:
        """A column holds one thing: the later field that has it again is the wrong one."""
        chosen: dict[str, object] = {}
        for name, column in [(name, self.cleaned_data.get(name, "")) for name in LABELS]:
            if column and column in chosen.values():
                named = dict(self.fields[name].choices)[column].partition(":")[0]  # type: ignore[attr-defined]
                self.add_error(name, say("mapping_twice", column=named).sentence)
            chosen[name] = column
        return chosen | {"headless": self.cleaned_data.get("headless", False)}

    @property
    def mapping(self) -> Mapping:
        return {name: int(self.cleaned_data[name]) for name in LABELS if self.cleaned_data[name]}

    @property
    def headless(self) -> bool:
        """Whether the first line is data, like those below it."""
        return bool(self.cleaned_data["headless"])


def _named(table: Table, index: int) -> str:
    """`Title (Speckled mug, Cup, Jar)`: the column as the list calls it, and what it holds."""
    name = table.header[index] or f"Column {index + 1}"
    samples = ", ".join(f"{value[:28]}…" if len(value) > 28 else value for value in table.samples(index))
    return f"{name}: {samples}" if samples else f"{name}: empty"
