"""Whatever an archive tries, nothing lies outside of its folder, and good pictures beside it come in."""

import pytest

from studio.imaging.errors import Refused
from studio.models import Brand, Packshot, Product
from tests.archives import HOSTILE_ARCHIVES, HOSTILE_NAMES, packed
from tests.flow.importing import done, left_out, shot
from tests.stores import files


@pytest.mark.parametrize("kind", HOSTILE_ARCHIVES)
def test_a_hostile_archive_harms_nothing(brand: Brand, kind: str) -> None:
    before = files()
    try:
        imported = done(brand, archive=HOSTILE_ARCHIVES[kind][0]())
    except Refused:
        assert files() == before
    else:
        assert left_out(imported)
        assert not imported.files.filter(reason="").exists()
    assert not Product.objects.exists()


def test_hostile_names_beside_good_ones_stay_in_their_folder(brand: Brand) -> None:
    good = {"MUG-1.jpg": shot(0)}
    imported = done(brand, text="SKU\nMUG-1\n", archive=packed(good | dict.fromkeys(HOSTILE_NAMES, shot(1))))
    assert [one.file_name for one in Packshot.objects.all()] == ["MUG-1.jpg"]
    assert len(left_out(imported)) > 35
    assert {key.split("/")[0] for key in files()} <= {"originals", "packshots", "thumbs", "imports"}
    assert not any("escaped" in key for key in files())
