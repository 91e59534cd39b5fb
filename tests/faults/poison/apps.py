"""The embedded engine, in a process that ends without a word when it is asked for a square."""

import json
import os
import signal

from django.apps import AppConfig
from django.conf import settings

from studio.providers.base import Finished
from studio.providers.local import Local

_make = Local.submit


def _poisoned(self: Local, request: bytes, key: str) -> Finished:
    width, height = json.loads(request)["size"]
    if width == height:
        with (settings.DATA / "deaths").open("a") as deaths:
            deaths.write(f"{os.getpid()}\n")
        os.kill(os.getpid(), signal.SIGKILL)
    return _make(self, request, key)


class Poison(AppConfig):
    name = "tests.faults.poison"

    def ready(self) -> None:
        Local.submit = _poisoned  # type: ignore[method-assign]
