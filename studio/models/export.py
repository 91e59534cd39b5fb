"""What leaves the house: one file cut for one placement, and archives of them."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.models.lease import Leased, LeasedQuerySet
from studio.models.people import Brand
from studio.models.preset import Placement
from studio.models.render import Render
from studio.models.shoot import Shoot


class Verdict(models.TextChoices):
    """Whether the channel will take a file."""

    GOOD = "pass"
    WARNING = "warning"
    FAILURE = "failure"


class Cut(models.Model):
    """One Render cut for one Placement: a file, what a check found, its checksum."""

    render = models.ForeignKey(Render, models.CASCADE, related_name="cuts")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="cuts")
    file = models.CharField(
        max_length=120, blank=True, help_text="Storage key; empty when it could not be made."
    )
    extension = models.CharField(max_length=5, blank=True)
    media_type = models.CharField(max_length=20, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    crc32 = models.PositiveBigIntegerField(null=True, help_text="As an archive's directory wants it.")
    frame = models.JSONField(
        default=list, help_text="The window in the picture: x, y, width, height in its pixels."
    )
    findings = models.JSONField(
        default=list, help_text="What the check found: codes, levels and values; empty is fine."
    )
    verdict = models.CharField(
        max_length=7, choices=Verdict.choices, default=Verdict.GOOD, help_text="The worst of its findings."
    )
    failure = models.CharField(max_length=40, blank=True)
    failure_values = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["placement__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["render", "placement"], name="one_cut_a_placement")]

    def __str__(self) -> str:
        return f"Cut of {self.render_id} for {self.placement_id}"


class ExportQuerySet(LeasedQuerySet["Export"]):
    def due(self) -> "ExportQuerySet":
        return self.free().filter(state__in=("queued", "building")).order_by("pk")

    def expired(self) -> "ExportQuerySet":
        return self.filter(expires_at__lt=timezone.now()).exclude(file="")

    def ended_before(self, moment: datetime) -> "ExportQuerySet":
        """Expired by then, or failed."""
        failed = models.Q(state="failed", expires_at=None, finished_at__lt=moment)
        return self.filter(failed | models.Q(expires_at__lt=moment), file="", state__in=("done", "failed"))


class Export(Leased):
    """Chosen pictures as one archive: queued, building, then done or failed."""

    STATES: Final = ("queued", "building", "done", "failed")

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="exports")
    shoot = models.ForeignKey(Shoot, models.CASCADE, null=True, blank=True, related_name="exports")
    renders = models.ManyToManyField(Render, through="Chosen", related_name="exports")
    template = models.CharField(max_length=200, help_text="What its files are called, see flow/naming.py.")
    skip_failing = models.BooleanField(default=False, help_text="Leaves out what a channel would refuse.")
    promised = models.PositiveIntegerField(default=0, help_text="Files asked for.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    file = models.CharField(max_length=120, blank=True, help_text="Storage key of its listing.")
    bytes = models.BigIntegerField(default=0, help_text="Of the archive that is streamed.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the listing.")
    count = models.PositiveIntegerField(default=0, help_text="Pictures in the archive.")
    missing = models.JSONField(default=list, help_text="What could not be put in, each with its reason.")
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    lost = 0  # files that were found to be gone when it was opened

    objects = models.Manager.from_queryset(ExportQuerySet)()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Export {self.pk}: {self.state}"


class Chosen(models.Model):
    """One picture that was asked for in an export. It stays, with its label, when the picture is deleted."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="chosen")
    render = models.ForeignKey(Render, models.SET_NULL, null=True, related_name="chosen")
    label = models.CharField(max_length=240, help_text="SKU, scene and shape, as they were then.")
    files = models.PositiveSmallIntegerField(help_text="How many files it was to give.")
    uncut = models.JSONField(
        null=True,
        help_text="How the uncut picture goes out: size, sums and pieces; {} until read, null if not wanted.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label
