"""The first admin comes in by a link that works once; roles are changed and taken."""

import pytest
from django.core.exceptions import ValidationError

from studio.flow import people
from studio.imaging.errors import Refused
from studio.models import Brand, Membership, Role, User
from tests import cast


def test_the_link_opens_until_an_admin_exists(brand: Brand) -> None:
    token = people.welcome_token()
    assert people.is_welcome(token)
    assert people.needs_admin()
    assert not people.is_welcome(token[:-1] + "x")
    admin = people.first_admin("ada", "ada@example.org", "correct horse battery")
    assert admin.is_superuser
    assert admin.memberships.get(brand=brand).role == Role.ADMIN
    assert not people.needs_admin()
    with pytest.raises(Refused) as refusal:
        people.first_admin("eve", "eve@example.org", "correct horse battery")
    assert refusal.value.code == "already_welcomed"
    User.objects.update(is_active=False)
    assert not people.needs_admin(), "the link worked once and never again"


def test_a_weak_password_is_refused_with_its_reason(brand: Brand) -> None:
    with pytest.raises(ValidationError, match="too short"):
        people.first_admin("ada", "ada@example.org", "horse")
    assert not User.objects.exists()


def test_the_system_user_can_never_sign_in(db: None) -> None:
    user = people.system_user()
    assert not user.is_active
    assert not user.has_usable_password()
    assert people.system_user() == user


def test_a_changed_role_is_kept(brand: Brand, admin: User, viewer: User) -> None:
    assert people.change_role(member(viewer), Role.ADMIN)
    assert member(viewer).role == Role.ADMIN
    assert people.change_role(member(admin), Role.VIEWER)


def test_the_last_admin_can_neither_be_lowered_nor_go(brand: Brand, admin: User, viewer: User) -> None:
    gone = cast.person("Gus Gone", brand, Role.ADMIN)
    User.objects.filter(pk=gone.pk).update(is_active=False)  # who cannot sign in is no admin to count on
    for attempt in (
        lambda: people.change_role(member(admin), Role.MARKETER),
        lambda: people.remove(member(admin)),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "last_admin"
        assert refusal.value.values == {"name": "Ada Admin", "brand": "Northfold"}
    assert member(admin).role == Role.ADMIN


def test_work_of_those_who_leave_stays_under_their_name(brand: Brand, admin: User, marketer: User) -> None:
    shoot = cast.shoot(brand, created_by=marketer)
    render = cast.render(shoot, state="done", reviewed_by=marketer, review="approved")
    membership = member(marketer)
    assert people.remove(membership)
    render.refresh_from_db()
    shoot.refresh_from_db()
    assert (shoot.created_by, render.reviewed_by, render.review) == (marketer, marketer, "approved")
    assert not people.remove(membership)
    assert not people.change_role(membership, Role.ADMIN)


def member(person: User) -> Membership:
    return Membership.objects.get(user=person)
