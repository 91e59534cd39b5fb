"""Who opens an address that only takes what a form sends gets a page that says so, not an empty one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Answer = Callable[[HttpRequest], HttpResponse]


def page_for_wrong_methods(answer: Answer) -> Answer:
    """Middleware. It stands inside of those that find out who asks, since the page shows that."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return answered
