"""Requests that other sites make a browser send, links that lead away, hosts that are not ours."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from studio.models import Brand, User
from tests.web.test_matrix import MATRIX, World
from tests.web.test_matrix import world as world

SignIn = Callable[[User], Client]
GOOD = {"username": "ines", "password": "correct horse battery"}
AWAY = [
    "https://elsewhere.example/", "http://elsewhere.example", "//elsewhere.example",
    "///elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example", "http:elsewhere.example",
    "https:///elsewhere.example", "javascript:alert(1)", "data:text/html,x", " //elsewhere.example",
    "\t//elsewhere.example", "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/", "//testserver:80@elsewhere.example",
    "/%0d%0aLocation:%20https://elsewhere.example", "ftp://testserver/", "http://[::1]elsewhere/",
    "//\x00elsewhere",
]  # fmt: skip
HOSTS = [
    "elsewhere.example", "elsewhere.example:80", "testserver.elsewhere.example",
    "elsewhere.example@testserver", "testserver@elsewhere.example", "testserver:80@elsewhere.example",
    "testserver:evil", "testserver#.elsewhere.example", "testserver/.elsewhere.example",
    "testserver elsewhere.example", "testserver,elsewhere.example", "[::1]", "[::1]:80",
    "127.0.0.1.elsewhere.example", "0.0.0.0", "0x7f000001", "169.254.169.254",
    "localhost.elsewhere.example", "xtestserver", "testserver\\.elsewhere.example",
]  # fmt: skip


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; sessions aside, which remember the brand that was seen last."""
    tables = set(connection.introspection.table_names()) - {Session._meta.db_table}
    with connection.cursor() as cursor:
        return {table: cursor.execute(f'SELECT * FROM "{table}"').fetchall() for table in sorted(tables)}


# A provider has no form's token: it signs, and its address names one task (tests/web/test_provider.py).
BY_MACHINE = {"hiapi_callback"}


@pytest.mark.parametrize(
    "name", sorted(name for name, who in MATRIX.items() if "POST" in who and name not in BY_MACHINE)
)
def test_no_change_without_the_forms_own_token(
    name: str,
    world: World,
    admin: User,
) -> None:
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    before = contents()
    address = world.address(name)
    bare = strict.post(address)
    token = (
        strict.get("/account/").cookies["csrftoken"].value
        if not bare.cookies
        else bare.cookies["csrftoken"].value
    )
    strict.cookies["csrftoken"] = token
    foreign = strict.post(
        address, {"csrfmiddlewaretoken": token}, headers={"origin": "https://elsewhere.example"}
    )
    assert (bare.status_code, foreign.status_code) == (403, 403)
    assert contents() == before


@pytest.mark.parametrize("name", sorted(name for name, who in MATRIX.items() if name != "readyz"))
def test_looking_changes_nothing(name: str, world: World, admin: User, sign_in: SignIn) -> None:
    """A picture or a link on another site makes the browser look at an address, as who is signed in."""
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    browser, address = sign_in(admin), world.address(name)
    before = contents()
    for ask in (browser.get, browser.head, browser.options):
        answer = ask(address)
        if answer.streaming:
            b"".join(answer)
    assert contents() == before
    assert browser.get("/account/").status_code == 200, "still signed in"


@pytest.mark.parametrize("where", AWAY)
def test_leaving_never_leads_away(sign_in: SignIn, marketer: User, where: str) -> None:
    page = sign_in(marketer).post("/accounts/logout/", {"next": where})
    assert page["Location"] in ("/accounts/login/", "/%0d%0aLocation:%20https://elsewhere.example")


@pytest.mark.parametrize("where", AWAY)
def test_judging_never_leads_away(sign_in: SignIn, marketer: User, brand: Brand, where: str) -> None:
    page = sign_in(marketer).post(f"/b/{brand.slug}/gallery/review/approve/", {"back": where})
    assert page["Location"] == f"/b/{brand.slug}/gallery/"


@pytest.mark.parametrize("where", AWAY)
def test_signing_in_never_leads_away(client: Client, marketer: User, where: str) -> None:
    page = client.post("/accounts/login/", GOOD | {"next": where})
    assert page["Location"] in ("/", "/%0d%0aLocation:%20https://elsewhere.example")
    again = client.get("/accounts/login/", {"next": where})
    assert again["Location"] in ("/", "/%0d%0aLocation:%20https://elsewhere.example")


@pytest.mark.parametrize("host", HOSTS)
def test_a_forged_host_is_a_bad_request(client: Client, marketer: User, host: str) -> None:
    page = client.post(
        "/accounts/password_reset/", {"email": "ines@northfold.example"}, headers={"host": host}
    )
    assert page.status_code == 400
    assert host.encode() not in page.content
    assert mail.outbox == []


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host", "X-Forwarded-Server"]
)
def test_a_forwarded_host_poisons_no_link(client: Client, marketer: User, header: str) -> None:
    User.objects.filter(pk=marketer.pk).update(email="ines@northfold.example")
    told = "host=elsewhere.example" if header == "Forwarded" else "elsewhere.example"
    client.post("/accounts/password_reset/", {"email": "ines@northfold.example"}, headers={header: told})
    (sent,) = mail.outbox
    links = re.findall(r"https?://([^/\s]+)/", str(sent.body))
    assert links == ["testserver"]
    assert "elsewhere" not in str(sent.message())
