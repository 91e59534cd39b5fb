"""What a person may change about themselves."""

from django import forms

from studio.models import User


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic when it runs
    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "shortcuts")
        labels = {"email": "E-mail", "shortcuts": "Single-key shortcuts"}
        help_texts = {
            "email": "A link for a new password goes here.",
            "shortcuts": "a approves, r rejects, / searches, ? lists them all. They rest in fields.",
        }
