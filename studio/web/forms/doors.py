"""Forms at the door."""

from typing import Any, Final

from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    SetPasswordForm,
    UserCreationForm,
)
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from studio.models import User
from studio.web.guessing import knows, one_at_a_time

NOT_YOURS: Final = "This is not your password. After 10 tries there is a pause of 15 minutes."


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": (
            "This name and password do not belong together. After 10 tries there is a pause of 15 minutes."
        ),
    }

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        with one_at_a_time(self.request, self.cleaned_data.get("username", "")):
            return super().clean()


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
        _label(self, "password1", "password2", "Password")


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, "new_password1", "new_password2", "New password")


class ChangePasswordForm(PasswordChangeForm):
    """Who stole a session does not get to guess the password here: wrong ones count as at the door."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "Current password"
        _label(self, "new_password1", "new_password2", "New password")

    @sensitive_variables("password")
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not knows(self.request, password):
            raise forms.ValidationError(NOT_YOURS)
        return password


def _label(form: "forms.Form | forms.ModelForm[User]", first: str, second: str, label: str) -> None:
    form.fields[first].label, form.fields[second].label = label, f"{label} again"
    form.fields[first].help_text = "10 characters or more, not a common one."
    form.fields[second].help_text = ""
