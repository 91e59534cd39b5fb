"""Roles are changed and taken: at once, by admins, and never from the last of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from studio.flow import invitation
from studio.models import Brand, Membership, Role, User
from tests import cast

SignIn = Callable[[User], Client]


def test_a_changed_role_holds_from_the_next_request_on(
    sign_in: SignIn, admin: User, viewer: User, brand: Brand
) -> None:
    browser = sign_in(viewer)
    assert browser.post(f"/b/{brand.slug}/shoots/new/").status_code == 403
    page = sign_in(admin).post(f"/memberships/{of(viewer)}/role/", {"role": Role.MARKETER}, follow=True)
    assert page.redirect_chain[-1][0] == f"/b/{brand.slug}/people/"
    assert b"Vic Viewer is Marketer now." in page.content
    assert browser.post(f"/b/{brand.slug}/shoots/new/").status_code == 302
    sign_in(admin).post(f"/memberships/{of(viewer)}/role/", {"role": Role.VIEWER})
    assert browser.post(f"/b/{brand.slug}/shoots/new/").status_code == 403


def test_a_removed_person_is_a_stranger_from_the_next_request_on(
    sign_in: SignIn, admin: User, marketer: User, brand: Brand
) -> None:
    render = cast.render(cast.shoot(brand, launched=True, created_by=marketer), state="done")
    browser = sign_in(marketer)
    assert browser.get(f"/renders/{render.pk}/").status_code == 200
    address = f"/memberships/{of(marketer)}/remove/"
    assert b"Remove Ines Marrow from Northfold?" in sign_in(admin).get(address).content
    assert Membership.objects.filter(user=marketer).exists()  # asked only
    page = sign_in(admin).post(address, follow=True)
    assert b"Ines Marrow is removed." in page.content
    for gone in (f"/renders/{render.pk}/", f"/renders/{render.pk}/thumb/", f"/b/{brand.slug}/products/"):
        assert browser.get(gone).status_code == 404
    assert browser.post(f"/b/{brand.slug}/shoots/new/").status_code == 404
    assert b"No brand yet" in browser.get("/").content
    assert b"Ines Marrow" in sign_in(admin).get(f"/shoots/{render.shoot_id}/").content
    assert sign_in(admin).post(address).status_code == 404


def test_a_person_may_leave(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    browser = sign_in(viewer)
    assert b"Leave Northfold?" in browser.get(f"/b/{brand.slug}/people/leave/").content
    page = browser.post(f"/b/{brand.slug}/people/leave/", follow=True)
    assert page.redirect_chain[0][0] == "/"
    assert b"You left Northfold." in page.content
    assert browser.get(f"/b/{brand.slug}/people/").status_code == 404


def test_the_last_admin_stays_one_and_is_told_why(sign_in: SignIn, admin: User, brand: Brand) -> None:
    browser = sign_in(admin)
    attempts = [
        (f"/memberships/{of(admin)}/role/", {"role": Role.VIEWER}),
        (f"/memberships/{of(admin)}/remove/", {}),
        (f"/b/{brand.slug}/people/leave/", {}),
    ]
    for address, sent in attempts:
        page = browser.post(address, sent, follow=True)
        assert b"Ada Admin is the only admin of Northfold" in page.content
        assert b"Make somebody else an admin first." in page.content
    assert Membership.objects.get(user=admin).role == Role.ADMIN


def test_an_admin_may_step_down_when_there_is_another(sign_in: SignIn, admin: User, brand: Brand) -> None:
    cast.person("Bo Brief", brand, Role.ADMIN)
    page = sign_in(admin).post(f"/memberships/{of(admin)}/role/", {"role": Role.VIEWER}, follow=True)
    assert b"You are Viewer now." in page.content
    assert b"<select" not in page.content


@pytest.mark.parametrize("role", ["", "0", "4", "99", "admin", "-1", "3.0"])
def test_a_role_that_there_is_not_changes_nothing(
    sign_in: SignIn, admin: User, viewer: User, role: str
) -> None:
    page = sign_in(admin).post(f"/memberships/{of(viewer)}/role/", {"role": role}, follow=True)
    assert b"Choose one of the roles." in page.content
    assert Membership.objects.get(user=viewer).role == Role.VIEWER


@pytest.mark.parametrize("who", ["viewer", "marketer", "stranger"])
@pytest.mark.parametrize("act", ["role", "remove"])
def test_only_admins_of_the_brand_change_others(
    request: pytest.FixtureRequest, sign_in: SignIn, admin: User, who: str, act: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    answer = browser.post(f"/memberships/{of(admin)}/{act}/", {"role": Role.VIEWER})
    assert answer.status_code == (404 if who == "stranger" else 403)
    assert Membership.objects.get(user=admin).role == Role.ADMIN


def test_nobody_makes_themselves_more(sign_in: SignIn, viewer: User, admin: User) -> None:
    page = sign_in(viewer).post(f"/memberships/{of(viewer)}/role/", {"role": Role.ADMIN})
    assert page.status_code == 403


def test_a_stranger_cannot_leave_what_they_are_not_in(sign_in: SignIn, stranger: User, brand: Brand) -> None:
    assert sign_in(stranger).post(f"/b/{brand.slug}/people/leave/").status_code == 404


def test_roles_are_never_changed_by_looking(sign_in: SignIn, admin: User, viewer: User) -> None:
    assert sign_in(admin).get(f"/memberships/{of(viewer)}/role/?role=3").status_code == 405


def test_those_who_may_not_change_roles_are_shown_none_to_change(
    sign_in: SignIn, admin: User, marketer: User, brand: Brand
) -> None:
    invitation.invite(brand, admin, Role.ADMIN, "Nils")
    page = sign_in(marketer).get(f"/b/{brand.slug}/people/").content.decode()
    for hidden in ("<select", "Remove", "Nils", "Make a link", "Settings of"):
        assert hidden not in page
    assert "Leave" in page


def of(person: User) -> int:
    return Membership.objects.get(user=person).pk
