"""Keys, passwords, sessions and links stay where they belong, whatever fails."""

import io
import logging
import pickle
from collections.abc import Callable, Iterator

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django_q.models import OrmQ

from studio.flow import intake, people, review
from studio.flow import render as renders
from studio.imaging.errors import Refused
from studio.logs import OneLine
from studio.models import Brand, State, User
from studio.web.views import products
from tests import cast, pictures

SignIn = Callable[[User], Client]
KEY = "canary-key-" + "k" * 50
FIRST_PASSWORD, RIGHT, WRONG, NEW = (
    "canary-first-7c1",
    "canary-right-7c1",
    "canary-wrong-7c1",
    "canary-new-7c1x",
)


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


def test_no_failure_tells_a_secret(
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    brand: Brand,
    log: io.StringIO,
    django_capture_on_commit_callbacks: object,
) -> None:
    settings.SECRET_KEY, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = KEY, 1000
    settings.FIRST_ADMIN = {"username": "root", "email": "root@northfold.example", "password": FIRST_PASSWORD}
    admin = people.first_admin(**settings.FIRST_ADMIN)
    admin.set_password(RIGHT)
    admin.save()
    ines = Client(raise_request_exception=False)
    pages = [ines.post("/accounts/login/", {"username": "root", "password": RIGHT})]
    session = ines.cookies["sessionid"].value
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        pages += [*provoke(ines, brand), *fail(ines, brand, monkeypatch)]
    assert {400, 403, 404, 405, 413, 422, 500} <= {page.status_code for page in pages}
    token = str(mail.outbox[0].body).split("/accounts/reset/")[1].split("/")[1]
    said = [*(page.content.decode(errors="replace") for page in pages), log.getvalue(), *rows(), *queue()]
    for secret in (KEY, FIRST_PASSWORD, RIGHT, WRONG, NEW, session, token, people.welcome_token()):
        assert len(secret) > 10
        assert [text[:200] for text in said if secret in text] == []
    assert OrmQ.objects.exists()
    assert AccessAttempt.objects.exists()
    assert "Internal Server Error" in log.getvalue()


def provoke(browser: Client, brand: Brand) -> Iterator[object]:
    """Requests that are wrong in every way that has an answer of its own."""
    upload, strict = f"/b/{brand.slug}/products/upload/", Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    yield browser.get("/account/", headers={"host": "elsewhere.example"})
    yield strict.post("/accounts/password_change/", {"old_password": RIGHT, "new_password1": NEW})
    yield browser.get("/nowhere/")
    yield browser.get(f"/welcome/{people.welcome_token()}/")
    yield browser.put(upload)
    yield browser.post(upload, {f"field-{number}": WRONG for number in range(1010)})
    yield browser.post(upload, {"file": io.BytesIO(pictures.packshot()[:3000])})
    yield browser.post(
        upload, {"file": io.BytesIO(pictures.packshot()[:3000])}, headers={"HX-Request": "true"}
    )
    yield browser.post("/accounts/password_change/", {"old_password": WRONG, "new_password1": NEW})
    outside = Client()
    yield outside.post("/accounts/login/", {"username": "root", "password": WRONG})
    yield outside.post("/accounts/password_reset/", {"email": "root@northfold.example"})
    link = str(mail.outbox[0].body).split("testserver")[1].split()[0]
    yield outside.get(link)
    yield outside.post(link, {"new_password1": NEW, "new_password2": WRONG})


def fail(browser: Client, brand: Brand, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Pages and work that break on our side."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("it broke")

    one = cast.render(cast.shoot(brand, launched=True))
    renders.work()
    one.refresh_from_db()
    if one.state == State.FAILED:
        review.retry(one)
    with pytest.raises(Refused):
        intake.receive(brand, None, "MUG.jpg", b"\xff\xd8\xff" + bytes(500))
    intake.receive(brand, None, "CUP.jpg", pictures.packshot())
    with monkeypatch.context() as patch:
        patch.setattr(products, "packs", breaks)
        yield browser.get(f"/b/{brand.slug}/products/")
    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.auth.forms.SetPasswordMixin.validate_passwords", breaks)
        words = {"old_password": RIGHT, "new_password1": NEW, "new_password2": NEW}
        yield browser.post("/accounts/password_change/", words)


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
