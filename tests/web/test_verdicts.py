"""Whether a packshot can be cut out is said where it lies, as soon as that is known, and not before."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from studio.flow import cutout
from studio.models import Brand, Packshot, User
from tests import cast, pictures

SignIn = Callable[[User], Client]
DOUBT = b"The background is not plain enough"


@pytest.fixture
def ines(sign_in: SignIn, marketer: User) -> Client:
    return sign_in(marketer)


def upload(ines: Client, brand: Brand, data: bytes, name: str = "MUG.jpg") -> bytes:
    body = {"file": SimpleUploadedFile(name, data)}
    address = f"/b/{brand.slug}/products/upload/"
    return ines.post(address, body, headers={"HX-Request": "true"}).content


def judge() -> Packshot:
    """What a worker does meanwhile."""
    packshot = Packshot.objects.get()
    cutout.prepare(packshot.pk)
    return packshot


def verdicts(ines: Client, brand: Brand, *shots: object) -> bytes:
    return ines.get(f"/b/{brand.slug}/products/verdicts/", {"shot": list(shots)}).content


def pages(ines: Client, brand: Brand) -> tuple[bytes, bytes]:
    """The list, and the product's own page."""
    product = Packshot.objects.get().product
    return ines.get(f"/b/{brand.slug}/products/").content, ines.get(f"/products/{product.pk}/").content


def test_a_file_that_just_came_has_no_tick_yet(ines: Client, brand: Brand) -> None:
    row = upload(ines, brand, pictures.crowded())
    assert b"#i-check" not in row
    assert b"Being cut out" in row
    assert f'data-waits="{Packshot.objects.get().pk}"'.encode() in row
    assert (
        ines.get(f"/b/{brand.slug}/products/verdicts/", {"shot": Packshot.objects.get().pk}).status_code
        == 204
    )


def test_a_packshot_that_cannot_be_cut_out_says_so_on_its_row_its_tile_and_its_page(
    ines: Client, brand: Brand
) -> None:
    upload(ines, brand, pictures.crowded())
    told = verdicts(ines, brand, judge().pk)
    assert told.count(DOUBT) == 3
    assert b"shoot again on plain paper, or use HiAPI." in told
    assert b"#i-check" not in told
    assert b"data-waits" not in told
    for page in pages(ines, brand):
        assert DOUBT in page
        assert b"data-waits" not in page


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (63, 200)])
def test_a_tiny_packshot_is_taken_in_and_said_to_be_of_no_use_wherever_it_lies(
    ines: Client, brand: Brand, size: tuple[int, int]
) -> None:
    assert b"data-waits" in upload(ines, brand, pictures.photo(*size))
    shoot = cast.shoot(brand)
    shoot.products.add(Packshot.objects.get().product)
    told = verdicts(ines, brand, judge().pk)
    assert told.count(b"The packshot is too small") == 3
    assert b"MUG.jpg has fewer than 64 pixels on a side, or is a thin strip. Upload the full-size" in told
    for page in pages(ines, brand):
        assert b"The packshot is too small" in page
    plan = ines.get(f"/shoots/{shoot.pk}/plan/").content
    assert b"No picture will be made of MUG: cutting out failed" in plan
    thumb = ines.get(f"/packshots/{Packshot.objects.get().pk}/thumb/")
    assert pictures.opened(b"".join(thumb)).format == "WEBP"  # type: ignore[call-overload]


def test_a_packshot_that_cuts_out_cleanly_gets_its_tick_and_no_words(ines: Client, brand: Brand) -> None:
    upload(ines, brand, pictures.packshot())
    told = verdicts(ines, brand, judge().pk)
    assert b"#i-check" in told
    assert b"<p" not in told
    for page in pages(ines, brand):
        assert b"Being cut out" not in page


def test_the_same_picture_again_shows_the_verdict_that_is_known(ines: Client, brand: Brand) -> None:
    upload(ines, brand, pictures.crowded())
    judge()
    assert DOUBT in upload(ines, brand, pictures.crowded())


def test_only_what_was_asked_for_in_this_brand_is_told(ines: Client, brand: Brand, stranger: User) -> None:
    upload(ines, brand, pictures.crowded())
    ours = judge()
    theirs = cast.packshot(cast.product(stranger.brands.get()), cutout="cutouts/x.png")
    assert verdicts(ines, brand, theirs.pk, "-1", "x", "9" * 30, "") == b""
    told = verdicts(ines, brand, theirs.pk, ours.pk)
    assert f'data-verdict="{ours.pk}"'.encode() in told
    assert f'data-verdict="{theirs.pk}"'.encode() not in told
