"""What the embedded engine is asked for: a picture that every placement of its shoot can be cut from."""

import pytest

from studio.flow.order import order_of
from studio.models import Brand, Placement
from tests import cast, pictures


@pytest.fixture
def ready(brand: Brand) -> dict[str, object]:
    shot = cast.packshot(cast.product(brand), pictures.photo())
    shot.cutout, shot.cutout_confidence = shot.picture, 1.0
    shot.save()
    return {"product": shot.product, "packshot": shot}


def free(brand: Brand, ready: dict[str, object], *places: Placement, ratio: str = "9:16") -> list[float]:
    shoot = cast.shoot(brand, launched=True)
    shoot.placements.set(places)
    order, _ = order_of(cast.render(shoot, ratio=ratio, engine="local", **ready), "")
    return [round(one, 3) for one in order.free]


def place(width: int, height: int, ratio: str = "9:16", **safe: float) -> Placement:
    return cast.placement(width=width, height=height, ratio=ratio, **safe)


def test_a_picture_for_no_placement_is_composed_freely(brand: Brand, ready: dict[str, object]) -> None:
    assert free(brand, ready) == [0, 0, 0, 0]


def test_every_side_keeps_free_what_any_placement_covers(brand: Brand, ready: dict[str, object]) -> None:
    story = place(1080, 1920, safe_top=14, safe_bottom=20)
    reel = place(720, 1280, safe_top=5, safe_bottom=30, safe_right=10)
    assert free(brand, ready, story, reel) == [0.14, 0.3, 0, 0.1]


def test_a_cut_to_another_ratio_keeps_the_product_in_its_middle(
    brand: Brand, ready: dict[str, object]
) -> None:
    square_in_wide = place(1000, 1250, "1:1")
    assert free(brand, ready, square_in_wide, ratio="1:1") == [0, 0, 0.148, 0.148]  # with a little breath


def test_a_placement_of_another_ratio_has_no_say(brand: Brand, ready: dict[str, object]) -> None:
    assert free(brand, ready, place(1080, 1080, "1:1", safe_top=30)) == [0, 0, 0, 0]


def test_for_one_banner_no_other_file_shows_the_product_small(brand: Brand, ready: dict[str, object]) -> None:
    assert free(brand, ready, place(728, 90, "3:1"), ratio="3:1") == [0, 0, 0, 0]


def test_some_room_is_always_left(brand: Brand, ready: dict[str, object]) -> None:
    assert free(brand, ready, place(1080, 1920, safe_top=45, safe_bottom=45)) == [0.3, 0.3, 0, 0]
