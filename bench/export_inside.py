"""What bench.export does inside a Studio of its own. Each call prints one value as JSON."""

import json
import multiprocessing
import time
from io import BytesIO

import cv2
from django.core.management import call_command
from django.db import connection
from PIL import Image

from bench.cuts_inside import CORES, cut_plainly, pictures
from studio import storage
from studio.flow import cut, starter
from studio.models import Cut, Placement, Render, Review, Shoot
from studio.models.render import RenderQuerySet

Job = tuple[bytes, list[Cut]]
_jobs: list[Job] = []  # handed to the processes of the floor by forking


def lay(sets: int) -> None:
    """Finished pictures of so many sets, not cut yet. One more is cut already, for its windows; no archive
    has it, since it is rejected. Prints how many files the others give.
    """
    call_command("migrate", verbosity=0)
    starter.lay_in()
    pictures(sets + 1)
    for render in _first():
        cut.prepare(render)
    _first().update(review=Review.REJECTED)
    print(json.dumps(sets * Placement.objects.count()))


def floor(sets: int) -> None:
    """Prints the seconds in which every core together makes the files of so many sets."""
    cv2.setNumThreads(1)
    _jobs.extend((storage.read(row.picture), list(row.cuts.select_related("placement"))) for row in _first())
    work = [number for _ in range(sets) for number in range(len(_jobs))]
    connection.close()
    with multiprocessing.get_context("fork").Pool(CORES) as pool:
        pool.map(_make, [0] * CORES, chunksize=1)  # warms up
        started = time.perf_counter()
        for _ in pool.imap_unordered(_make, work):
            pass
        print(json.dumps(time.perf_counter() - started))


def _make(number: int) -> None:
    data, cuts = _jobs[number]
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        for one in cuts:
            cut_plainly(picture, one)


def _first() -> RenderQuerySet:
    return Render.objects.filter(shoot=Shoot.objects.earliest("pk"))
