"""Where rules and network differ about a part of a picture. Each test is about who is believed."""

import numpy as np
import pytest

from studio.imaging.cutout.arrays import Mask, frame
from studio.imaging.cutout.settle import Opinions, settle

SIZE = (80, 80)
BODY = np.s_[10:70, 10:70]
PART = np.s_[30:50, 30:50]  # inside the body
BITE = np.s_[30:50, 50:70]  # open to the frame


def mask(*places: tuple[slice, slice]) -> Mask:
    drawn = np.zeros(SIZE, bool)
    for place in places:
        drawn[place] = True
    return drawn


def opinions(
    ruled: Mask,
    seen: Mask,
    unsure: Mask | None = None,
    lines: Mask | None = None,
    plain: Mask | None = None,
    near: Mask | None = None,
    sure: float = 0.8,
) -> Opinions:
    nothing = np.zeros(SIZE, bool)
    share = np.where(seen, np.float32(sure), np.float32(1 - sure))
    strength = 20 * (nothing if lines is None else lines).astype(np.float32)
    plain, near = (~nothing if given is None else given for given in (plain, near))
    return Opinions(ruled, share, nothing if unsure is None else unsure, strength, plain, near)


def rim(place: tuple[slice, slice]) -> Mask:
    drawn = np.zeros(SIZE, bool)
    height, width = (part.stop - part.start for part in place)
    drawn[place] = frame((height, width), 0.06)
    return drawn


def kept(given: Opinions, place: tuple[slice, slice]) -> bool:
    """Whether the middle of the place is product; never half of it."""
    middle = settle(given)[place][6:-6, 6:-6]
    assert middle.all() or not middle.any()
    return bool(middle.all())


def test_a_white_part_without_an_outline_belongs_to_the_product() -> None:
    whole = mask(BODY)
    assert kept(opinions(whole & ~mask(PART), whole), PART)


def test_an_opening_with_lines_around_it_stays_open() -> None:
    whole = mask(BODY)
    assert not kept(opinions(whole & ~mask(PART), whole, lines=rim(PART)), PART)


def test_of_a_part_in_another_colour_than_the_backdrop_lines_make_no_opening() -> None:
    whole = mask(BODY)
    odd = opinions(whole & ~mask(PART), whole, lines=rim(PART), plain=~mask(PART))
    assert kept(odd, PART)


@pytest.mark.parametrize("sure", [0.95, 0.6])
def test_lines_across_a_way_in_make_no_opening_of_what_the_network_is_certain_of(sure: float) -> None:
    whole = mask(BODY)
    lines = rim(np.s_[28:52, 48:72])
    assert kept(opinions(whole & ~mask(BITE), whole, lines=lines, sure=sure), BITE) == (sure > 0.9)
    assert not kept(opinions(whole & ~mask(PART), whole, lines=rim(PART), sure=sure), PART)


def test_the_backdrop_inside_a_handle_goes() -> None:
    whole = mask(BODY)
    assert not kept(opinions(whole, whole & ~mask(PART), sure=0.95), PART)


def test_a_pane_that_looks_like_an_opening_stays() -> None:
    whole = mask(BODY)
    assert kept(opinions(whole, whole & ~mask(PART), unsure=mask(PART), sure=0.95), PART)


@pytest.mark.parametrize("sure", [0.95, 0.8])
def test_what_has_a_colour_of_its_own_stays_and_what_the_network_half_sees_too(sure: float) -> None:
    whole = mask(BODY)
    assert kept(opinions(whole, whole & ~mask(PART), near=~mask(PART), sure=sure), PART)
    assert kept(opinions(whole, whole & ~mask(PART), sure=sure), PART) == (sure < 0.9)


def test_an_outline_is_where_the_network_sees_it() -> None:
    wide, narrow = mask(np.s_[9:71, 9:71]), mask(np.s_[11:69, 11:69])
    assert (settle(opinions(wide, narrow)) == narrow).all()
    assert (settle(opinions(narrow, wide)) == wide).all()


def test_a_speck_inside_the_product_is_no_opening() -> None:
    whole = mask(BODY)
    assert (settle(opinions(whole, whole & ~mask(np.s_[40:41, 40:43]), sure=0.95)) == whole).all()


@pytest.mark.parametrize(("sure", "coloured"), [(0.8, False), (0.95, True), (0.95, False)])
def test_a_wire_of_the_rules_stays_unless_it_is_of_the_backdrops_colour_and_impossible(
    sure: float, coloured: bool
) -> None:
    body, wire = mask(np.s_[40:70, 10:70]), mask(np.s_[5:40, 40:42])
    near = ~wire if coloured else None
    found = settle(opinions(body | wire, body, near=near, sure=sure))
    assert bool(found[5:34, 40:42].all()) == (coloured or sure < 0.9)
    assert found[body].all()


def test_a_picture_that_is_half_seen_and_all_product_is_settled_without_a_rim() -> None:
    whole = np.ones(SIZE, bool)
    assert settle(opinions(~whole, whole, sure=0.6)).all()
