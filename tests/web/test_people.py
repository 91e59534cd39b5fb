"""Members of a brand, and one's own account."""

from collections.abc import Callable

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


def test_a_person_changes_name_and_shortcuts(sign_in: SignIn, viewer: User) -> None:
    browser = sign_in(viewer)
    page = browser.post(
        "/account/", {"first_name": "Victor", "last_name": "Viewer", "email": "v@example.com"}
    )
    assert page["Location"] == "/account/"
    viewer.refresh_from_db()
    assert (viewer.label, viewer.email, viewer.shortcuts) == ("Victor Viewer", "v@example.com", False)
    assert b"data-shortcuts" not in browser.get("/account/").content


def test_a_wrong_address_is_a_sentence_and_nothing_typed_is_lost(sign_in: SignIn, viewer: User) -> None:
    page = sign_in(viewer).post("/account/", {"first_name": "Victor", "email": "nowhere"})
    assert page.status_code == 200
    assert b"valid email" in page.content
    assert b'value="Victor"' in page.content
    viewer.refresh_from_db()
    assert viewer.first_name == "Vic"
