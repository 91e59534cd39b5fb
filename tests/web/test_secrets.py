"""Keys, passwords, sessions and links stay where they belong, whatever fails."""

import io
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils.log import AdminEmailHandler
from django_q.models import OrmQ

from studio import settings as shipped
from studio.flow import people
from studio.logs import OneLine
from studio.models import Brand
from tests.web.failures import NEW, PROVOKED, RIGHT, WEAK, WRONG, Hands, Way

KEY, FIRST_PASSWORD = "canary-key-" + "k" * 50, "canary-first-7c1"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the operator would read."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("", "django", "django-q", "axes")]
    for logger in loggers:
        logger.addHandler(handler)
    yield out
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def hands(settings: LazySettings, monkeypatch: pytest.MonkeyPatch, brand: Brand, log: io.StringIO) -> Hands:
    """A studio whose every secret is known to the test."""
    settings.SECRET_KEY = KEY
    settings.EMAIL_BACKEND = shipped.EMAIL_BACKEND
    cache.clear()
    noon = datetime.now()  # a reset link is the same whenever it is made
    monkeypatch.setattr(default_token_generator, "_now", lambda: noon)
    settings.FIRST_ADMIN = {"username": "root", "email": "root@northfold.example", "password": FIRST_PASSWORD}
    root = people.first_admin(**settings.FIRST_ADMIN)
    root.set_password(RIGHT)
    root.save()
    browser = Client(raise_request_exception=False)
    browser.post("/accounts/login/", {"username": "root", "password": RIGHT})
    return Hands(brand, root, browser, monkeypatch, settings)


def test_thirty_kinds_of_failure_are_known() -> None:
    assert len(PROVOKED) >= 30


@pytest.mark.parametrize(("ends", "way"), PROVOKED.values(), ids=PROVOKED)
def test_no_failure_tells_a_secret(
    hands: Hands,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Callable[..., object],
    ends: int | type[BaseException],
    way: Way,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        ended = way(hands)
    page = told(ended, ends)
    kept = [log.getvalue(), *capfd.readouterr(), *rows(), *queue()]
    for name, secret in secrets(hands).items():
        assert len(secret) >= 8
        said = kept if presented(ended, secret) else [page, *kept]
        assert [text[:200] for text in said if secret in text] == [], name
    assert mail.outbox == [], "something was sent past the shipped backend"


def test_where_it_is_looked_for_there_is_something(
    hands: Hands, log: io.StringIO, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        for name in ("a_wrong_password", "an_archive_that_cannot_be_built", "a_page_breaks"):
            PROVOKED[name][1](hands)
    assert AccessAttempt.objects.exists()
    assert list(queue())
    assert "Internal Server Error" in log.getvalue()
    assert "Traceback" in log.getvalue()


def test_nobody_is_sent_a_report() -> None:
    """Django's own would hold every value of every frame."""
    loggers = [logging.getLogger(name) for name in ("", *logging.root.manager.loggerDict)]
    handlers = [handler for logger in loggers for handler in logger.handlers]
    assert not [handler for handler in handlers if isinstance(handler, AdminEmailHandler)]


def secrets(hands: Hands) -> dict[str, str]:
    uid, token = hands.reset.strip("/").split("/")[-2:]
    return {
        "key": KEY, "first password": FIRST_PASSWORD, "password": RIGHT, "guess": WRONG, "new": NEW,
        "weak": WEAK, "session": hands.browser.cookies["sessionid"].value,
        "mark": hands.browser.cookies["browser"].value.split(".")[1], "reset link": token,
        "invitation": hands.invited, "welcome": people.welcome_token(),
    }  # fmt: skip


def told(ended: HttpResponse | BaseException, ends: int | type[BaseException]) -> str:
    """The page, or what a traceback would say; either is as it was foreseen."""
    if isinstance(ended, BaseException):
        assert isinstance(ended, ends)  # type: ignore[arg-type]
        return "".join(traceback.format_exception(ended))
    assert ended.status_code == ends
    return ended.content.decode(errors="replace")


def presented(ended: HttpResponse | BaseException, secret: str) -> bool:
    """Whether the answer is to somebody who came with the secret in the address: they know it."""
    request = getattr(ended, "wsgi_request", None)
    return request is not None and secret in request.get_full_path()


def rows() -> Iterator[str]:
    """Every value of every table, but for the sessions' own."""
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names()) - {Session._meta.db_table}:
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (f"{table}: {row}" for row in cursor.fetchall())


def queue() -> Iterator[str]:
    """What the queue's messages say once they are opened, in words and in bytes."""
    for message in OrmQ.objects.all():
        yield str(message.task)
        yield pickle.dumps(message.task).decode("latin-1")
