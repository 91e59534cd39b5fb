"""Who may come in, what they may do, and how they leave."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlsafe_base64_encode

from studio.imaging.errors import Refused
from studio.models import Brand, Invitation, Membership, Role, User

SYSTEM = "cli"  # the user to whom work from the command line is booked


def needs_admin() -> bool:
    return not User.objects.filter(is_superuser=True).exists()


def welcome_token() -> str:
    """The secret of the first admin's link: tied to this installation's key, dead once an admin exists."""
    return Signer(salt="studio.welcome").signature("first admin")


def is_welcome(token: str) -> bool:
    """Whether it is that secret, dead or alive."""
    return constant_time_compare(token, welcome_token())


@transaction.atomic
def first_admin(username: str, email: str, password: str) -> User:
    """Makes the first admin, who is an admin of every brand there is too.

    Raises Refused("already_welcomed") when there is one, ValidationError for a weak password.
    """
    if not needs_admin():
        raise Refused("already_welcomed")
    validate_password(password, User(username=username, email=email))
    admin = User.objects.create_superuser(username=username, email=email, password=password)
    for brand in Brand.objects.all():
        Membership.objects.create(brand=brand, user=admin, role=Role.ADMIN)
    return admin


def reset_token(person: User) -> str:
    """The secret end of a link for a new password, as a mailed one has it: one use, dead after a day."""
    return f"{urlsafe_base64_encode(str(person.pk).encode())}/{default_token_generator.make_token(person)}"


@transaction.atomic
def change_role(membership: Membership, role: Role) -> bool:
    """Holds from the member's next request on. False when they left meanwhile.

    Raises Refused("last_admin", name, brand) for one without whom the brand would have no admin.
    """
    if role < Role.ADMIN:
        _take_admin(membership)
    return Membership.objects.filter(pk=membership.pk).update(role=role) == 1


@transaction.atomic
def remove(membership: Membership) -> bool:
    """The member leaves or is removed; what they made stays, under their name. False when they left before.

    Raises Refused("last_admin", name, brand).
    """
    _take_admin(membership)
    return Membership.objects.filter(pk=membership.pk).delete()[0] == 1


def _take_admin(membership: Membership) -> None:
    """Links that were made by an admin go with the role, or they would be a way back in."""
    brand = Brand.objects.select_for_update().get(pk=membership.brand_id)  # two cannot go at once
    admins = brand.memberships.filter(role=Role.ADMIN, user__is_active=True)
    if list(admins.values_list("pk", flat=True)) == [membership.pk]:
        raise Refused("last_admin", name=membership.user.label, brand=brand.name)
    links = Invitation.objects.waiting().filter(brand=brand, invited_by=membership.user_id)
    links.update(withdrawn_at=timezone.now())


def system_user() -> User:
    """`cli`: owns what commands make, and can never sign in."""
    user, new = User.objects.get_or_create(
        username=SYSTEM, defaults={"is_active": False, "first_name": "Command line"}
    )
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
