"""What a person may change about themselves, and an admin about others."""

from django import forms

from studio.models import Role, User


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic when it runs
    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "shortcuts")
        labels = {"email": "E-mail", "shortcuts": "Single-key shortcuts"}
        help_texts = {
            "email": "A link for a new password goes here.",
            "shortcuts": "a approves, r rejects, / searches, ? lists them all. They rest in fields.",
        }


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
