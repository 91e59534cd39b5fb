"""Work that is held for a short time: a row is worked on by whoever holds its lease, and by nobody else."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(seconds=20)
Row = TypeVar("Row", bound="Leased")


class LeasedQuerySet(models.QuerySet[Row]):
    def free(self) -> Self:
        """Rows that nobody holds, or whose holder has gone quiet."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))

    def claim(self, limit: int) -> list[Row]:
        """Takes up to `limit` of these rows. Two claimers get different ones: the UPDATE asks again."""
        token = uuid.uuid4().hex
        wanted = list(self.free().values_list("pk", flat=True)[:limit])
        if not wanted:  # an UPDATE of nothing takes the write lock as well
            return []
        still_free = self.free().order_by().filter(pk__in=wanted)
        still_free.update(lease=token, lease_until=timezone.now() + LEASE)
        rows = list(self.model._default_manager.filter(pk__in=wanted, lease=token).order_by("pk"))
        for row in rows:
            row.held = token
        return rows


class Leased(models.Model):
    """`held` is the token under which this object may write; a stale holder's writes match no row."""

    lease = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    held: str | None = None

    class Meta:
        abstract = True

    def mine(self, **where: Any) -> models.QuerySet[Self]:
        """This row as a queryset, narrowed to `where` and to the lease under which we hold it."""
        if self.held:
            where["lease"] = self.held
        return type(self)._default_manager.filter(pk=self.pk, **where)

    @classmethod
    def renew(cls, rows: Iterable["Leased"]) -> None:
        """Holds the rows for another while; one that somebody else has taken stays theirs."""
        held = {row.held for row in rows if row.held}
        mine = cls._default_manager.filter(pk__in=[row.pk for row in rows], lease__in=held)
        mine.update(lease_until=timezone.now() + LEASE)

    def release(self) -> None:
        self.mine().update(lease="", lease_until=None)
        self.held = None
