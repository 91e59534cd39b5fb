"""What an admin says about a placement."""

from typing import Any, Final

from django import forms

from studio.flow.placement import BYTES, PIXELS, SAFE, SIDES, WRITTEN, Outline, formats_of
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Placement

FIELD_OF: Final = {  # where a refusal is told; {side} is filled in
    "placement_pixels": "{side}", "placement_least": "min_{side}", "placement_safe": "safe_{side}",
    "placement_formats": "formats", "placement_limit": "max_kb", "placement_name_taken": "name",
}  # fmt: skip

BACKGROUND_WORDS: Final = (  # those of imaging/channel_rules.py
    "Files are checked by these words: white; transparent, where that is as good; avoid transparency; "
    "lifestyle, for channels that want a scene; CMYK; at least 85 % of frame, or 75-90 % of frame. "
    "A rule that begins with free or none asks for no ground."
)
NOTES_WORDS: Final = (
    "A sentence about real photos, or about enlarged pictures being refused, is told with every file."
)


def _pixels(label: str, required: bool = True) -> forms.IntegerField:
    low, high = PIXELS if required else (1, PIXELS[1])
    told = f"{low} to {high:,} pixels."
    wrong = {"min_value": told, "max_value": told}
    return forms.IntegerField(
        label=label, required=required, min_value=low, max_value=high, error_messages=wrong
    )


def _margin(label: str) -> forms.FloatField:
    told = f"0 to {SAFE:g} %%."  # filled in by Django
    wrong = {"min_value": told, "max_value": told}
    attrs = {"step": "any"}
    widget = forms.NumberInput(attrs=attrs)
    return forms.FloatField(
        label=label, required=False, min_value=0, max_value=SAFE, error_messages=wrong, widget=widget
    )


class SketchForm(forms.Form):
    """What is drawn while it is typed."""

    width = _pixels("Width in pixels")
    height = _pixels("Height in pixels")
    safe_top = _margin("Top %")
    safe_bottom = _margin("Bottom %")
    safe_left = _margin("Left %")
    safe_right = _margin("Right %")

    @property
    def safe(self) -> tuple[float, float, float, float]:
        """Percent; a margin that is empty or wrong counts as none."""
        top, bottom, left, right = (self.cleaned_data.get(f"safe_{side}") or 0.0 for side in SIDES)
        return top, bottom, left, right


class PlacementForm(SketchForm):
    channel = forms.CharField(
        max_length=40, help_text="Where it is shown.", widget=forms.TextInput(attrs={"list": "channels"})
    )
    name = forms.CharField(max_length=80, help_text="Unique in its channel.")
    formats = forms.MultipleChoiceField(
        choices=[(name, name) for name in WRITTEN],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        required=False,
        help_text="The best of them that fits is written.",
    )
    others = forms.CharField(
        label="Others",
        max_length=40,
        required=False,
        help_text="Kept as text; the studio does not write them.",
    )
    max_kb = forms.IntegerField(
        label="File limit in kB",
        required=False,
        min_value=1,
        max_value=BYTES[1] // 1000,
        help_text="1 MB is 1,000 kB. Empty for none.",
    )
    min_width = _pixels("Smallest width", required=False)
    min_height = _pixels("Smallest height", required=False)
    background_rule = forms.CharField(
        label="Background", max_length=300, required=False, help_text=BACKGROUND_WORDS
    )
    notes = forms.CharField(
        max_length=600, required=False, help_text=NOTES_WORDS, widget=forms.Textarea(attrs={"rows": 2})
    )
    shared = forms.BooleanField(required=False, label="Shared by all brands", help_text="Staff change it.")

    def outline(self) -> Outline:
        given = self.cleaned_data
        alike = ("channel", "name", "width", "height", "formats", "min_width", "min_height",
                 "background_rule", "notes")  # fmt: skip
        return Outline(
            **{name: given[name] for name in alike},
            others=[given["others"]] if given["others"] else [],
            max_bytes=given["max_kb"] * 1000 if given["max_kb"] else None,
            safe=self.safe,
        )

    def tell(self, refusal: Refused) -> None:
        """Puts the refusal's sentence where its value was typed."""
        message = say(refusal.code, **refusal.values)
        field = FIELD_OF[refusal.code].format(side=refusal.values.get("side", ""))
        self.add_error(field, message.sentence)


def said(placement: Placement) -> dict[str, Any]:
    """The placement as the form shows it."""
    formats, others = formats_of(placement.formats)
    alike = ("channel", "name", "width", "height", "min_width", "min_height", "background_rule", "notes")
    margins = {f"safe_{side}": f"{value:g}" for side, value in zip(SIDES, placement.safe, strict=True)}
    most = placement.max_bytes
    return {name: getattr(placement, name) for name in alike} | margins | {
        "formats": formats, "others": "; ".join(others), "max_kb": most // 1000 if most else None,
    }  # fmt: skip
