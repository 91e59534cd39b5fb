"""What bench.cuts measures, inside a Studio of its own."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import cv2
from django.core.management import call_command
from django.db import connection
from PIL import Image

from bench.starter import product
from studio import storage
from studio.flow import cut, starter
from studio.imaging import ratios
from studio.imaging.compose import compose
from studio.imaging.encode import BEST, png
from studio.imaging.framing import Box
from studio.imaging.plain import REDUCING_GAP
from studio.imaging.scene import Scene as Values
from studio.models import Brand, Cut, Placement, Render, Scene, Shoot, State

SCENE: Final = "dark-slate"
SAMPLE: Final = "mug"
MASKS: Final = Path(__file__).resolve().parents[1] / "tests" / "samples"
CORES: Final = os.cpu_count() or 1


def main(sets: int) -> None:
    """Prints what a file took, in seconds of a core."""
    cv2.setNumThreads(1)
    call_command("migrate", verbosity=0)
    starter.lay_in()
    renders = pictures(sets)
    files = sets * Placement.objects.count()
    ours = _on_every_core(_by_studio, renders)
    assert Cut.objects.exclude(file="").count() == files
    floor = _on_every_core(_by_pillow, renders)
    print(json.dumps({"files": files, "ours": ours / files, "floor": floor / files}))


def pictures(sets: int) -> list[int]:
    """Finished renders in every shape, not cut yet, the shoot of each set its own."""
    version = Scene.objects.get(slug=SCENE).current
    assert version is not None
    brand = Brand.objects.get(slug=starter.BRAND)
    thing = brand.products.first()
    assert thing is not None
    cutting, made = product(SAMPLE, MASKS), []
    shoots = [Shoot.objects.create(brand=brand) for _ in range(sets)]
    for shoot in shoots:
        shoot.placements.set(Placement.objects.all())
    for ratio in sorted({place.ratio for place in Placement.objects.all()}):
        size = ratios.size(ratio, ratios.LONG_SIDES["2K"])
        picture = compose(cutting, Values.parse(version.engine), *size, 1)
        key = storage.save(png(Image.fromarray(picture.pixels)), "pictures", "png")
        told = {"width": size[0], "height": size[1], "box": picture.box, "picture": key, "screen": key}
        for shoot in shoots:
            row = Render.objects.create(
                shoot=shoot, brand=brand, product=thing, scene_version=version, ratio=ratio, resolution="2K",
                engine="local", state=State.DONE, cuts_due=True, **told,
            )  # fmt: skip
            made.append(row.pk)
    return made


def _on_every_core(work: Callable[[Sequence[int]], float], renders: list[int]) -> float:
    """Seconds of all processors together."""
    connection.close()  # each process opens its own
    with multiprocessing.get_context("fork").Pool(CORES) as pool:
        return sum(pool.map(work, [renders[core::CORES] for core in range(CORES)], chunksize=1))


def _by_studio(renders: Sequence[int]) -> float:
    started = time.process_time()
    for render in Render.objects.filter(pk__in=renders):
        cut.prepare(render)
    return time.process_time() - started


def _by_pillow(renders: Sequence[int]) -> float:
    """The pixels that Studio chose; in this scene every file fits its limit at the first try."""
    jobs = [(storage.read(row.picture), list(row.cuts.select_related("placement")))
            for row in Render.objects.filter(pk__in=renders)]  # fmt: skip
    started = time.process_time()
    for data, cuts in jobs:
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            for one in cuts:
                cut_plainly(picture, one)
    return time.process_time() - started


def cut_plainly(picture: Image.Image, one: Cut) -> None:
    window = Box(*one.frame).common(picture.size).edges
    target = one.placement.width, one.placement.height
    sized = picture.resize(target, Image.Resampling.LANCZOS, box=window, reducing_gap=REDUCING_GAP)
    out = BytesIO()
    sized.save(out, "JPEG", quality=BEST, subsampling="4:4:4", progressive=True, optimize=True)
    assert one.placement.max_bytes is None or out.tell() <= one.placement.max_bytes
    with Image.open(out) as written:
        written.load()
