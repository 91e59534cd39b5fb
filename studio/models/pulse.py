"""Signs of life that processes leave for each other."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class Pulse(models.Model):
    """When something last happened: `heartbeat` is the loop, `canary` a task that came out of the queue."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})

    @classmethod
    def fresh(cls, name: str, within: timedelta) -> bool:
        return cls.objects.filter(name=name, at__gte=timezone.now() - within).exists()
