"""What a person may change about themselves, and an admin about others."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from studio.models import Role, User
from studio.web.forms.doors import NOT_YOURS
from studio.web.guessing import knows


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic when it runs
    """A link for a new password goes to the e-mail address, so only who knows the password changes it."""

    password = forms.CharField(
        label="Current password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Needed for another e-mail address.",
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "shortcuts")
        labels = {"email": "E-mail", "shortcuts": "Single-key shortcuts"}
        help_texts = {
            "email": "A link for a new password goes here.",
            "shortcuts": "a approves, r rejects, / searches, ? lists them all. They rest in fields.",
        }

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    @sensitive_variables("password")
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if "email" in self.changed_data and "email" in self.cleaned_data:
            if not password:
                raise forms.ValidationError("Type your password to change the e-mail address.")
            if not knows(self.request, password):
                raise forms.ValidationError(NOT_YOURS)
        return password


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role.choices, coerce=lambda role: Role(int(role)))


class InviteForm(RoleForm):
    note = forms.CharField(
        label="For whom",
        max_length=120,
        required=False,
        help_text="A name or an e-mail, to tell links apart.",
    )
    field_order = ("note", "role")
