"""What people drew over a cut-out that had erred."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.models.product import Packshot


class Correction(models.Model):
    """Strokes of the brush over a packshot. The newest is in force; earlier ones stay, to go back to.

    `replaced` is the cut-out that gave way. Frozen orders may still name it.
    """

    packshot = models.ForeignKey(Packshot, models.CASCADE, related_name="corrections")
    strokes = models.JSONField(default=list, help_text="Of both brushes; none asks for the automatic one.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(
        null=True, blank=True, help_text="When the cut-out was made of it, or it gave way to a later one."
    )
    replaced = models.CharField(max_length=120, blank=True, help_text="Storage key; empty once it is gone.")
    replaced_box = models.JSONField(null=True, blank=True, help_text="Where the product was in it.")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["packshot"], condition=Q(done_at=None), name="correction_due"),
        ]

    def __str__(self) -> str:
        return f"Correction {self.pk} of packshot {self.packshot_id}"
