"""Sessions: a fresh one at the door, dead after leaving, never readable by scripts or without https."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from studio.models import User

SignIn = Callable[[User], Client]
HOME = Path(__file__).parents[2]
GOOD = {"username": "ines", "password": "correct horse battery"}
NEW = {"new_password1": "another long password", "new_password2": "another long password"}


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    return client


def cookie(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_session_that_somebody_prepared_is_left_at_the_door(marketer: User) -> None:
    prepared = import_module(settings.SESSION_ENGINE).SessionStore()
    prepared["bait"] = True
    prepared.save()
    client = with_cookie(prepared.session_key)
    client.post("/accounts/login/", GOOD)
    assert is_in(client)
    assert cookie(client) != prepared.session_key
    assert not is_in(with_cookie(prepared.session_key))


def test_an_invented_session_is_nobody(db: None) -> None:
    assert not is_in(with_cookie("a" * 32))


def test_signing_out_ends_the_session_everywhere_it_was_copied_to(sign_in: SignIn, marketer: User) -> None:
    client = sign_in(marketer)
    stolen = with_cookie(cookie(client))
    assert is_in(stolen)
    client.post("/accounts/logout/")
    assert not is_in(stolen)


def test_a_new_password_ends_every_other_session(sign_in: SignIn, marketer: User) -> None:
    here, elsewhere = sign_in(marketer), sign_in(marketer)
    before = cookie(here)
    here.post("/accounts/password_change/", NEW | {"old_password": GOOD["password"]})
    assert is_in(here)
    assert not is_in(elsewhere)
    assert not is_in(with_cookie(before))


def test_a_password_that_was_set_through_the_link_ends_every_session(
    client: Client, sign_in: SignIn, marketer: User
) -> None:
    User.objects.filter(pk=marketer.pk).update(email="ines@northfold.example")
    elsewhere = sign_in(marketer)
    client.post("/accounts/password_reset/", {"email": "ines@northfold.example"})
    form = client.get(str(mail.outbox[0].body).split("testserver")[1].split()[0])["Location"]
    client.post(form, NEW)
    assert not is_in(elsewhere)


def test_a_session_ends_with_its_fourteen_days(client: Client, marketer: User) -> None:
    """On our side too: a copied cookie knows no date."""
    client.post("/accounts/login/", GOOD)
    row = Session.objects.get(session_key=cookie(client))
    assert abs(row.expire_date - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)


def test_each_signing_in_is_a_session_of_its_own(marketer: User) -> None:
    client = Client()
    seen = set()
    for _ in range(3):
        client.post("/accounts/login/", GOOD)
        seen.add(cookie(client))
        client.post("/accounts/logout/")
    assert len(seen) == 3
    assert not any(is_in(with_cookie(old)) for old in seen)


def test_somebody_who_may_no_longer_come_in_is_out_at_once(sign_in: SignIn, marketer: User) -> None:
    client = sign_in(marketer)
    User.objects.filter(pk=marketer.pk).update(is_active=False)
    assert not is_in(client)


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The cookie settings of a production server."""
    ours = {
        "STUDIO_DATA": str(tmp_path_factory.mktemp("data")), "STUDIO_ENV": "production",
        "STUDIO_HOSTS": "studio.example", "STUDIO_SECRET_KEY": "k3y" * 5 + "".join(map(chr, range(65, 110))),
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))}
    program = (
        "import json, studio.settings as s;"
        "print(json.dumps({n: v for n, v in vars(s).items() if 'COOKIE' in n and n.isupper()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, env=kept | ours, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_cookies_of_production_are_for_this_host_and_https_alone(
    production: dict[str, object], settings: LazySettings, marketer: User
) -> None:
    for name, value in production.items():
        setattr(settings, name, value)
    client = Client()
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", GOOD, secure=True)
    assert {"__Host-session", "__Host-csrf"} <= set(client.cookies)
    for morsel in client.cookies.values():
        assert morsel.key.startswith("__Host-")
        assert (morsel["secure"], morsel["path"], morsel["domain"]) == (True, "/", "")
        assert morsel["samesite"] == "Lax"
    assert client.cookies["__Host-session"]["httponly"]
