"""Joining by a link: signed out and signed in, once, and a sentence when it opens nothing."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from studio.flow import invitation as flow
from studio.models import Brand, Invitation, Membership, Role, User
from tests import cast

SignIn = Callable[[User], Client]
NEW = {
    "username": "nils",
    "email": "nils@example.org",
    "password1": "a good long password",
    "password2": "a good long password",
}


@pytest.fixture
def token(brand: Brand, admin: User) -> str:
    """Of a link by which somebody may become a Marketer of Northfold."""
    return flow.invite(brand, admin, Role.MARKETER, "Nils")[1]


# --- Making links --------------------------------------------------------------------------------


def test_a_link_is_shown_once_and_works(sign_in: SignIn, admin: User, brand: Brand) -> None:
    browser = sign_in(admin)
    page = browser.post(f"/b/{brand.slug}/people/invite/", {"role": Role.MARKETER, "note": "Nils"})
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    link = link_in(page.content)
    assert link.startswith("http://testserver/invitations/")
    again = browser.get(f"/b/{brand.slug}/people/").content.decode()
    assert "Nils" in again
    assert "/invitations/" + link.split("/")[-2] not in again
    assert Client().get(link).status_code == 200


def test_a_link_begins_with_the_address_at_which_others_reach_the_studio(
    sign_in: SignIn, admin: User, brand: Brand, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://studio.northfold.example"
    page = sign_in(admin).post(f"/b/{brand.slug}/people/invite/", {"role": Role.VIEWER})
    assert link_in(page.content).startswith("https://studio.northfold.example/invitations/")


@pytest.mark.parametrize("sent", [{}, {"role": "9"}, {"role": "2", "note": "x" * 121}])
def test_a_wrong_entry_makes_no_link(
    sign_in: SignIn, admin: User, brand: Brand, sent: dict[str, str]
) -> None:
    page = sign_in(admin).post(f"/b/{brand.slug}/people/invite/", sent)
    assert page.status_code == 422
    assert b'class="wrong"' in page.content
    assert not Invitation.objects.exists()


def test_a_link_is_made_anew(sign_in: SignIn, admin: User, token: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    row = Invitation.objects.get()
    page = sign_in(admin).post(f"/invitations/{row.pk}/renew/")
    assert Client().get(f"/invitations/{token}/").status_code == 404
    assert Client().get(link_in(page.content)).status_code == 200


def test_a_link_is_withdrawn(sign_in: SignIn, admin: User, token: str) -> None:
    row = Invitation.objects.get()
    page = sign_in(admin).post(f"/invitations/{row.pk}/withdraw/", follow=True)
    assert b"The link is withdrawn." in page.content
    assert b"Nils" not in page.content
    page = Client().get(f"/invitations/{token}/")
    assert (page.status_code, b"Ask an admin of Northfold" in page.content) == (410, True)


@pytest.mark.parametrize("act", ["renew", "withdraw"])
def test_a_used_link_is_neither_renewed_nor_withdrawn(
    sign_in: SignIn, admin: User, stranger: User, token: str, act: str
) -> None:
    member = flow.accept(token, stranger)
    page = sign_in(admin).post(f"/invitations/{Invitation.objects.get().pk}/{act}/", follow=True)
    assert b"used or withdrawn meanwhile" in page.content
    assert Membership.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize("who", ["viewer", "marketer", "stranger"])
@pytest.mark.parametrize("act", ["invite", "renew", "withdraw"])
def test_only_admins_of_the_brand_make_and_take_links(
    request: pytest.FixtureRequest, sign_in: SignIn, brand: Brand, token: str, who: str, act: str
) -> None:
    row = Invitation.objects.get()
    address = f"/b/{brand.slug}/people/invite/" if act == "invite" else f"/invitations/{row.pk}/{act}/"
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(address).status_code == 405
    answer = browser.post(address, {"role": Role.ADMIN})
    assert answer.status_code == (404 if who == "stranger" else 403)
    assert Invitation.objects.get().token_hash == row.token_hash
    assert flow.opened(token)


# --- Opening them --------------------------------------------------------------------------------


def test_somebody_new_makes_an_account_and_is_in(client: Client, token: str, brand: Brand) -> None:
    page = client.get(f"/invitations/{token}/").content.decode()
    assert "Join Northfold" in page
    assert "Ada Admin invites you as Marketer" in page
    assert f"/accounts/login/?next=/invitations/{token}/" in page
    answer = client.post(f"/invitations/{token}/", NEW)
    assert answer["Location"] == f"/b/{brand.slug}/products/"
    assert b"You are in Northfold, as Marketer." in client.get(answer["Location"]).content
    assert Membership.objects.get(user__username="nils").role == Role.MARKETER


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password2": "something else"}, b"match"),
        ({"password1": "short", "password2": "short"}, b"10 characters"),
        ({"password1": "nils@example.org", "password2": "nils@example.org"}, b"too similar"),
        ({"username": "jo adler"}, b"valid username"),
        ({"username": "ADA"}, b"already exists"),
        ({"email": "jo"}, b"valid email"),
    ],
)
def test_a_wrong_entry_keeps_what_was_typed_and_the_link(
    client: Client, token: str, wrong: dict[str, str], sentence: bytes
) -> None:
    page = client.post(f"/invitations/{token}/", NEW | wrong)
    assert page.status_code == 422
    assert sentence in page.content
    assert (NEW | wrong)["email"].encode() in page.content
    assert b"a good long password" not in page.content
    assert User.objects.count() == 1
    assert flow.opened(token)


def test_a_name_that_was_taken_a_moment_ago_is_told_at_its_field(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "studio.web.forms.doors.WelcomeForm.clean_username", lambda form: "ada", raising=False
    )
    monkeypatch.setattr("studio.web.forms.doors.WelcomeForm.validate_unique", lambda form: None)
    page = client.post(f"/invitations/{token}/", NEW | {"username": "ada"})
    assert page.status_code == 422
    assert b"The user name ada is taken" in page.content


def test_a_member_of_another_brand_joins_with_one_button(
    sign_in: SignIn, stranger: User, token: str, brand: Brand
) -> None:
    browser = sign_in(stranger)
    assert b"Join Northfold as Marketer" in browser.get(f"/invitations/{token}/").content
    answer = browser.post(f"/invitations/{token}/accept/")
    assert answer["Location"] == f"/b/{brand.slug}/products/"
    assert browser.get(answer["Location"]).status_code == 200
    second = browser.post(f"/invitations/{token}/accept/")  # the other tab
    assert second["Location"] == answer["Location"]
    assert brand.memberships.filter(user=stranger).count() == 1


def test_signing_in_leads_back_to_the_link(client: Client, stranger: User, token: str) -> None:
    sent = {"username": "sam", "password": "correct horse battery", "next": f"/invitations/{token}/"}
    assert client.post("/accounts/login/", sent)["Location"] == f"/invitations/{token}/"


def test_another_account_can_be_used(sign_in: SignIn, stranger: User, token: str) -> None:
    browser = sign_in(stranger)
    answer = browser.post("/accounts/logout/", {"next": f"/invitations/{token}/"})
    assert answer["Location"] == f"/invitations/{token}/"
    assert b"Create account and join" in browser.get(answer["Location"]).content


def test_whoever_was_signed_out_meanwhile_is_led_to_the_link(client: Client, token: str) -> None:
    assert client.post(f"/invitations/{token}/accept/")["Location"] == f"/invitations/{token}/"


def test_a_member_who_is_as_much_already_keeps_role_and_link(
    sign_in: SignIn, admin: User, token: str
) -> None:
    browser = sign_in(admin)
    assert b"You are in Northfold already" in browser.get(f"/invitations/{token}/").content
    browser.post(f"/invitations/{token}/accept/")
    assert Membership.objects.get(user=admin).role == Role.ADMIN
    assert flow.opened(token)


def test_a_viewer_is_raised_by_a_link(sign_in: SignIn, viewer: User, token: str) -> None:
    browser = sign_in(viewer)
    assert b"you are Viewer there now" in browser.get(f"/invitations/{token}/").content
    browser.post(f"/invitations/{token}/accept/")
    assert Membership.objects.get(user=viewer).role == Role.MARKETER


def test_one_link_is_for_one_person(client: Client, sign_in: SignIn, stranger: User, token: str) -> None:
    client.post(f"/invitations/{token}/", NEW)
    browser = sign_in(stranger)
    for answer in (browser.get(f"/invitations/{token}/"), browser.post(f"/invitations/{token}/accept/")):
        assert answer.status_code == 410
        assert b"This link was used already" in answer.content
    fresh = Client()
    assert fresh.post(f"/invitations/{token}/", NEW | {"username": "eve"}).status_code == 410
    assert not User.objects.filter(username="eve").exists()


def test_a_link_too_old_says_until_when_it_worked(client: Client, token: str) -> None:
    Invitation.objects.update(expires_at=timezone.now().replace(year=2025, month=3, day=9))
    page = client.get(f"/invitations/{token}/")
    assert page.status_code == 410
    assert b"It worked until 9 March." in page.content


@pytest.mark.parametrize("guess", ["guess", "%00", "a%0Ab", "..", "%F0%9F%A6%86", "x" * 3000])
def test_an_unknown_link_is_not_there(client: Client, sign_in: SignIn, stranger: User, guess: str) -> None:
    for browser in (client, sign_in(stranger)):
        assert browser.get(f"/invitations/{guess}/").status_code == 404
    assert client.post(f"/invitations/{guess}/", NEW).status_code == 404
    assert not User.objects.filter(username="nils").exists()


def test_an_unknown_link_is_a_sentence_with_the_way_out(client: Client, token: str) -> None:
    page = client.get(f"/invitations/{token[:-1]}/")
    assert page.status_code == 404
    assert b"It may be cut off at its end" in page.content
    assert b"Northfold" not in page.content


def test_accepting_is_never_done_by_looking(sign_in: SignIn, stranger: User, token: str) -> None:
    assert sign_in(stranger).get(f"/invitations/{token}/accept/").status_code == 405


def test_a_form_of_another_site_joins_nobody(stranger: User, token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stranger)
    assert strict.post(f"/invitations/{token}/accept/").status_code == 403
    assert flow.opened(token)


def test_a_name_with_markup_is_only_words(client: Client, admin: User, sign_in: SignIn) -> None:
    odd = cast.brand("<b>Odd</b>")
    cast.person("<i>Olga</i> Odd", odd, Role.ADMIN)
    _, token = flow.invite(odd, User.objects.get(first_name="<i>Olga</i>"), Role.ADMIN, "<u>Nils</u>")
    page = client.get(f"/invitations/{token}/").content
    assert b"<b>Odd" not in page
    assert b"<i>Olga" not in page
    assert b"&lt;b&gt;Odd" in page


def link_in(page: bytes) -> str:
    found = re.search(r'id="link"[^>]* value="([^"]+)"', page.decode())
    assert found
    return found[1]
