"""A shoot: products × scenes × shapes, planned first, then launched once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from studio.models.people import Brand
from studio.models.preset import Placement, Scene
from studio.models.product import Product

RESOLUTIONS = ("1K", "2K", "4K")


class ShootQuerySet(models.QuerySet["Shoot"]):
    def with_progress(self) -> "ShootQuerySet":
        """Adds how many pictures there are, and how many are done, failed, cancelled, wait to be asked for
        or need a decision."""
        waits_for_a_person = Q(renders__state="unsure", renders__look_again_at=None)
        return self.annotate(
            total=Count("renders"),
            done=Count("renders", filter=Q(renders__state="done")),
            queued=Count("renders", filter=Q(renders__state="queued")),
            failed=Count("renders", filter=Q(renders__state="failed")),
            undecided=Count("renders", filter=waits_for_a_person),
            cancelled=Count("renders", filter=Q(renders__state="cancelled")),
        )

    def untouched(self, **usual: str) -> "ShootQuerySet":
        """Drafts in which nothing has been chosen, and whose engine is the usual one."""
        empty = self.filter(products=None, scenes=None, placements=None, ratios=[], name="")
        return empty.filter(launched_at=None, resolution=RESOLUTIONS[0], takes=1, **usual)

    def newest_first(self) -> Any:
        """By `at`, which it adds: when it was launched, or the draft made."""
        return self.annotate(at=Coalesce("launched_at", "created_at")).order_by("-at", "-pk")


class Shoot(models.Model):
    """A draft until `launched_at` is set. Progress is a count of its Renders, never a column."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="shoots")
    name = models.CharField(max_length=120, blank=True)
    products = models.ManyToManyField(Product, blank=True, related_name="shoots")
    scenes = models.ManyToManyField(Scene, blank=True, related_name="shoots")
    placements = models.ManyToManyField(Placement, blank=True, related_name="shoots")
    ratios = models.JSONField(
        default=list, blank=True, help_text="Bare shapes asked for beside the placements."
    )
    resolution = models.CharField(max_length=2, choices=[(size, size) for size in RESOLUTIONS], default="1K")
    takes = models.PositiveSmallIntegerField(default=1)
    engine = models.CharField(max_length=20, default="local")
    model = models.CharField(max_length=80, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    launched_at = models.DateTimeField(null=True, blank=True)

    objects = ShootQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name or f"Shoot {self.pk}"

    def all_ratios(self) -> list[str]:
        """Each shape once, in the order in which it was first asked for."""
        wanted = [placement.ratio for placement in self.placements.all()]
        return list(dict.fromkeys([*wanted, *self.ratios]))

    def edit(self, **fields: Any) -> bool:
        """Changes a draft. False when it has been launched meanwhile."""
        return Shoot.objects.filter(pk=self.pk, launched_at=None).update(**fields) == 1
