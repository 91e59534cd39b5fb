"""Products that come in as a list, their packshots as an archive, and what becomes of each."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Exists
from django.utils import timezone

from studio.models.lease import Leased, LeasedQuerySet
from studio.models.people import Brand
from studio.models.product import Product


class ImportQuerySet(LeasedQuerySet["Import"]):
    def due(self) -> "ImportQuerySet":
        return self.free().filter(state__in=("checking", "running")).order_by("pk")

    def fewer_than(self, most: int) -> "ImportQuerySet":
        """These, or none when `most` imports are held. Whoever claims asks that within the same statement."""
        held = Import.objects.filter(lease_until__gte=timezone.now()).order_by()
        return self.filter(~Exists(held[most - 1 : most]))

    def expired(self) -> "ImportQuerySet":
        """Whose files are still there although nobody needs them any more."""
        stored = self.exclude(table="", archive="").exclude(state__in=("checking", "running"))
        return stored.filter(expires_at__lt=timezone.now())


class Import(Leased):
    """A list, an archive of packshots, or both: draft, checking, checked, running, done."""

    STATES: Final = ("draft", "checking", "checked", "running", "done")

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default="draft")
    table = models.CharField(max_length=120, blank=True, help_text="Storage key of the list as it came.")
    table_name = models.CharField(max_length=255, blank=True)
    table_rows = models.PositiveIntegerField(default=0)
    archive = models.CharField(max_length=120, blank=True, help_text="Storage key of the archive.")
    archive_name = models.CharField(max_length=255, blank=True)
    archive_files = models.PositiveIntegerField(default=0)
    archive_bytes = models.PositiveBigIntegerField(default=0)
    mapping = models.JSONField(default=dict, help_text="Which column holds what: field to index.")
    headless = models.BooleanField(default=False, help_text="The first line of the list is data, too.")
    planned = models.BooleanField(default=False, help_text="Rows and files are written down.")
    todo = models.PositiveIntegerField(
        default=0, help_text="Rows that were open when it was last set to work."
    )
    stumbles = models.PositiveSmallIntegerField(default=0, help_text="Turns of work that did not end.")
    failure = models.CharField(max_length=40, blank=True)
    failure_values = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When its files go; the rows stay.")

    objects = models.Manager.from_queryset(ImportQuerySet)()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.state}"

    @property
    def files_stored(self) -> list[str]:
        return [*filter(None, (self.table, self.archive))]


class RowVerdict(models.TextChoices):
    """What an import does with a product: first as the check foresees it, then as it came about."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"


class Reasoned(models.Model):
    """Something that may not be taken: `reason` is a code of messages, `values` fill its sentence."""

    reason = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict, blank=True)
    done = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def refuse(self, code: str, values: dict[str, Any]) -> None:
        self.reason, self.values = code, values

    def keep(self, *fields: str) -> None:
        """Writes these fields. A row that was deleted meanwhile stays so."""
        values = {field: getattr(self, field) for field in fields}
        type(self)._default_manager.filter(pk=self.pk).update(**values)


class ImportRow(Reasoned):
    """One product, from one line of a list or from several of the same SKU; or a line that cannot be one."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="Its first line in the list, counted from 1.")
    lines = models.PositiveIntegerField(default=1, help_text="How many lines name it.")
    sku = models.CharField("SKU", max_length=80, blank=True)
    name = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    sources = models.JSONField(default=list, help_text="Its file names and addresses, as the list says.")
    whole = models.JSONField(default=dict, help_text="Cells that are too long to be kept above.")
    verdict = models.CharField(max_length=9, choices=RowVerdict.choices, blank=True)
    changes = models.JSONField(default=list, help_text="What of the product is changed.")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["imported", "number"], name="one_row_a_number")]
        indexes = [models.Index(fields=["imported", "verdict", "number"], name="rows_by_verdict")]

    def __str__(self) -> str:
        return f"{self.number}: {self.sku}"


class ImportFile(Reasoned):
    """One picture of an import: an entry of the archive, a file name that a list gives, or an address."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="files")
    row = models.ForeignKey(ImportRow, models.CASCADE, null=True, related_name="files")
    number = models.PositiveIntegerField(help_text="The order in which a row's files come in.")
    entry = models.PositiveIntegerField(null=True, help_text="Its place in the archive's directory.")
    name = models.CharField(max_length=255, help_text="As the archive or the list says, made showable.")
    address = models.CharField(max_length=2000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of its bytes, once they were read.")
    brought = models.BooleanField(default=False, help_text="This import brought it; else it was here before.")

    class Meta:
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["address"], name="files_by_address", condition=~models.Q(address=""))]

    def __str__(self) -> str:
        return self.name
