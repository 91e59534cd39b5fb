"""What people ask of one picture: a change in words, more pixels, or which task is its own."""

from django import forms

from studio.flow.again import WISH
from studio.models import RESOLUTIONS, Basis

BASES = [(Basis.PARENT, "This picture"), (Basis.PACKSHOT, "The packshots")]


class EditForm(forms.Form):
    """`wish` is judged by the flow, which says what is wrong with it; here it is only taken in."""

    wish = forms.CharField(
        label="Edit in plain words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": WISH}),
        help_text="One change at a time. The picture stays; the edit is a new take.",
    )
    basis = forms.ChoiceField(choices=BASES, initial=Basis.PARENT, required=False)

    def clean_basis(self) -> Basis:
        return Basis(self.cleaned_data["basis"] or Basis.PARENT)


class FinalForm(forms.Form):
    resolution = forms.ChoiceField(choices=[(size, size) for size in RESOLUTIONS])


class AdoptForm(forms.Form):
    task = forms.RegexField(r"^[A-Za-z0-9_-]{1,100}$")
