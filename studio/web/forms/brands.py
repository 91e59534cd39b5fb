"""What an admin says about a brand."""

from django import forms

BRIEF = 600  # as long as the words of a scene


class NewBrandForm(forms.Form):
    name = forms.CharField(max_length=80)


class BrandForm(NewBrandForm):
    brief = forms.CharField(
        max_length=BRIEF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Sent word for word in every prompt.",
    )
