"""What an archive is to hold, and what its files are called."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from studio.flow import naming
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import Brand


class ExportForm(forms.Form):
    """Starts from the brand's last names."""

    template = forms.CharField(
        required=False,
        strip=True,
        label="Names",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}),
    )
    skip = forms.BooleanField(
        required=False,
        label="Leave out what would fail",
        help_text="The manifest names each such file.",
    )
    approved = forms.BooleanField(
        required=False, label="Only approved pictures", help_text="Rejected ones never come along."
    )

    def __init__(self, data: Any, brand: Brand) -> None:
        usual = {"template": brand.export_template or naming.DEFAULT}
        super().__init__(data if "template" in data else {**data.dict(), **usual})
        self.full_clean()

    def clean_template(self) -> str:
        try:
            return naming.check(self.cleaned_data["template"])
        except Refused as no:
            raise ValidationError(say(no.code, **no.values).sentence) from no
