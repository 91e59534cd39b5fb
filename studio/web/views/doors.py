"""Coming in and going out, and the pages for when something is in the way."""

import sys
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse_lazy
from django.views.csrf import csrf_failure
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from studio.flow import disk, people
from studio.imaging.errors import Refused
from studio.messages import say
from studio.models import User
from studio.web import mail
from studio.web.access import Request, here, memberships
from studio.web.caps import most
from studio.web.forms.doors import ChangePasswordForm, NewPasswordForm, SignInForm, WelcomeForm
from studio.web.guessing import forgive, remembered

TOO_MUCH: Final = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@require_safe
def home(request: Request) -> HttpResponse:
    """The next step: the products of the brand that was seen last."""
    if not memberships(request):
        return render(request, "people/nowhere.html")
    return redirect("products", here(request).slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@sensitive_post_parameters()
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The first admin makes an account; the link works until there is one."""
    if not people.is_welcome(token):
        raise Http404
    if not people.needs_admin():
        return _welcomed_already(request)
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = people.first_admin(given["username"], given["email"], given["password1"])
        except Refused:  # somebody else was quicker
            return _welcomed_already(request)
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        return remembered(request, redirect("home"), person.username)
    return render(request, "welcome.html", {"form": form})


class SignIn(auth.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"needs_admin": people.needs_admin()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        name = form.get_user().get_username()
        forgive(self.request, name)
        return remembered(self.request, super().form_valid(form), name)


class SignOut(auth.LogoutView):
    http_method_names = ["post", "options"]


class ChangePassword(SuccessMessageMixin, auth.PasswordChangeView):  # type: ignore[type-arg]
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account")
    success_message = "Your password is changed."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}


class ResetPassword(auth.PasswordResetView):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"mails": mail.has_server()}


class ResetSent(auth.PasswordResetDoneView):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"mails": mail.has_server()}


class ResetConfirm(SuccessMessageMixin, auth.PasswordResetConfirmView):  # type: ignore[type-arg]
    """Who opened the link that was sent gets in with the new password, whatever others guess meanwhile."""

    form_class = NewPasswordForm
    success_url = reverse_lazy("login")
    success_message = "Your password is changed.\n\nSign in with the new one."

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        return remembered(self.request, super().form_valid(form), form.user.get_username())


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """What stands in for the sign-in page after too many tries."""
    return render(request, "registration/locked.html", status=429)


def _welcomed_already(request: HttpRequest) -> HttpResponse:
    return render(request, "invitations/closed.html", {"message": say("already_welcomed")}, status=410)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read; what is too much says how much is taken."""
    if not isinstance(exception, TOO_MUCH):
        return render(request, "400.html", status=400)
    message = say(
        "too_much",
        files=settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )
    return render(request, "400.html", {"message": message}, status=413)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. What was too big to be read had one, maybe; it says how much is taken."""
    if not (unread := getattr(request, "unread", 0)):
        return csrf_failure(request, reason)
    message = say("too_many_bytes", bytes=unread, limit=most(request))
    return render(request, "400.html", {"message": message}, status=413)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: either may be what broke. 507 when there was no room."""
    full = disk.is_full(sys.exc_info()[1])
    context = {
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
        "full": say("disk_full") if full else None,
    }
    return HttpResponse(loader.get_template("500.html").render(context), status=507 if full else 500)
