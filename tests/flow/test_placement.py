"""Placements are made, changed and retired, and nothing that was cut for one changes with it."""

from dataclasses import replace

import pytest

from studio.flow import placement as flow
from studio.flow.placement import Outline
from studio.imaging.errors import Refused
from studio.models import Brand, Cut, Placement, User
from tests import cast

STORIES = Outline("Meta", "Stories", 1080, 1920, formats=("JPEG", "WebP"), safe=(14, 20, 6, 6))


def cut_for(placement: Placement, brand: Brand) -> Cut:
    shoot = cast.shoot(brand, launched=True)
    shoot.placements.add(placement)
    render = cast.render(shoot, state="done")
    return Cut.objects.create(
        render=render, placement=placement, file="cuts/a.jpg", extension="jpg", width=10, height=10, bytes=3
    )


def test_the_ratio_is_the_one_that_loses_least(brand: Brand) -> None:
    made = flow.create(brand, replace(STORIES, width=1200, height=628))
    assert made.ratio == "2:1"
    best, *others = flow.fits(1200, 628)
    assert (best.ratio, round(100 * best.loss, 2), best.trimmed) == ("2:1", 4.46, "sides")
    assert len(others) == 14
    assert all(one.loss >= best.loss for one in others)


@pytest.mark.parametrize(
    ("size", "ratio", "trimmed", "much"),
    [
        ((728, 90), "3:1", "ends", True),
        ((160, 600), "1:3", "sides", False),
        ((1080, 1920), "9:16", "", False),
        ((970, 250), "3:1", "ends", False),
    ],
)
def test_a_loss_is_told_with_its_sides(size: tuple[int, int], ratio: str, trimmed: str, much: bool) -> None:
    best = flow.fits(*size)[0]
    assert (best.ratio, best.trimmed, best.much) == (ratio, trimmed, much)


def test_the_name_becomes_the_slug_and_formats_keep_those_we_do_not_write(brand: Brand) -> None:
    made = flow.create(
        brand, replace(STORIES, formats=("JPEG", "PNG"), others=("TIFF", "GIF (still)", "png"))
    )
    assert made.slug == "meta_stories"
    assert made.formats == "JPEG;PNG;TIFF;GIF (still)"
    cast.placement("meta_feed")
    assert flow.create(brand, replace(STORIES, name="Feed")).slug == "meta_feed_2"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"width": 15}, "placement_pixels"),
        ({"height": 10_001}, "placement_pixels"),
        ({"min_width": 1081}, "placement_least"),
        ({"safe": (45.1, 0, 0, 0)}, "placement_safe"),
        ({"safe": (0, -1, 0, 0)}, "placement_safe"),
        ({"formats": (), "others": ("TIFF",)}, "placement_formats"),
        ({"max_bytes": 999}, "placement_limit"),
    ],
)
def test_what_no_file_could_have_is_refused(brand: Brand, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        flow.create(brand, replace(STORIES, **wrong))  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_name_is_unique_in_a_channel_as_far_as_the_brand_sees(brand: Brand, stranger: User) -> None:
    flow.create(brand, STORIES)
    for other in (replace(STORIES, name="STORIES"), replace(STORIES, channel="meta")):
        with pytest.raises(Refused, match="placement_name_taken"):
            flow.create(brand, other)
    elsewhere = flow.create(stranger.brands.get(), STORIES)
    assert elsewhere.slug == "meta_stories"


def test_before_anything_is_cut_an_edit_changes_the_row(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    assert flow.edit(made, replace(STORIES, width=1920, height=1080)).pk == made.pk
    assert Placement.objects.get().ratio == "16:9"


def test_after_a_cut_an_edit_of_the_file_makes_a_new_row(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    cut, draft = cut_for(made, brand), cast.shoot(brand)
    draft.placements.add(made)
    new = flow.edit(made, replace(STORIES, width=1440, height=1440))
    made.refresh_from_db()
    cut.refresh_from_db()
    assert new.pk != made.pk
    assert (new.slug, new.name, new.ratio) == (made.slug, made.name, "1:1")
    assert made.retired_at is not None
    assert (made.width, cut.placement) == (1080, made)
    assert list(cut.render.shoot.placements.all()) == [made]
    assert list(draft.placements.all()) == [new]


def test_after_a_cut_an_edit_of_what_is_checked_makes_a_new_row(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    cut_for(made, brand)
    whiter = flow.edit(made, replace(STORIES, background_rule="pure white"))
    assert whiter.pk != made.pk
    cut_for(whiter, brand)
    assert flow.edit(whiter, replace(STORIES, background_rule="pure white", min_width=600)).pk != whiter.pk


def test_words_are_changed_in_place_even_after_a_cut(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    cut_for(made, brand)
    assert flow.edit(made, replace(STORIES, name="Story", notes="Recheck in May")).pk == made.pk


def test_a_retired_placement_is_offered_no_more_and_comes_back(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    cut, draft = cut_for(made, brand), cast.shoot(brand)
    draft.placements.add(made)
    assert flow.retire(made) == 1
    assert not Placement.objects.offered_to(brand).exists()
    assert list(cut.render.shoot.placements.all()) == [made]
    assert not draft.placements.exists()
    flow.revive(Placement.objects.get(pk=made.pk))
    assert list(Placement.objects.offered_to(brand)) == [made]


def test_a_placement_does_not_come_back_beside_its_successor(brand: Brand) -> None:
    made = flow.create(brand, STORIES)
    cut_for(made, brand)
    flow.edit(made, replace(STORIES, width=1440, height=1440))
    with pytest.raises(Refused, match="placement_name_taken"):
        flow.revive(Placement.objects.get(pk=made.pk))
