"""The first admin comes in by a link that works once."""

import pytest
from django.core.exceptions import ValidationError

from studio.flow import people
from studio.imaging.errors import Refused
from studio.models import Brand, Role, User


def test_the_link_opens_until_an_admin_exists(brand: Brand) -> None:
    token = people.welcome_token()
    assert people.welcome_open(token)
    assert not people.welcome_open(token[:-1] + "x")
    admin = people.first_admin("ada", "ada@example.org", "correct horse battery")
    assert admin.is_superuser
    assert admin.memberships.get(brand=brand).role == Role.ADMIN
    assert not people.welcome_open(token)
    with pytest.raises(Refused) as refusal:
        people.first_admin("eve", "eve@example.org", "correct horse battery")
    assert refusal.value.code == "already_welcomed"


def test_a_weak_password_is_refused_with_its_reason(brand: Brand) -> None:
    with pytest.raises(ValidationError, match="too short"):
        people.first_admin("ada", "ada@example.org", "horse")
    assert not User.objects.exists()


def test_the_system_user_can_never_sign_in(db: None) -> None:
    user = people.system_user()
    assert not user.is_active
    assert not user.has_usable_password()
    assert people.system_user() == user
