"""What admins prepare: scenes in frozen versions, and the placements pictures are cut for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.models.people import Brand


class SceneQuerySet(models.QuerySet["Scene"]):
    def open_to(self, brand: Brand) -> "SceneQuerySet":
        """The brand's own scenes and those shared by all, retired ones too."""
        return self.filter(Q(brand=brand) | Q(brand=None))

    def published(self) -> "SceneQuerySet":
        """Those that a shoot may use today."""
        return self.filter(retired_at=None, versions__published_at__isnull=False).distinct()


class Scene(models.Model):
    """A preset: a place to stand a product in. Of one brand, or shared by all."""

    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="scenes")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    draft_name = models.CharField(max_length=80, blank=True, help_text="Becomes the name with the draft.")
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SceneQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "slug"], name="one_scene_a_slug"),
            models.UniqueConstraint(fields=["slug"], condition=Q(brand=None), name="one_shared_scene_a_slug"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def current(self) -> "SceneVersion | None":
        """The newest published version. Uses the prefetched ones where there are."""
        published = [version for version in self.versions.all() if version.published_at]
        return max(published, key=lambda version: version.number, default=None)

    @property
    def draft(self) -> "SceneVersion | None":
        return next((version for version in self.versions.all() if not version.published_at), None)


class SceneVersion(models.Model):
    """The words and values of a scene. Once published it never changes; the database itself refuses."""

    scene = models.ForeignKey(Scene, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    surface = models.TextField(max_length=600, help_text="What the product stands on.")
    light = models.TextField(max_length=600)
    mood = models.TextField(max_length=600, help_text="Place, mood and style.")
    keep = models.TextField(max_length=600, help_text="What must stay as it is.")
    engine = models.JSONField(default=dict, help_text="Values for the embedded engine.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed.")
    preview = models.CharField(max_length=120, blank=True, help_text="Storage key of the sample picture.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["scene", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["scene"], condition=Q(published_at=None), name="one_draft_a_scene"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scene.name} v{self.number}"

    def publish(self) -> bool:
        """Freezes this draft. False when it is published already."""
        drafts = SceneVersion.objects.filter(pk=self.pk, published_at=None)
        won = drafts.update(published_at=timezone.now()) == 1
        self.refresh_from_db()
        return won


class PlacementQuerySet(models.QuerySet["Placement"]):
    def open_to(self, brand: Brand) -> "PlacementQuerySet":
        """The brand's own placements and those shared by all, retired ones too."""
        return self.filter(Q(brand=brand) | Q(brand=None))

    def offered_to(self, brand: Brand) -> "PlacementQuerySet":
        """Those that a shoot of the brand may choose today; its own come first."""
        return self.open_to(brand).filter(retired_at=None).order_by(*OWN_FIRST)


OWN_FIRST = (models.F("brand").asc(nulls_last=True), "position", "id")


def placement_title(channel: str, name: str) -> str:
    """Both, but the channel once: the name may begin with it."""
    return name if name.startswith(f"{channel} ") else f"{channel} {name}"


class Placement(models.Model):
    """A place a picture is delivered to: exact pixels and a channel's rules. Of one brand, or shared by all.

    What pictures were cut for stays as it is: a change of the file makes a new row with the slug and name.
    """

    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="placements")
    slug = models.SlugField(max_length=60)
    channel = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    min_width = models.PositiveIntegerField(null=True, blank=True)
    min_height = models.PositiveIntegerField(null=True, blank=True)
    ratio = models.CharField(max_length=5, help_text="The ratio that loses least when it is cut.")
    formats = models.CharField(
        max_length=80, help_text="As the channel lists them, best first, separated by ;"
    )
    max_bytes = models.BigIntegerField(null=True, blank=True)
    background_rule = models.TextField(blank=True)
    safe_top = models.FloatField(default=0, help_text="Percent of the height to keep free.")
    safe_bottom = models.FloatField(default=0)
    safe_left = models.FloatField(default=0, help_text="Percent of the width to keep free.")
    safe_right = models.FloatField(default=0)
    notes = models.TextField(blank=True)
    source_url = models.URLField(max_length=400, blank=True)
    source_url_2 = models.URLField(max_length=400, blank=True)
    evidence = models.CharField(max_length=20, blank=True)
    confidence = models.CharField(max_length=10, blank=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "slug"], condition=Q(retired_at=None), name="one_placement_a_slug"
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(brand=None, retired_at=None),
                name="one_shared_placement_a_slug",
            ),
        ]

    def __str__(self) -> str:
        return placement_title(self.channel, self.name)

    @property
    def pixels(self) -> str:
        return f"{self.width} × {self.height}"

    @property
    def safe(self) -> tuple[float, float, float, float]:
        """Margins to keep free in percent: top, bottom, left, right."""
        return self.safe_top, self.safe_bottom, self.safe_left, self.safe_right

    @property
    def format_names(self) -> tuple[str, ...]:
        return tuple(part.split("(")[0].strip().upper() for part in self.formats.split(";"))
