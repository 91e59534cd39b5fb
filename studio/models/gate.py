"""What all processes and machines know together about one engine: its pace, its trouble, who closed it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Gate(models.Model):
    """One row an engine. Whoever sends anything takes a permit here first, in a short transaction.

    `next_at` is the generic cell rate algorithm's theoretical arrival time: a bucket in one column.
    """

    engine = models.CharField(max_length=20, unique=True)

    next_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now, help_text="We were told to wait until then.")
    good = models.PositiveIntegerField(default=0, help_text="Calls taken in a row: the slow start.")
    troubles = models.FloatField(default=0, help_text="Calls in a row that were not answered.")
    down_since = models.DateTimeField(null=True, blank=True, help_text="The breaker is open.")
    probe_at = models.DateTimeField(null=True, blank=True)
    gentle_until = models.DateTimeField(null=True, blank=True, help_text="It has just come back.")

    closed_by = models.CharField(max_length=40, blank=True, help_text="A code of messages.py.")
    closed_values = models.JSONField(default=dict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_models = models.JSONField(default=dict, blank=True, help_text="Model key to code.")
    key_print = models.CharField(max_length=16, blank=True, help_text="Of the key that was refused.")

    paused_at = models.DateTimeField(null=True, blank=True)
    draining = models.BooleanField(default=False, help_text="What is queued is finished; no new launches.")
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    list_page = models.PositiveSmallIntegerField(default=1)
    list_at = models.DateTimeField(default=timezone.now, help_text="When the list may be asked again.")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="The last callback that was right.")
    deaf_since = models.DateTimeField(null=True, blank=True, help_text="Finished tasks, and no callback.")

    def __str__(self) -> str:
        return f"Gate of {self.engine}: {self.closed_by or 'open'}"

    @property
    def open(self) -> bool:
        """Whether anything may be submitted: nobody closed it or paused it, and the engine answers."""
        return not (self.closed_by or self.down_since or (self.paused_at and not self.draining))

    @classmethod
    def of(cls, engine: str) -> "Gate":
        return cls.objects.get_or_create(engine=engine)[0]

    @classmethod
    def change(cls, engine: str, **fields: object) -> int:
        return cls.objects.filter(engine=engine).update(**fields)

    @classmethod
    def count_good(cls, engine: str, enough: int) -> None:
        """One more call was taken. Writes nothing once the slow start is over."""
        rows = cls.objects.filter(Q(good__lt=enough) | Q(troubles__gt=0), engine=engine)
        if rows.exists():
            rows.update(good=F("good") + 1, troubles=0)

    def permits(self, interval: timedelta, burst: int) -> int:
        """How many calls may go out now, at one an interval and `burst` at once."""
        now = timezone.now()
        ahead = max(self.next_at - now, timedelta(0))
        return max(0, burst - -(-ahead // interval))

    def spend(self, calls: int, interval: timedelta) -> None:
        now = timezone.now()
        self.next_at = max(self.next_at, now) + calls * interval
        self.save(update_fields=["next_at"])
