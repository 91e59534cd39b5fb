"""Guessing passwords: few tries are judged, and the owner's own browser is not held up by them.

Ten wrong passwords pause a name and an address for a quarter of an hour. A browser in which somebody signed
in before carries a mark for that name, and has ten tries of its own: guesses elsewhere do not count there.
"""

import fcntl
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.web.access import client_address

YEAR: Final = 3600 * 24 * 365
LOCKS: Final = 64  # lock files; names that share one wait for each other, no more


def name_counted(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name under which axes counts a try: that of the person, or of the person in a known browser."""
    name = str((credentials or request.POST).get("username") or "")
    browser = _browser(request, name)
    return f"{name} ({browser})" if browser else name


def counted_by(request: HttpRequest, credentials: dict[str, Any] | None) -> list[str]:
    """What axes counts by. Others at the address of a known browser do not hold it up either."""
    name = str((credentials or request.POST).get("username") or "")
    return ["username"] if _browser(request, name) else ["username", "ip_address"]


def remembered(request: HttpRequest, response: HttpResponse, name: str) -> HttpResponse:
    """Marks the browser as one in which `name` is at home. The mark names nobody and opens nothing."""
    browser = _browser(request, name) or secrets.token_hex(8)
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        f"{browser}.{_mark(browser, name)}",
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forgive(request: HttpRequest, name: str) -> None:
    """After the right password: slips under this name from here. Guesses at other names stay counted."""
    reset(ip=client_address(request), username=name_counted(request, {"username": name}))


def knows(request: HttpRequest, password: str) -> bool:
    """Whether it is the password of who is signed in. A wrong one counts as a wrong sign-in does."""
    name = request.user.get_username()
    with one_at_a_time(request, name):
        return authenticate(request, username=name, password=password) is not None


@contextmanager
def one_at_a_time(request: HttpRequest, name: str) -> Iterator[None]:
    """Tries under one name, or from one address, are judged one after another: a burst gains nothing."""
    credentials = {"username": name}
    counted = {"username": name_counted(request, credentials), "ip_address": client_address(request)}
    wanted = {_lock(f"{kind} {counted[kind]}") for kind in counted_by(request, credentials)}
    folder = settings.DATA / "locks"
    folder.mkdir(exist_ok=True)
    with ExitStack() as held:
        for lock in sorted(wanted):  # in one order, or two could wait for each other
            file = held.enter_context((folder / lock).open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@receiver(pre_save, sender=AccessAttempt)
def _keep_no_form(instance: AccessAttempt, **_: Any) -> None:
    """axes would store what was sent with a wrong password: other passwords, and links that are secrets."""
    instance.get_data = instance.post_data = ""


def _browser(request: HttpRequest, name: str) -> str:
    """The known browser's own word, or empty."""
    browser, _, mark = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "").partition(".")
    return browser if browser and constant_time_compare(mark, _mark(browser, name)) else ""


def _mark(browser: str, name: str) -> str:
    return salted_hmac("studio.browser", f"{browser} {name}", algorithm="sha256").hexdigest()


def _lock(what: str) -> str:
    number = int.from_bytes(hashlib.sha256(what.encode("utf-8", "replace")).digest()[:4]) % LOCKS
    return f"sign-in-{number}"
