"""Archives of any size for a living Studio: many cuts that name a few stored files."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Final

from tests.faults.visitor import Visitor
from tests.faults.work import manage, rows
from tests.living import Studio, eventually

PLACES: Final = 70  # cuts of each picture
_FILL: Final = """
import hashlib, json, os, zlib
from django.utils import timezone
from studio import storage
from studio.flow import export
from studio.models import Brand, Cut, Placement, Render, Scene, Shoot
brand = Brand.objects.get(slug="studio")
product = brand.products.first()
scene = Scene.objects.published().first().current
shoot = Shoot.objects.create(brand=brand, launched_at=timezone.now(), name="Large")
facts = dict(channel="Meta", width=500, height=500, ratio="1:1", formats="JPEG")
names = [f"p{{n}}-{{shoot.pk}}" for n in range({places})]
places = [Placement.objects.create(slug=name, name=name, **facts) for name in names]
shoot.placements.set(places)
made = []
for number in range({kinds}):
    data = os.urandom(min({random}, {size})) + bytes(max(0, {size} - {random}) + number)
    key = storage.save(data, "cuts", "jpg")
    made.append((key, len(data), hashlib.sha256(data).hexdigest(), zlib.crc32(data)))
def renders():
    for take in range(1, {pictures} + 1):
        yield Render(shoot=shoot, brand=brand, product=product, scene_version=scene, ratio="1:1", take=take,
            resolution="1K", engine="local", prompt="x", state="done", finished_at=timezone.now(),
            packshot=product.packshots.first(), picture=made[0][0], screen=made[0][0], thumb=made[0][0],
            width=500, height=500, bytes=made[0][1])
Render.objects.bulk_create(renders(), batch_size=200)
def cuts():
    number = 0
    for pk in shoot.renders.order_by("pk").values_list("pk", flat=True):
        for place in places:
            key, size, sha, crc = made[number % len(made)]
            yield Cut(render_id=pk, placement=place, file=key, extension="jpg", media_type="image/jpeg",
                width=500, height=500, bytes=size, sha256=sha, crc32=crc)
            number += 1
from itertools import islice
every = cuts()
while some := list(islice(every, 5000)):
    Cut.objects.bulk_create(some, batch_size=70)
print("made", json.dumps([shoot.pk, [(key, sha) for key, _, sha, _ in made]]))
"""


def fill(
    studio: Studio, pictures: int, size: int, kinds: int = 7, random: int = 2_000, places: int = PLACES
) -> tuple[int, dict[str, str]]:
    """A shoot with so many finished pictures, and the SHA-256 of each stored file by its key.

    Each picture has a cut for each of so many places; cut n has the bytes of stored file n modulo `kinds`,
    which begins with random bytes and goes on with zeros.
    """
    told = {"pictures": pictures, "size": size, "kinds": kinds, "random": random, "places": places}
    output = manage(studio, "shell", "-c", _FILL.format(**told))
    line = next(line for line in output.splitlines() if line.startswith("made "))
    shoot, files = json.loads(line.removeprefix("made "))
    return shoot, dict(files)


def build(studio: Studio, visitor: Visitor, shoot: int, within: float = 240) -> int:
    """The key of the shoot's archive, when it is ready."""
    assert visitor.post(f"/shoots/{shoot}/export/", {}).status == 200
    [(pk,)] = rows(studio, f"SELECT max(id) FROM studio_export WHERE shoot_id = {shoot}")
    wait(studio, pk, within)
    return int(pk)


def wait(studio: Studio, export: int, within: float = 240) -> None:
    state = f"SELECT state FROM studio_export WHERE id = {export}"
    eventually(lambda: rows(studio, state)[0][0] in ("done", "failed"), within)
    assert rows(studio, state) == [("done",)]


@contextmanager
def download(
    studio: Studio, visitor: Visitor, export: int, headers: dict[str, str] | None = None
) -> Iterator[HTTPResponse]:
    """The answer, to be read as it comes; at the end of the block the connection is closed, read or not."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
    address, told = f"/exports/{export}/download/", {"Cookie": cookies, **(headers or {})}
    with closing(HTTPConnection("127.0.0.1", studio.port, timeout=60)) as connection:
        connection.request("GET", address, headers=told)
        with closing(connection.getresponse()) as answer:
            yield answer


def save_sparse(answer: HTTPResponse, target: Path, block: int = 4096) -> int:
    """Writes what comes, but zeros as holes: gigabytes of them take no room. The bytes that came."""
    size = 0
    with target.open("wb") as file:
        while data := answer.read(256 * block):
            for at in range(0, len(data), block):
                piece = data[at : at + block]
                if piece.count(0) == len(piece):
                    file.seek(len(piece), 1)
                else:
                    file.write(piece)
            size += len(data)
        file.truncate(size)
    return size
