"""Without a mail server nobody's link is written down; the operator makes one when asked."""

import logging
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from studio import settings as shipped
from studio.launcher.claim import claim_data, note_address
from studio.models import User

EMAIL = "ines@northfold.example"
NEW = "another long password"


@pytest.fixture
def ines(marketer: User, settings: LazySettings) -> User:
    """Of a studio as it is shipped."""
    settings.EMAIL_BACKEND = shipped.EMAIL_BACKEND
    cache.clear()
    User.objects.filter(pk=marketer.pk).update(email=EMAIL)
    return marketer


def test_a_hundred_who_ask_for_links_leave_one_line_without_any(
    ines: User, client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(100):
            client.post("/accounts/password_reset/", {"email": EMAIL})
    line = "A password reset was asked for. Without a mail server: manage.py reset_link NAME"
    assert [record.getMessage() for record in caplog.records] == [line]
    assert "/accounts/reset/" not in "".join([caplog.text, *capfd.readouterr()])


def test_the_pages_promise_no_mail(ines: User, client: Client) -> None:
    asked = client.get("/accounts/password_reset/").content
    done = client.post("/accounts/password_reset/", {"email": EMAIL}, follow=True).content
    for page in (asked, done):
        assert b"This studio sends no e-mail" in page
        assert b"on its way" not in page
    assert b"manage.py reset_link" in done


def test_with_a_mail_server_the_pages_promise_a_link(client: Client, db: None) -> None:
    assert b"goes to your e-mail address" in client.get("/accounts/password_reset/").content
    assert b"a link is on its way" in client.get("/accounts/password_reset/done/").content


def test_the_link_that_the_operator_makes_sets_a_password_once(ines: User, client: Client) -> None:
    link = printed("ines")
    assert link.startswith("http://127.0.0.1:")
    path = urlsplit(link).path
    form = client.get(path)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert client.post("/accounts/login/", {"username": "ines", "password": NEW})["Location"] == "/"
    assert b"This link is used up" in Client().get(path, follow=True).content


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "http://127.0.0.1:8455/"), ("::1", "http://[::1]:8455/")]
)
def test_the_link_leads_to_where_studio_runs_whatever_port_the_command_was_given(
    ines: User, settings: LazySettings, tmp_path: Path, host: str, address: str
) -> None:
    settings.DATA = tmp_path
    with claim_data(tmp_path) as lock:
        note_address(lock, host, 8455)
        assert printed("ines").startswith(address)
    assert printed("ines").startswith(f"http://{settings.BIND}:{settings.PORT}/")


@pytest.mark.parametrize("name", ["nobody", "gus"])
def test_there_is_no_link_for_who_cannot_sign_in(db: None, name: str) -> None:
    User.objects.create_user("gus", is_active=False)
    with pytest.raises(CommandError, match=f"no active account '{name}'") as ended:
        call_command("reset_link", name)
    assert ended.value.returncode == 2


def printed(name: str) -> str:
    out = StringIO()
    call_command("reset_link", name, stdout=out)
    return out.getvalue().strip()
