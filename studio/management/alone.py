"""Commands that have the machine to themselves use all of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from studio.env import HOME
from studio.flow import sweep


@contextmanager
def helped(which: str, pk: int) -> Iterator[None]:
    """`manage.py work` with this option on every other core, when nobody else is at work. Waits for them."""
    alone = not sweep.health()["heartbeat"]
    command = [sys.executable, str(HOME / "manage.py"), "work", which, str(pk)]
    helpers = [subprocess.Popen(command) for _ in range(settings.WORKERS - 1) if alone]  # noqa: S603
    try:
        yield
    finally:
        for helper in helpers:
            helper.wait()
