"""What is sold, and the pictures of it that came in."""

from datetime import datetime

from django.conf import settings
from django.db import models

from studio.models.lease import Leased
from studio.models.people import Brand


class Product(models.Model):
    """A thing for sale; its description goes word for word into every prompt."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="products")
    sku = models.CharField("SKU", max_length=80)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["brand", "sku"], name="one_product_a_sku")]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def cover(self) -> "Packshot | None":
        """The first packshot. Uses the prefetched ones where there are."""
        return min(self.packshots.all(), key=lambda shot: (shot.position, shot.pk), default=None)


class Packshot(Leased):
    """One product photo: the bytes that came, and the clean copy that everything else is made from.

    It is held while it is cut out.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="packshots")
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="packshots")
    position = models.PositiveSmallIntegerField(default=1)
    file_name = models.CharField(
        max_length=255, help_text="As the person's computer called it; never a path of ours."
    )
    sha256 = models.CharField(max_length=64, help_text="Of the original bytes.")
    format = models.CharField(max_length=10)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    original = models.CharField(max_length=120, help_text="Storage key; private, never served to a browser.")
    picture = models.CharField(
        max_length=120, help_text="Storage key of the normalised copy: upright, sRGB, bare."
    )
    thumb = models.CharField(max_length=120)
    reference = models.CharField(
        max_length=120, blank=True, help_text="Storage key of the copy that is sent to a provider."
    )
    cutout = models.CharField(
        max_length=120, blank=True, help_text="Storage key; empty until it has been cut out."
    )
    cutout_thumb = models.CharField(max_length=120, blank=True)
    cutout_confidence = models.FloatField(null=True, blank=True)
    cutout_reason = models.CharField(max_length=40, blank=True)
    box = models.JSONField(null=True, blank=True, help_text="Where the product is: x, y, w, h as fractions.")
    stumbles = models.PositiveSmallIntegerField(default=0, help_text="Cut-outs ahead of use that failed.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["brand", "sha256"], name="one_packshot_a_content")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def files(self) -> list[str]:
        keys = (self.original, self.picture, self.thumb, self.reference, self.cutout, self.cutout_thumb)
        return [*filter(None, keys)]

    def box_at(self, moment: datetime) -> list[float] | None:
        """Where the product was in the cut-out of that moment: later corrections may have moved it."""
        later = self.corrections.filter(done_at__gt=moment, replaced_box__isnull=False).first()
        box: list[float] | None = later.replaced_box if later else self.box
        return box
