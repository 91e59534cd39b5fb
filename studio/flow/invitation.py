"""Colleagues join a brand by a link: made by an admin, good for one person and fourteen days."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.imaging.errors import Refused
from studio.models import Brand, Invitation, Membership, Role, User

LIFE: Final = timedelta(days=14)


def invite(brand: Brand, person: User, role: Role, note: str = "") -> tuple[Invitation, str]:
    """An invitation and the token of its link, which is told here and never again."""
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        brand=brand, role=role, note=note, invited_by=person, token_hash=_hash(token), expires_at=_end()
    )
    return row, token


def renew(invitation: Invitation, person: User) -> str | None:
    """A new token in place of the one before, good for another fourteen days.

    None when the invitation was used or withdrawn meanwhile.
    """
    token = secrets.token_urlsafe(32)
    fresh = invitation.change(token_hash=_hash(token), expires_at=_end(), invited_by=person)
    return token if fresh else None


def withdraw(invitation: Invitation) -> bool:
    return invitation.change(withdrawn_at=timezone.now())


def opened(token: str) -> Invitation:
    """The invitation that a link stands for. Raises Refused("invitation_…") for one that opens nothing."""
    rows = Invitation.objects.select_related("brand", "invited_by")
    row = rows.filter(token_hash=_hash(token)).first()
    if row is None:
        raise Refused("invitation_unknown")
    if row.accepted_at:
        raise Refused("invitation_used")
    if row.withdrawn_at:
        raise Refused("invitation_withdrawn", brand=row.brand.name)
    if row.expired:
        raise Refused("invitation_expired", date=f"{row.expires_at:%-d %B}", brand=row.brand.name)
    return row


@transaction.atomic
def accept(token: str, person: User) -> Membership:
    """Makes the person a member, or raises their role; a link never lowers one.

    Who is as much already keeps the link for somebody else. Once more by the same member changes nothing.
    Raises Refused("invitation_…").
    """
    known = Membership.objects.filter(user=person, brand__invitations__token_hash=_hash(token)).first()
    if known and _used_by(person, token):
        return known
    invitation = opened(token)
    if known and known.role >= invitation.role:
        return known
    if not invitation.change(accepted_at=timezone.now(), accepted_by=person):
        raise Refused("invitation_used")
    return Membership.objects.update_or_create(
        brand=invitation.brand, user=person, defaults={"role": invitation.role}
    )[0]


@transaction.atomic
def join(token: str, username: str, email: str, password: str) -> Membership:
    """A new person becomes a member. When the link opens nothing, no account is left behind.

    Raises Refused("invitation_…"), Refused("user_name_taken", name=…), ValidationError for a weak password.
    """
    validate_password(password, User(username=username, email=email))
    try:
        with transaction.atomic():
            person = User.objects.create_user(username=username, email=email, password=password)
    except IntegrityError as error:
        raise Refused("user_name_taken", name=username) from error
    return accept(token, person)


def _used_by(person: User, token: str) -> bool:
    return Invitation.objects.filter(token_hash=_hash(token), accepted_by=person).exists()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _end() -> datetime:
    return timezone.now() + LIFE
