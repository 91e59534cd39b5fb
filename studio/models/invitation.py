"""A link by which one person joins a brand."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.models.people import Brand, Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Neither used nor withdrawn; expired ones too, since they can be made anew."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self) -> "InvitationQuerySet":
        return self.waiting().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """Of the link only a hash is kept: who reads the database cannot join by it."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="invitations")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.MARKETER)
    note = models.CharField(max_length=120, blank=True, help_text="For whom: a name or an address.")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Invitation {self.pk} to {self.brand}"

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def change(self, **fields: Any) -> bool:
        """Changes one that still waits. False when it was used or withdrawn meanwhile."""
        return Invitation.objects.waiting().filter(pk=self.pk).update(**fields) == 1
