"""A product is cut out once; what cannot be cut out is said in words, never shown as a wrong picture."""

import numpy as np
import pytest

from studio import storage
from studio.flow import cutout as flow
from studio.flow import intake
from studio.imaging.errors import Refused
from studio.messages import DOUBTS, MESSAGES
from studio.models import Brand, Packshot
from tests import pictures


def shown(brand: Brand, data: bytes) -> Packshot:
    return intake.receive(brand, None, "MUG.jpg", data).packshot


def test_a_packshot_is_cut_out_once(brand: Brand) -> None:
    packshot = shown(brand, pictures.packshot(width=500, height=500))
    flow.prepare(packshot.pk)
    packshot.refresh_from_db()
    assert packshot.cutout_confidence is not None
    assert packshot.cutout_confidence > 0.7
    assert flow.ensure(packshot) == packshot.cutout
    x, y, width, height = packshot.box
    assert 0 < x < x + width < 1
    assert 0 < y < y + height < 1
    assert flow.pixels(packshot).shape == (500, 500, 4)


def test_two_makers_at_once_leave_one_file(brand: Brand) -> None:
    packshot = shown(brand, pictures.packshot(width=300, height=300))
    stale = Packshot.objects.get(pk=packshot.pk)
    first = flow.ensure(packshot)
    flow._make(stale)
    assert Packshot.objects.get().cutout == first
    assert storage.read(first)


def test_a_picture_without_a_product_is_refused_in_words(brand: Brand) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    packshot = shown(brand, pictures.encoded(pictures.Image.fromarray(noise), "PNG"))
    with pytest.raises(Refused) as refusal:
        flow.ensure(packshot)
    assert refusal.value.code in MESSAGES


@pytest.mark.parametrize("data", [pictures.photo(63, 200), pictures.cutout(width=200, height=63)])
def test_nothing_is_made_from_a_packshot_with_a_side_under_64_pixels(brand: Brand, data: bytes) -> None:
    packshot = shown(brand, data)
    with pytest.raises(Refused) as refusal:
        flow.ensure(packshot)
    assert (refusal.value.code, refusal.value.values) == ("tiny", {"file": "MUG.jpg"})
    assert "tiny" in DOUBTS
    assert storage.exists(packshot.cutout)


def test_a_packshot_that_is_gone_is_no_error(db: None) -> None:
    flow.prepare(12345)
