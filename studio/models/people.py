"""People, the brands they work for, and what they may do there."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person who signs in, or the system user `cli` to whom command-line work is booked."""

    shortcuts = models.BooleanField("single-key shortcuts", default=True)

    @property
    def label(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = self.label.split()
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


class Brand(models.Model):
    """Whose pictures these are. Everything a person may reach hangs from a brand."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    brief = models.TextField(blank=True, help_text="Sent word for word in every prompt.")
    monthly_budget = models.BigIntegerField(
        null=True, blank=True, help_text="Micro-dollars; empty is no limit."
    )
    export_template = models.CharField(
        max_length=200, blank=True, help_text="What files were called last; see flow/naming.py."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="brands")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.IntegerChoices):
    """Each role may do what the lower ones may."""

    VIEWER = 1, "Viewer"  # looks and downloads
    MARKETER = 2, "Marketer"  # uploads, shoots, reviews
    ADMIN = 3, "Admin"  # presets, people, budgets


class Membership(models.Model):
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.MARKETER)
    daily_limit = models.BigIntegerField(null=True, blank=True, help_text="Micro-dollars; empty is no limit.")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "user"], name="one_membership_a_brand")]

    def __str__(self) -> str:
        return f"{self.user} in {self.brand}"
