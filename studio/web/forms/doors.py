"""Forms at the door."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm

from studio.models import User


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": (
            "This name and password do not belong together. After 10 tries there is a pause of 15 minutes."
        ),
    }


class WelcomeForm(UserCreationForm):  # type: ignore[type-arg]  # not generic when it runs
    """Somebody new: a name, an address for password links, a password twice."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    class Meta:
        model = User
        fields = ("username", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["username"].help_text = "Letters, digits and @ . + - _"
        self.fields["password1"].help_text = "10 characters or more, not a common one."
        self.fields["password2"].label = "Password again"
        self.fields["password2"].help_text = ""
