"""Signing in and out, passwords, the first admin, and the pages for when something is in the way."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client

from studio.flow.people import welcome_token
from studio.models import Brand, User
from studio.web.views import doors

SignIn = Callable[[User], Client]
GOOD = {"username": "ines", "password": "correct horse battery"}
FIRST = {
    "username": "jo",
    "email": "jo@northfold.example",
    "password1": "a good long password",
    "password2": "a good long password",
}


def test_signing_in_leads_home(client: Client, marketer: User) -> None:
    page = client.post("/accounts/login/", GOOD)
    assert page["Location"] == "/"
    assert client.get("/").status_code == 302


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client, marketer: User) -> None:
    page = client.post("/accounts/login/", GOOD | {"next": "/account/"})
    assert page["Location"] == "/account/"


def test_signing_in_never_leads_to_another_site(client: Client, marketer: User) -> None:
    page = client.post("/accounts/login/", GOOD | {"next": "https://elsewhere.example/"})
    assert page["Location"] == "/"


def test_a_wrong_password_is_a_sentence_and_keeps_the_name(client: Client, marketer: User) -> None:
    page = client.post("/accounts/login/", GOOD | {"password": "guess"})
    assert page.status_code == 200
    assert b"do not belong together" in page.content
    assert b'value="ines"' in page.content


def test_the_tenth_wrong_password_brings_a_pause_even_for_the_right_one(
    client: Client, marketer: User
) -> None:
    for _ in range(10):
        page = client.post("/accounts/login/", GOOD | {"password": "guess"})
    assert page.status_code == 429
    assert b"Too many tries" in page.content
    assert client.post("/accounts/login/", GOOD).status_code == 429


def test_guessing_many_names_from_one_address_is_paused_too(client: Client, marketer: User) -> None:
    for number in range(10):
        client.post("/accounts/login/", {"username": f"name-{number}", "password": "guess"})
    assert client.post("/accounts/login/", GOOD).status_code == 429


def test_signing_out_is_a_post(sign_in: SignIn, marketer: User) -> None:
    browser = sign_in(marketer)
    assert browser.get("/accounts/logout/").status_code == 405
    assert browser.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert browser.get("/")["Location"].startswith("/accounts/login/")


def test_a_new_password_needs_the_old_one(sign_in: SignIn, marketer: User) -> None:
    browser = sign_in(marketer)
    new = {"new_password1": "another long password", "new_password2": "another long password"}
    assert browser.post("/accounts/password_change/", new | {"old_password": "guess"}).status_code == 200
    page = browser.post("/accounts/password_change/", new | {"old_password": GOOD["password"]})
    assert page["Location"] == "/account/"
    assert b"Your password is changed" in browser.get("/account/").content
    marketer.refresh_from_db()
    assert marketer.check_password("another long password")


@pytest.mark.parametrize("where", ["/accounts/password_change/", "reset", "welcome"])
def test_what_a_password_must_be_is_one_sentence(
    sign_in: SignIn, client: Client, marketer: User, where: str
) -> None:
    User.objects.filter(pk=marketer.pk).update(email="ines@northfold.example")
    if where == "reset":
        client.post("/accounts/password_reset/", {"email": "ines@northfold.example"})
        page = client.get(link_of(str(mail.outbox[0].body)), follow=True)
    elif where == "welcome":
        page = client.get(f"/welcome/{welcome_token()}/")
    else:
        page = sign_in(marketer).get(where)
    assert page.content.count(b"10 characters or more, not a common one.") == 1
    assert b"<li>" not in page.content.partition(b"<form")[2].partition(b"</form")[0]


def test_a_forgotten_password_is_set_through_the_link_that_was_sent(client: Client, marketer: User) -> None:
    User.objects.filter(pk=marketer.pk).update(email="ines@northfold.example")
    page = client.post("/accounts/password_reset/", {"email": "ines@northfold.example"})
    assert page["Location"] == "/accounts/password_reset/done/"
    assert client.get(page["Location"]).status_code == 200
    path = link_of(mail.outbox[0].body)
    form = client.get(path, follow=True).redirect_chain[-1][0]
    new = {"new_password1": "another long password", "new_password2": "another long password"}
    assert client.post(form, new)["Location"] == "/accounts/login/"
    assert b"Your password is changed" in client.get("/accounts/login/").content
    assert client.post("/accounts/login/", GOOD | {"password": "another long password"})["Location"] == "/"
    assert b"This link is used up" in client.get(path, follow=True).content


def test_asking_for_an_unknown_address_tells_nothing(client: Client, marketer: User) -> None:
    page = client.post("/accounts/password_reset/", {"email": "nobody@northfold.example"})
    assert page["Location"] == "/accounts/password_reset/done/"
    assert mail.outbox == []


def test_the_first_admin_comes_in_through_the_welcome_link(client: Client, brand: Brand) -> None:
    link = f"/welcome/{welcome_token()}/"
    assert b"Create your account" in client.get(link).content
    assert client.post(link, FIRST)["Location"] == "/"
    assert client.get("/")["Location"] == f"/b/{brand.slug}/products/"
    assert User.objects.get(username="jo").is_superuser


def test_a_used_welcome_link_says_so_and_leads_to_the_sign_in(client: Client, brand: Brand) -> None:
    link = f"/welcome/{welcome_token()}/"
    client.post(link, FIRST)
    client.logout()
    for page in (client.get(link), client.post(link, FIRST | {"username": "eve"})):
        assert page.status_code == 410
        assert b"This studio has an admin already" in page.content
        assert b'href="/accounts/login/"' in page.content
    assert not User.objects.filter(username="eve").exists()
    assert client.get("/welcome/guess/").status_code == 404


def test_before_the_first_account_the_sign_in_leads_to_the_printed_link(client: Client, brand: Brand) -> None:
    first, ask = b"This studio has no account yet. Open the link", b"No account? Ask your admin for one."
    page = client.get("/", follow=True).content
    assert (first in page, ask in page) == (True, False)
    client.post(f"/welcome/{welcome_token()}/", FIRST)
    client.logout()
    page = client.get("/", follow=True).content
    assert (first in page, ask in page) == (False, True)


def test_a_guessed_welcome_link_is_not_there(client: Client, db: None) -> None:
    assert client.get("/welcome/guess/").status_code == 404
    assert client.post("/welcome/guess/", FIRST).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password2": "something else"}, b"match"),
        ({"password1": "short", "password2": "short"}, b"10 characters"),
        ({"username": "jo adler"}, b"valid username"),
        ({"email": "jo"}, b"valid email"),
    ],
)
def test_a_wrong_entry_at_the_welcome_keeps_what_was_typed(
    client: Client, brand: Brand, wrong: dict[str, str], sentence: bytes
) -> None:
    page = client.post(f"/welcome/{welcome_token()}/", FIRST | wrong)
    assert page.status_code == 200
    assert sentence in page.content
    assert (FIRST | wrong)["email"].encode() in page.content
    assert not User.objects.exists()


def test_an_unknown_page_is_a_page_of_the_house(sign_in: SignIn, marketer: User) -> None:
    page = sign_in(marketer).get("/nowhere/")
    assert page.status_code == 404
    assert b"This page is not here" in page.content
    assert b"Go to products" in page.content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://testserver/b/northfold/products/?q=mug", "/b/northfold/products/?q=mug"),
        ("https://elsewhere.example/b/northfold/products/", "/"),
        ("http://testserver//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_button_that_was_pressed_too_late_leads_back_to_its_page(
    client: Client, marketer: User, before: str, after: str
) -> None:
    page = client.post("/b/northfold/shoots/new/", headers={"referer": before})
    asked = parse_qs(urlsplit(page["Location"]).query)["next"]
    assert client.post("/accounts/login/", GOOD | {"next": asked[0]})["Location"] == after


@pytest.mark.parametrize("where", ["/b/northfold/shoots/new/", "/accounts/logout/"])
def test_an_address_that_only_takes_a_form_says_so(sign_in: SignIn, marketer: User, where: str) -> None:
    """As after signing in again in the middle of a step: the browser comes back to it by looking."""
    page = sign_in(marketer).get(where)
    assert (page.status_code, page["Allow"].split(", ")[0]) == (405, "POST")
    assert b"This step begins with a button" in page.content
    assert b"Go to products" in page.content


def test_somebody_outside_is_shown_the_way_in(client: Client, db: None) -> None:
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert b"Sign in" in page.content


def test_a_form_from_an_old_session_is_explained(marketer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/accounts/login/", GOOD)
    assert page.status_code == 403
    assert b"open too long" in page.content


def test_a_host_that_is_not_ours_is_a_bad_request(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"host": "elsewhere.example"})
    assert page.status_code == 400
    assert b"could not be read" in page.content


def test_a_break_of_ours_is_told_even_without_a_database(
    monkeypatch: pytest.MonkeyPatch, sign_in: SignIn, marketer: User
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the database is gone")

    browser = sign_in(marketer)
    browser.raise_request_exception = False
    monkeypatch.setattr(doors, "memberships", breaks)
    monkeypatch.setattr("studio.web.frame.memberships", breaks)
    page = browser.get("/")
    assert page.status_code == 500
    assert b"Something broke on our side" in page.content
    assert b"RuntimeError" not in page.content


def link_of(text: str) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", text)
    assert found
    return found[1]
