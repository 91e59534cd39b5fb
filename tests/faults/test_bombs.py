"""Ten bombs through the upload page: each gets a verdict, and meanwhile other pages answer."""

import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection
from django.test import Client

from studio.imaging import decoder
from studio.models import Role
from tests import cast, pictures
from tests.web.test_hostile_uploads import REFUSED, TAKEN, send

pytestmark = pytest.mark.faults
LOADED = {"png 7000x7000 rgba 16 bit", "png 5000 texts", "apng 300 frames", "webp 16383x3000"}
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@pytest.mark.django_db(transaction=True)
def test_bombs_are_refused_or_decoded_while_other_pages_answer() -> None:
    brand = cast.brand()
    ines, olaf = Client(), Client()
    for browser, name in ((ines, "Ines Marrow"), (olaf, "Olaf Other")):
        browser.force_login(cast.person(name, brand, Role.MARKETER))
    bombs = pictures.bombs()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Pinging(olaf, f"/b/{brand.slug}/products/") as pinging:
        answers = {name: send(ines, brand, data, f"{name}.jpg") for name, data in bombs.items()}
        child = resident(decoder.shared())
    verdicts = {name: answer.status_code for name, answer in answers.items()}
    assert verdicts == {name: TAKEN if name in LOADED else REFUSED for name in bombs}
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * UNIT <= 64 << 20
    assert child <= 1 << 30
    assert sorted(pinging.waits)[int(len(pinging.waits) * 0.95)] <= 0.3


class Pinging:
    """Fetches a page again and again meanwhile; `waits` is how long each took, in seconds."""

    def __init__(self, browser: Client, address: str) -> None:
        self.browser, self.address, self.stop = browser, address, Event()
        self.waits: list[float] = []

    def __enter__(self) -> "Pinging":
        self.pool = ThreadPoolExecutor(1)
        self.work = self.pool.submit(self.run)
        return self

    def run(self) -> None:
        try:
            while not self.stop.wait(0.02):
                started = time.monotonic()
                assert self.browser.get(self.address).status_code == TAKEN
                self.waits.append(time.monotonic() - started)
        finally:
            connection.close()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.work.result()
        self.pool.shutdown()


def resident(door: decoder.Decoder) -> int:
    """Bytes of memory that the child has taken by now."""
    child = door._child
    assert child
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(child._process.pid)], capture_output=True, text=True, check=True
    )
    return int(told.stdout) * 1024
