"""What pictures cost: the provider's price list as it was read, and what a callback told us."""

from django.db import models
from django.utils import timezone


class PriceList(models.Model):
    """One reading of the provider's price document. A new row only when prices of ours changed."""

    engine = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    document = models.BinaryField()
    problem = models.CharField(max_length=40, blank=True, help_text="Why it cannot be used, as a code.")
    read_at = models.DateTimeField(default=timezone.now, help_text="When it was first read.")
    seen_at = models.DateTimeField(default=timezone.now, help_text="When it was last read again, unchanged.")
    zeros = models.JSONField(default=list, blank=True, help_text="Prices of zero that an admin confirmed.")

    class Meta:
        ordering = ["-seen_at"]
        indexes = [models.Index(fields=["engine", "-seen_at"], name="price_list_newest")]

    def __str__(self) -> str:
        return f"Prices of {self.engine}, {self.read_at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """A callback, kept before it is acted upon. The same task and body are kept once."""

    token = models.CharField(max_length=64, db_index=True, help_text="Of the address it came to.")
    task_id = models.CharField(max_length=100, db_index=True)
    body_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=40)
    signed = models.BooleanField()
    fresh = models.BooleanField(default=True, help_text="Its clock agreed with ours.")
    received_at = models.DateTimeField(default=timezone.now)
    remark = models.CharField(max_length=40, blank=True, help_text="A code, when it contradicts us.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["token", "task_id", "body_sha256"], name="one_notice_a_body")
        ]

    def __str__(self) -> str:
        return f"Notice of {self.task_id}: {self.status}"
