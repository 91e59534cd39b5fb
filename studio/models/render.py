"""One picture on its way, and every call that was made for it."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.models.lease import Leased, LeasedQuerySet
from studio.models.people import Brand
from studio.models.preset import SceneVersion
from studio.models.product import Packshot, Product
from studio.models.shoot import Shoot


class State(models.TextChoices):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    UNSURE = "unsure"
    RUNNING = "running"
    COLLECTING = "collecting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: Final[dict[str, set[str]]] = {
    State.QUEUED: {State.SUBMITTING, State.CANCELLED},
    State.SUBMITTING: {State.RUNNING, State.COLLECTING, State.QUEUED, State.FAILED, State.UNSURE},
    State.UNSURE: {State.RUNNING, State.FAILED},
    State.RUNNING: {State.COLLECTING, State.FAILED},
    State.COLLECTING: {State.DONE, State.FAILED},
    State.FAILED: {State.QUEUED},
    State.DONE: set(),
    State.CANCELLED: set(),
}
FINAL: Final = (State.DONE, State.FAILED, State.CANCELLED)


class Review(models.TextChoices):
    NONE = "", "Not reviewed"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


class Cause(models.TextChoices):
    FIRST = "first"
    RETRY = "retry", "automatic retry"
    RERUN = "rerun", "rerun by a person"
    EDIT = "edit"
    FINAL = "final"


class RenderQuerySet(LeasedQuerySet["Render"]):
    def due(self) -> "RenderQuerySet":
        """What somebody should move on now. An unsure row without a time waits for a person."""
        now = timezone.now()
        moving = Q(state__in=(State.QUEUED, State.SUBMITTING, State.COLLECTING), look_again_at=None)
        waited = Q(state__in=WORKING, look_again_at__lte=now)
        return self.free().filter(moving | waited).order_by("pk")


WORKING: Final = (State.QUEUED, State.SUBMITTING, State.UNSURE, State.RUNNING, State.COLLECTING)


class Render(Leased):
    """One picture of one product in one scene at one ratio; every placement of that ratio is cut from it."""

    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="renders")
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="renders")
    product = models.ForeignKey(Product, models.CASCADE, related_name="renders")
    packshot = models.ForeignKey(Packshot, models.CASCADE, related_name="renders")
    scene_version = models.ForeignKey(SceneVersion, models.PROTECT, related_name="renders")
    ratio = models.CharField(max_length=5)
    take = models.PositiveSmallIntegerField(default=1)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    cause = models.CharField(max_length=6, choices=Cause.choices, default=Cause.FIRST)
    resolution = models.CharField(max_length=2)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=80, blank=True)
    prompt = models.TextField(help_text="As it is sent, word for word.")

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    failure = models.CharField(max_length=40, blank=True, help_text="A code of messages.py.")
    failure_values = models.JSONField(default=dict, blank=True)
    look_again_at = models.DateTimeField(null=True, blank=True)
    stumbles = models.PositiveSmallIntegerField(
        default=0, help_text="Errors of ours on the way; set aside at three."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    picture = models.CharField(max_length=120, blank=True, help_text="Storage key of the full picture.")
    screen = models.CharField(max_length=120, blank=True)
    thumb = models.CharField(max_length=120, blank=True)
    media_type = models.CharField(max_length=20, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    box = models.JSONField(null=True, blank=True, help_text="Where the product is: x, y, w, h as fractions.")

    cuts_due = models.BooleanField(default=False, help_text="Done, and not yet cut for its placements.")

    review = models.CharField(max_length=10, choices=Review.choices, blank=True, default=Review.NONE)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(RenderQuerySet)()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state", "look_again_at"], name="render_due"),  # the heartbeat's question
            models.Index(fields=["shoot", "updated_at"], name="render_news"),  # the live page's question
            models.Index(fields=["brand", "-id"], name="render_gallery"),  # the gallery, newest first
            models.Index(fields=["cuts_due"], condition=Q(cuts_due=True), name="render_cuts_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shoot", "product", "packshot", "scene_version", "ratio", "take"],
                name="one_render_a_take",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="render_state_known"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(picture=""), name="done_has_a_picture"),
        ]

    def __str__(self) -> str:
        return f"Render {self.pk}: {self.ratio}, {self.state}"

    @property
    def final(self) -> bool:
        return self.state in FINAL

    @property
    def files(self) -> list[str]:
        return [key for key in (self.picture, self.screen, self.thumb) if key]

    def move(self, to: State, **fields: Any) -> bool:
        """One conditional UPDATE on (id, state, our lease). False when somebody else was first."""
        if to not in MOVES[self.state]:
            raise ValueError(f"a render never goes from {self.state} to {to}")
        fields |= {"state": to, "updated_at": timezone.now()}
        if to in FINAL:
            fields |= {"finished_at": timezone.now(), "look_again_at": None}
        if self.mine(state=self.state).update(**fields) == 0:
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True


class Attempt(models.Model):
    """One call that may cost money: key and exact bytes are saved before it goes out. Outlives its Render."""

    render = models.ForeignKey(Render, models.SET_NULL, null=True, related_name="attempts")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=6, choices=Cause.choices, default=Cause.FIRST)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=80, blank=True)
    key = models.UUIDField(unique=True, help_text="Idempotency key: the same key and bytes buy once.")
    request = models.BinaryField()
    task_id = models.CharField(max_length=100, blank=True, db_index=True)
    price_estimated = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    price_charged = models.BigIntegerField(null=True, blank=True)
    result = models.CharField(
        max_length=2000, blank=True, help_text="Storage key or address of what came back."
    )
    sends = models.PositiveSmallIntegerField(default=0, help_text="How often these bytes went out.")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=40, blank=True, help_text="Empty while open; done, or a failure code."
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["render", "number"], name="one_attempt_a_number"),
            models.UniqueConstraint(fields=["render"], condition=Q(outcome=""), name="one_open_attempt"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.render_id}: {self.outcome or 'open'}"
