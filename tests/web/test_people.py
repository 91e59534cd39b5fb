"""Members of a brand, and one's own account."""

from collections.abc import Callable

import pytest
from django.test import Client

from studio.models import Brand, User

SignIn = Callable[[User], Client]


def test_members_are_listed_with_their_roles(
    sign_in: SignIn, admin: User, viewer: User, marketer: User, stranger: User, brand: Brand
) -> None:
    page = sign_in(viewer).get(f"/b/{brand.slug}/people/").content.decode()
    assert "3 members" in page
    page = page[page.index("<table") :]
    assert page.index("Ada Admin") < page.index("Ines Marrow") < page.index("Vic Viewer")
    assert "Sam Stranger" not in page


def test_a_stranger_sees_no_members(sign_in: SignIn, stranger: User, brand: Brand) -> None:
    assert sign_in(stranger).get(f"/b/{brand.slug}/people/").status_code == 404


ACCOUNT = {"first_name": "Victor", "last_name": "Viewer", "email": ""}


def test_a_person_changes_name_and_shortcuts(sign_in: SignIn, viewer: User) -> None:
    browser = sign_in(viewer)
    assert browser.post("/account/", ACCOUNT)["Location"] == "/account/"
    viewer.refresh_from_db()
    assert (viewer.label, viewer.shortcuts) == ("Victor Viewer", False)
    assert b"data-shortcuts" not in browser.get("/account/").content


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("", b"Type your password"), ("guess", b"This is not your password"), ("correct horse battery", b"")],
)
def test_another_address_needs_the_password(
    sign_in: SignIn, viewer: User, password: str, sentence: bytes
) -> None:
    """A link for a new password goes there, so a session that was left open must not be enough."""
    page = sign_in(viewer).post("/account/", ACCOUNT | {"email": "v@example.com", "password": password})
    viewer.refresh_from_db()
    if sentence:
        assert (page.status_code, viewer.email, viewer.first_name) == (422, "", "Vic")
        assert sentence in page.content
        assert b'value="v@example.com"' in page.content
        assert b"guess" not in page.content
    else:
        assert (page.status_code, viewer.email) == (302, "v@example.com")


def test_the_password_is_not_guessed_inside_either(sign_in: SignIn, viewer: User) -> None:
    browser, guess = sign_in(viewer), {"email": "v@example.com", "password": "guess"}
    ends = [browser.post("/account/", ACCOUNT | guess).status_code for _ in range(9)]
    ends.append(browser.post("/accounts/password_change/", {"old_password": "guess"}).status_code)
    assert ends == [422] * 9 + [429]
    right = {"email": "v@example.com", "password": "correct horse battery"}
    assert browser.post("/account/", ACCOUNT | right).status_code == 429


def test_a_wrong_address_is_a_sentence_and_nothing_typed_is_lost(sign_in: SignIn, viewer: User) -> None:
    page = sign_in(viewer).post("/account/", {"first_name": "Victor", "email": "nowhere"})
    assert page.status_code == 422
    assert b"valid email" in page.content
    assert b'value="Victor"' in page.content
    viewer.refresh_from_db()
    assert viewer.first_name == "Vic"
