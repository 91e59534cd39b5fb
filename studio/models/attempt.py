"""Every call that may cost money: what was sent, why, at what price, and how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.models.money import PriceList
from studio.models.people import Brand
from studio.models.render import Cause, Render


class Attempt(models.Model):
    """One call that may cost money: key and exact bytes are saved before it goes out. Outlives its Render."""

    render = models.ForeignKey(Render, models.SET_NULL, null=True, related_name="attempts")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=6, choices=Cause.choices, default=Cause.FIRST)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=80, blank=True)
    key = models.UUIDField(unique=True, help_text="Idempotency key: the same key and bytes buy once.")
    token = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text="In the address of its callback."
    )
    request = models.BinaryField(help_text="What was frozen; long references are named by their storage key.")
    body_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the body that goes out for it.")
    sheet = models.CharField(max_length=120, blank=True, help_text="Storage key of a composed reference.")
    task_id = models.CharField(max_length=100, blank=True, db_index=True)
    price_estimated = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    price_charged = models.BigIntegerField(null=True, blank=True)
    price_list = models.ForeignKey(PriceList, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    address = models.TextField(blank=True, help_text="Where the provider keeps what it made.")
    expires_at = models.DateTimeField(null=True, blank=True)
    reads = models.PositiveSmallIntegerField(default=0, help_text="How often the result was asked for.")
    revived = models.BooleanField(default=False, help_text="Lost once, and looked at again.")
    result = models.CharField(max_length=120, blank=True, help_text="Storage key of what came back.")
    sends = models.PositiveSmallIntegerField(default=0, help_text="How often these bytes went out.")
    doubtful = models.BooleanField(default=False, help_text="A call went unanswered: perhaps bought.")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=40, blank=True, help_text="Empty while open; done, or a failure code."
    )

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["brand", "ended_at"], name="attempt_spend"),  # the month's question
            models.Index(fields=["asked_by", "ended_at"], name="attempt_person_spend"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["render", "number"], name="one_attempt_a_number"),
            models.UniqueConstraint(fields=["render"], condition=Q(outcome=""), name="one_open_attempt"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.render_id}: {self.outcome or 'open'}"
