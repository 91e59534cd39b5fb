"""Pictures with something else inside go through the whole studio, and nothing else comes out of it."""

import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from studio import storage
from studio.flow import cutout, export, selection, work
from studio.flow.listing import Archive
from studio.models import Brand, Export, Packshot, State, User
from tests import cast, pictures
from tests.polyglots import impostors, polyglots
from tests.stores import files
from tests.web.test_hostile_uploads import REFUSED, TAKEN, send, served

SignIn = Callable[[User], Client]
POLYGLOTS, IMPOSTORS = polyglots(), impostors()
TYPES = ("image/jpeg", "image/png", "image/webp")


@pytest.fixture
def ines(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def clean(data: bytes) -> bool:
    return b"marker-7f3a" not in data and b"<script" not in data


def test_there_are_enough_of_them_and_all_carry_the_marker() -> None:
    assert len(POLYGLOTS) >= 40
    assert [name for name, data in POLYGLOTS.items() if pictures.MARKER not in data] == []


@pytest.mark.parametrize("name", POLYGLOTS)
def test_nothing_that_rides_on_a_picture_is_served(ines: Client, brand: Brand, name: str) -> None:
    assert send(ines, brand, POLYGLOTS[name], "MUG.jpg").status_code == TAKEN
    cutout.prepare(Packshot.objects.get().pk)
    pieces = [*served(ines), ("image/png", storage.read(Packshot.objects.get().cutout))]
    assert len(pieces) == 3
    for media_type, data in pieces:
        assert media_type in TYPES
        assert clean(data)


@pytest.mark.parametrize("name", IMPOSTORS)
def test_what_only_calls_itself_a_picture_is_refused(ines: Client, brand: Brand, name: str) -> None:
    answer = send(ines, brand, IMPOSTORS[name], name)
    assert answer.status_code == REFUSED
    assert clean(answer.content)
    assert files() == []


@pytest.mark.parametrize("hide", ["comment", "behind", "chunk"])
def test_no_picture_cut_or_archive_made_from_one_holds_it(ines: Client, brand: Brand, hide: str) -> None:
    """The real engine, from the upload to the archive."""
    product = {
        "comment": pictures.encoded(
            pictures.still_life("#b5482f", 400, 400, "#f4f4f2"), "JPEG", comment=pictures.MARKER
        ),
        "behind": pictures.packshot(width=400, height=400) + pictures.MARKER,
        "chunk": pictures.cutout(width=400, height=400) + pictures.MARKER,
    }[hide]
    assert send(ines, brand, product).status_code == TAKEN
    shoot = cast.shoot(brand, launched=True, ratios=["1:1"])
    shoot.placements.set(
        [cast.placement(width=200, height=200, formats=name) for name in ("JPEG", "PNG", "WebP")]
    )
    shot = Packshot.objects.get()
    made = cast.render(
        shoot, product=shot.product, packshot=shot, scene_version=cast.scene(engine={}).current
    )
    work.work()
    made.refresh_from_db()
    assert made.state == State.DONE
    built = export.request(brand, None, selection.chosen(brand, shoot), shoot)
    export.work()
    archive = zipfile.ZipFile(Archive(Export.objects.get(pk=built.pk).file))
    assert len(archive.namelist()) >= 4
    assert all(clean(archive.read(name)) for name in archive.namelist())
    assert all(clean(data) for data in stored())


def stored() -> Iterator[bytes]:
    """Everything that is kept but the originals, which nobody is ever served."""
    return (storage.read(key) for key in files() if not key.startswith("originals/"))
