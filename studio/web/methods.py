"""Addresses that only take what a form sends, and people who come to them otherwise."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

Answer = Callable[[HttpRequest], HttpResponse]


class SignInFirst(LoginRequiredMiddleware):
    """Who was signed out meanwhile comes back to the page where a button was pressed, not to its address."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(_page_before(request))


def page_for_wrong_methods(answer: Answer) -> Answer:
    """Middleware: they get a page, not an empty answer. It stands inside of those that find out who asks."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return answered


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
