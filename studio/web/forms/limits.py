"""Budgets as an admin writes them: dollars with two decimals, kept as whole micro-dollars."""

import re
from decimal import Decimal
from typing import Any, Final

from django import forms

MICRO: Final = 1_000_000
MOST: Final = Decimal(1_000_000)  # dollars: more is a slip of the hand
# A comma stands between thousands or not at all: `1,50` means another sum to every second reader.
_WRITTEN: Final = re.compile(r"-?([0-9]*|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


class DollarsField(forms.DecimalField):
    """Cleans to whole micro-dollars; None when it is left empty."""

    default_error_messages = {"invalid": "Write dollars and cents with a point: 1.50, 60 or 1,500.00."}

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "none"})
        super().__init__(
            required=False, min_value=0, max_value=MOST, decimal_places=2, widget=widget, **options
        )
        self.error_messages |= {
            "min_value": "It cannot be below zero.",
            "max_value": f"It cannot be above {MOST:,}.",
        }

    def to_python(self, value: Any) -> Any:
        """A dollar sign and commas between thousands are how people write money."""
        if not isinstance(value, str):
            return super().to_python(value)
        text = value.strip().removeprefix("$")
        if not _WRITTEN.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text.replace(",", ""))

    def clean(self, value: Any) -> int | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else int(amount * MICRO)

    def prepare_value(self, value: Any) -> Any:
        """What is kept, as people write it; what was typed stays as it was typed."""
        return f"{Decimal(value) / MICRO:.2f}" if isinstance(value, int) else value


class BudgetForm(forms.Form):
    budget = DollarsField(label="Budget of a month, in dollars")


class LimitForm(forms.Form):
    """`label` names whose limit it is, for those who do not see the row it stands in."""

    limit = DollarsField()

    def __init__(self, *args: Any, label: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["limit"].widget.attrs["aria-label"] = f"Dollars a day for {label}"
