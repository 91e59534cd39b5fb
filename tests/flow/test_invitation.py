"""Colleagues join by a link: one person each, fourteen days, never less than they were."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from studio.flow import invitation, people
from studio.imaging.errors import Refused
from studio.models import Brand, Invitation, Membership, Role, User
from tests import cast

PASSWORD = "correct horse battery"


def test_a_link_makes_one_person_a_member(brand: Brand, admin: User, stranger: User) -> None:
    row, token = invitation.invite(brand, admin, Role.MARKETER, "Sam of Halden")
    assert invitation.opened(token) == row
    assert invitation.accept(token, stranger).role == Role.MARKETER
    row.refresh_from_db()
    assert (row.accepted_by, row.note) == (stranger, "Sam of Halden")
    assert code_of(token) == "invitation_used"
    assert refusal(cast.person("Eve"), token) == "invitation_used"
    assert brand.memberships.count() == 2


def test_only_a_hash_of_the_link_is_kept(brand: Brand, admin: User) -> None:
    row, token = invitation.invite(brand, admin, Role.VIEWER)
    kept = Invitation.objects.filter(pk=row.pk).values().get()
    assert len(token) >= 40
    assert token not in str(kept)


def test_accepting_twice_is_one_membership(brand: Brand, admin: User, stranger: User) -> None:
    _, token = invitation.invite(brand, admin, Role.VIEWER)
    assert invitation.accept(token, stranger) == invitation.accept(token, stranger)
    assert brand.memberships.filter(user=stranger).count() == 1


def test_whoever_is_slower_at_the_same_link_is_told(
    brand: Brand, admin: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, token = invitation.invite(brand, admin, Role.VIEWER)
    seen = invitation.opened(token)  # still open for both of them
    invitation.accept(token, stranger)
    monkeypatch.setattr(invitation, "opened", lambda _: seen)
    assert refusal(cast.person("Eve"), token) == "invitation_used"
    assert brand.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_people_at_one_link_at_once_are_one_member(brand: Brand, admin: User) -> None:
    _, token = invitation.invite(brand, admin, Role.MARKETER)
    crowd = [cast.person(f"Guest{number}") for number in range(8)]
    outcomes = at_once(token, crowd)
    assert sorted(outcomes) == ["in", *["invitation_used"] * 7]
    assert brand.memberships.exclude(user=admin).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_of_one_person_are_one_member(brand: Brand, admin: User, stranger: User) -> None:
    _, token = invitation.invite(brand, admin, Role.MARKETER)
    assert at_once(token, [stranger] * 8) == ["in"] * 8
    assert brand.memberships.filter(user=stranger).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_leave_at_once_leave_one_behind(brand: Brand, admin: User) -> None:
    cast.person("Bo Brief", brand, Role.ADMIN)

    def leave(member: Membership) -> bool:
        try:
            return people.remove(member)
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        left = list(pool.map(leave, brand.memberships.select_related("user")))
    assert sorted(left) == [False, True]
    assert brand.memberships.get().role == Role.ADMIN


def test_a_link_raises_a_role(brand: Brand, admin: User, viewer: User) -> None:
    _, token = invitation.invite(brand, admin, Role.ADMIN)
    assert invitation.accept(token, viewer).role == Role.ADMIN
    assert brand.memberships.filter(user=viewer).count() == 1


def test_a_link_never_lowers_a_role_and_stays_for_somebody_else(brand: Brand, admin: User) -> None:
    _, token = invitation.invite(brand, admin, Role.VIEWER)
    assert invitation.accept(token, admin).role == Role.ADMIN
    assert invitation.opened(token)


@pytest.mark.parametrize("token", ["", "guess", "\ud800", "x" * 10_000])
def test_a_guess_opens_nothing(brand: Brand, admin: User, token: str) -> None:
    invitation.invite(brand, admin, Role.ADMIN)
    assert code_of(token) == "invitation_unknown"
    assert refusal(admin, token) == "invitation_unknown"


def test_a_tampered_link_opens_nothing(brand: Brand, admin: User) -> None:
    _, token = invitation.invite(brand, admin, Role.ADMIN)
    assert code_of(token.swapcase()) == code_of(token[:-1]) == code_of(f"{token}x") == "invitation_unknown"


def test_a_link_expires_after_fourteen_days(brand: Brand, admin: User, stranger: User) -> None:
    row, token = invitation.invite(brand, admin, Role.ADMIN)
    assert timedelta(days=13, hours=23) < row.expires_at - timezone.now() < timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code_of(token) == refusal(stranger, token) == "invitation_expired"
    assert not Invitation.objects.open().exists()
    assert Invitation.objects.waiting().exists()


def test_a_withdrawn_link_opens_nothing(brand: Brand, admin: User, stranger: User) -> None:
    row, token = invitation.invite(brand, admin, Role.ADMIN)
    assert invitation.withdraw(row)
    assert not invitation.withdraw(row)
    assert code_of(token) == refusal(stranger, token) == "invitation_withdrawn"


def test_a_new_link_takes_the_place_of_the_old_one(brand: Brand, admin: User, stranger: User) -> None:
    row, old = invitation.invite(brand, admin, Role.VIEWER)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    new = invitation.renew(row, admin)
    assert new
    assert code_of(old) == "invitation_unknown"
    assert invitation.accept(new, stranger).role == Role.VIEWER
    assert invitation.renew(row, admin) is None


def test_a_new_person_joins_with_an_account_of_their_own(brand: Brand, admin: User) -> None:
    _, token = invitation.invite(brand, admin, Role.MARKETER)
    member = invitation.join(token, "nils", "nils@example.org", PASSWORD)
    assert (member.brand, member.role, member.user.email) == (brand, Role.MARKETER, "nils@example.org")
    assert member.user.check_password(PASSWORD)
    assert not member.user.is_staff


def test_no_account_is_left_behind_by_a_link_that_opens_nothing(brand: Brand, admin: User) -> None:
    row, token = invitation.invite(brand, admin, Role.MARKETER)
    invitation.withdraw(row)
    with pytest.raises(Refused):
        invitation.join(token, "nils", "nils@example.org", PASSWORD)
    assert not User.objects.filter(username="nils").exists()


def test_a_name_that_somebody_took_meanwhile_is_refused(brand: Brand, admin: User, viewer: User) -> None:
    _, token = invitation.invite(brand, admin, Role.MARKETER)
    with pytest.raises(Refused) as refused:
        invitation.join(token, "vic", "nils@example.org", PASSWORD)
    assert (refused.value.code, refused.value.values) == ("user_name_taken", {"name": "vic"})
    assert invitation.opened(token)


def test_a_weak_password_keeps_the_link(brand: Brand, admin: User) -> None:
    _, token = invitation.invite(brand, admin, Role.MARKETER)
    with pytest.raises(ValidationError, match="too short"):
        invitation.join(token, "nils", "nils@example.org", "horse")
    assert invitation.opened(token)


def test_whoever_was_removed_cannot_come_back_by_the_link_they_used(
    brand: Brand, admin: User, stranger: User
) -> None:
    _, token = invitation.invite(brand, admin, Role.VIEWER)
    people.remove(invitation.accept(token, stranger))
    assert refusal(stranger, token) == "invitation_used"


@pytest.mark.parametrize("how", ["lowered", "removed"])
def test_links_of_an_admin_go_with_the_role(brand: Brand, admin: User, how: str) -> None:
    second = cast.person("Bo Brief", brand, Role.ADMIN)
    _, way_back = invitation.invite(brand, second, Role.ADMIN)
    _, other = invitation.invite(brand, admin, Role.VIEWER)
    membership = Membership.objects.get(user=second)
    if how == "lowered":
        people.change_role(membership, Role.MARKETER)
    else:
        people.remove(membership)
    assert code_of(way_back) == "invitation_withdrawn"
    assert invitation.opened(other)


def at_once(token: str, crowd: list[User]) -> list[str]:
    """Everybody accepts the link in a thread of their own; what became of each."""

    def accept(person: User) -> str:
        try:
            invitation.accept(token, person)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(len(crowd)) as pool:
        return list(pool.map(accept, crowd))


def code_of(token: str) -> str:
    with pytest.raises(Refused) as refused:
        invitation.opened(token)
    return refused.value.code


def refusal(person: User, token: str) -> str:
    with pytest.raises(Refused) as refused:
        invitation.accept(token, person)
    return refused.value.code
