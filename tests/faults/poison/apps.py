"""The embedded engine, in a process that ends without a word when it is asked for a square."""

import json
import os
import signal

from django.apps import AppConfig
from django.conf import settings

from studio import storage
from studio.flow.engines import ENGINES
from studio.providers.base import Finished
from studio.providers.local import Local


class Poisonable(Local):
    def submit(self, request: bytes, key: str) -> Finished:
        width, height = json.loads(request)["size"]
        if width == height:
            with (settings.DATA / "deaths").open("a") as deaths:
                deaths.write(f"{os.getpid()}\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().submit(request, key)


class Poison(AppConfig):
    name = "tests.faults.poison"

    def ready(self) -> None:
        ENGINES["local"] = Poisonable(storage.read)
