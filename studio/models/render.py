"""One picture on its way, and every call that was made for it."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
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
HELD: Final = (State.SUBMITTING, State.UNSURE)  # in these a call may be on its way


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


class Basis(models.TextChoices):
    PACKSHOT = "packshot", "the packshots"
    PARENT = "parent", "the picture before"
    WORDS = "words", "words alone"


class RenderQuerySet(LeasedQuerySet["Render"]):
    def in_turn(self) -> "RenderQuerySet":
        """One picture of each person, then the next of each: a shoot of 500 does not hold up one of 3."""
        turn = Window(RowNumber(), partition_by=F("asked_by"), order_by=F("pk").asc())
        return self.order_by(turn, "pk")

    def due(self) -> "RenderQuerySet":
        """What somebody should move on now. An unsure row without a time waits for a person."""
        now = timezone.now()
        moving = Q(state__in=(State.QUEUED, State.SUBMITTING, State.COLLECTING), look_again_at=None)
        waited = Q(state__in=WORKING, look_again_at__lte=now)
        return self.free().filter(moving | waited).order_by("pk")


UNDECIDED: Final = Q(state=State.UNSURE, look_again_at=None)  # nobody asks again: a person decides
WORKING: Final = (State.QUEUED, State.SUBMITTING, State.UNSURE, State.RUNNING, State.COLLECTING)


class Render(Leased):
    """One picture of one product in one scene at one ratio; every placement of that ratio is cut from it."""

    shoot = models.ForeignKey(Shoot, models.CASCADE, related_name="renders")
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="renders")
    product = models.ForeignKey(Product, models.CASCADE, related_name="renders")
    packshot = models.ForeignKey(Packshot, models.CASCADE, null=True, blank=True, related_name="renders")
    scene_version = models.ForeignKey(SceneVersion, models.PROTECT, related_name="renders")
    ratio = models.CharField(max_length=5)
    take = models.PositiveSmallIntegerField(default=1)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    cause = models.CharField(max_length=6, choices=Cause.choices, default=Cause.FIRST)
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.PACKSHOT)
    wish = models.CharField(max_length=1000, blank=True, help_text="An edit in plain words.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=2)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=80, blank=True)
    prompt = models.TextField(help_text="As it is sent, word for word.")

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    failure = models.CharField(max_length=40, blank=True, help_text="A code of messages.py.")
    failure_values = models.JSONField(default=dict, blank=True)
    look_again_at = models.DateTimeField(null=True, blank=True)
    reserved = models.BigIntegerField(default=0, help_text="Micro-dollars put aside for it.")
    stumbles = models.PositiveSmallIntegerField(
        default=0, help_text="Errors of ours on the way; set aside at three."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    picture = models.CharField(max_length=120, blank=True, help_text="Storage key of the full picture.")
    screen = models.CharField(max_length=120, blank=True)  # made with the cuts, after it is done
    thumb = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="The copy that an edit is made from.")
    media_type = models.CharField(max_length=20, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    box = models.JSONField(null=True, blank=True, help_text="Where the product is: x, y, w, h as fractions.")

    remarks = models.JSONField(default=list, blank=True, help_text="What is odd about it, as codes.")

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
            models.Index(fields=["brand"], condition=Q(reserved__gt=0), name="render_reserved"),
            models.Index(fields=["cuts_due"], condition=Q(cuts_due=True), name="render_cuts_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shoot", "product", "packshot", "scene_version", "ratio", "take"],
                name="one_render_a_take",
            ),
            models.UniqueConstraint(
                fields=["shoot", "product", "scene_version", "ratio", "take"],
                condition=Q(packshot=None),
                name="one_drawn_render_a_take",
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
    def undecided(self) -> bool:
        """Perhaps bought, and nobody asks any more: a person decides."""
        return self.state == State.UNSURE and self.look_again_at is None

    @property
    def files(self) -> list[str]:
        return [key for key in (self.picture, self.screen, self.thumb, self.reference) if key]

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
