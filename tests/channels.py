"""What a channel takes, read from placements.csv by this file alone, and held against what the studio made.

The products are the samples painted magenta, so that a file shows where its product is: one that is cut
touches the frame.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio import storage
from studio.flow import cut as cuts
from studio.flow import restyle
from studio.flow import shoot as shoots
from studio.models import Brand, Cut, Packshot, Placement, Scene
from tests import cast
from tests.pictures import encoded

HOME = Path(__file__).parents[1]
SAMPLES = ("book", "bottle", "chair", "dripper", "jar", "mug", "perfume", "vase", "watch")
TABLE = HOME / "studio" / "starter" / "placements.csv"
WRITTEN = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}
SCENES = {"white": "pure-white", "other": "paper-sweep"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults(brand: Brand, name: str, wanted: list[dict[str, str]]) -> list[str]:
    """What the channels would hold against the files of one sample."""
    shot = magenta(brand, name)
    for kind, scene in SCENES.items():
        slugs = [row["id"] for row in wanted if ("white" in row["background_rule"]) == (kind == "white")]
        shoot(brand, shot, scene, slugs)
    made = {cut.placement.slug: cut for cut in Cut.objects.filter(render__product=shot.product)}
    assert len(made) == len(wanted)
    return [f"{name}: {fault}" for row in wanted for fault in held_against(row, made[row["id"]])]


def magenta(brand: Brand, name: str) -> Packshot:
    """The sample, already cut out by its exact mask and painted, its texture kept."""
    sample = Image.open(HOME / "studio" / "starter" / "samples" / f"{name}.jpg")
    mask = Image.open(HOME / "tests" / "samples" / f"{name}.mask.png").convert("L")
    green = sample.convert("L").point(lambda level: level // 4)
    full = Image.new("L", sample.size, 230)
    cutout = Image.merge("RGBA", [full, green, full, mask])
    key = cast.stored(encoded(cutout, "PNG", compress_level=1), f"cutouts/{name}.png")
    known = {"cutout": key, "cutout_thumb": key, "cutout_confidence": 1.0, "box": [0.0, 0.0, 1.0, 1.0]}
    return cast.packshot(cast.product(brand, name), encoded(sample, "JPEG"), **known)


def shoot(brand: Brand, shot: Packshot, scene: str, slugs: list[str]) -> None:
    """Plans, launches, makes and cuts."""
    plan = shoots.plan(brand, None, [shot.product])
    shoots.choose(
        plan,
        products=plan.products.all(),
        scenes=Scene.objects.filter(slug=scene),
        placements=Placement.objects.filter(slug__in=slugs),
        ratios=[],
        resolution="1K",
        takes=1,
    )
    shoots.launch(plan, None)
    restyle.finish(plan)
    for render in plan.renders.all():
        cuts.prepare(render)


@dataclass(frozen=True)
class File:
    """A file as its channel sees it, with where magenta is in it."""

    data: bytes
    format: str
    size: tuple[int, int]
    pixels: NDArray[np.int16]

    @classmethod
    def read(cls, cut: Cut) -> "File":
        data = storage.read(cut.file)
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == "RGB"
            return cls(data, image.format or "", image.size, np.asarray(image, np.int16))

    @property
    def product(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what is strongly magenta."""
        red, green, blue = np.moveaxis(self.pixels, 2, 0)
        seen = np.minimum(red, blue) - green > 70
        down, across = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        return int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1


def held_against(row: dict[str, str], cut: Cut) -> Iterator[str]:
    """Every way in which the file breaks its row of the table."""
    if not cut.file:
        yield f"{row['id']} was not made: {cut.failure}"
        return
    file = File.read(cut)
    width, height = int(row["width_px"]), int(row["height_px"])
    if file.size != (width, height):
        yield f"{row['id']} has {file.size}"
    if WRITTEN[file.format.upper()].lower() not in row["file_formats"].lower():
        yield f"{row['id']} is {file.format}"
    if row["max_file_kb"] and len(file.data) > int(row["max_file_kb"]) * 1000:
        yield f"{row['id']} has {len(file.data)} bytes"
    yield from product_against(row, file)
    if "white" in row["background_rule"] and not white_around(file):
        yield f"{row['id']} is not white around the product"


def product_against(row: dict[str, str], file: File) -> Iterator[str]:
    width, height = file.size
    left, top, right, bottom = file.product
    if left < 1 or top < 1 or right > width - 1 or bottom > height - 1:
        yield f"{row['id']} cuts the product: {file.product} of {file.size}"
    margin = {side: float(row[f"safe_{side}_pct"] or 0) / 100 for side in ("top", "bottom", "left", "right")}
    inside = (
        left >= margin["left"] * width - 2, right <= (1 - margin["right"]) * width + 2,
        top >= margin["top"] * height - 2, bottom <= (1 - margin["bottom"]) * height + 2,
    )  # fmt: skip
    if not all(inside):
        yield f"{row['id']} has the product outside its safe area: {file.product} of {file.size}"
    share = max((right - left) / width, (bottom - top) / height)
    for least, most in re.findall(r"(\d+)(?:-(\d+))?% of frame", row["background_rule"]):
        if not int(least) / 100 <= share <= int(most or 100) / 100:
            yield f"{row['id']} shows the product at {share:.3f}"


def white_around(file: File) -> bool:
    """255 wherever the product is not near."""
    left, top, right, bottom = file.product
    away = np.ones(file.pixels.shape[:2], bool)
    away[max(0, top - 16) : bottom + 16, max(0, left - 16) : right + 16] = False
    return bool(file.pixels[away].min() == 255)
