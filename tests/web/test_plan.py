"""A shoot is planned on one page: kept at once, summed up by the server, launched once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.imaging.ratios import RATIOS
from studio.models import Brand, Placement, Product, Scene, Shoot, User
from studio.web import plan, shapes
from tests import cast
from tests.engines import ScriptedRemote

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@dataclass
class Table:
    """A draft, and things to choose for it."""

    draft: Shoot
    mug: Product
    vase: Product
    scene: Scene
    square: Placement
    story: Placement

    @property
    def choice(self) -> dict[str, Any]:
        return {
            "product": [self.mug.pk], "shown": [self.mug.pk, self.vase.pk], "scene": [self.scene.pk],
            "placement": [self.square.pk, self.story.pk], "ratio": ["16:9"], "resolution": "1K", "takes": "2",
            "name": "Autumn",
        }  # fmt: skip


@pytest.fixture
def table(brand: Brand) -> Table:
    mug, vase = cast.product(brand, "MUG-0114"), cast.product(brand, "VAS-0088")
    for product in (mug, vase):
        cast.packshot(product)
    square, story = cast.placement("square"), cast.placement("story", width=1440, height=2560, ratio="9:16")
    return Table(cast.shoot(brand), mug, vase, cast.scene(), square, story)


def test_the_fifteen_shapes_of_the_page_are_those_of_the_engine() -> None:
    assert tuple(shapes.WORDS) == RATIOS


def test_the_page_offers_products_scenes_placements_and_shapes(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    page = sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/").content.decode()
    assert "MUG-0114" in page
    assert table.scene.name in page
    assert "1440 × 2560" in page
    assert page.count('name="ratio"') == 15
    assert "Choose at least one product." in page
    assert "data-launch disabled" in page


def test_every_change_is_kept_and_answered_with_the_sum(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", table.choice, headers=HTMX)
    draft = Shoot.objects.get(pk=table.draft.pk)
    assert list(draft.products.all()) == [table.mug]
    assert list(draft.scenes.all()) == [table.scene]
    assert set(draft.placements.all()) == {table.square, table.story}
    assert (draft.ratios, draft.resolution, draft.takes, draft.name) == (["16:9"], "1K", 2, "Autumn")
    words = answer.content.decode()
    assert "<html" not in words
    assert "<dd>6</dd>" in words  # 1 product × 1 scene × 3 shapes × 2 takes
    assert "free" in words
    assert "2 of 4 placements need 4K" in words
    assert "data-launch disabled" not in words


def test_without_script_saving_leads_back_to_the_page_and_keeps_the_search(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"q": "mug"})
    assert answer["Location"] == f"/shoots/{table.draft.pk}/plan/?q=mug"


def test_products_that_are_not_on_the_page_stay_chosen(sign_in: SignIn, marketer: User, table: Table) -> None:
    table.draft.products.set([table.vase])
    choice = table.choice | {"shown": [table.mug.pk]}
    sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", choice)
    assert set(table.draft.products.all()) == {table.mug, table.vase}


def test_all_products_are_chosen_or_let_go_at_once(
    sign_in: SignIn, marketer: User, brand: Brand, table: Table
) -> None:
    browser, unseen = sign_in(marketer), cast.packshot(cast.product(brand)).product
    cast.product(brand, "LAMP-3")  # of which no picture could be made
    browser.post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"every": "all"})
    assert set(table.draft.products.all()) == {table.mug, table.vase, unseen}
    browser.post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"every": "none"})
    assert not table.draft.products.exists()


def test_a_product_without_a_packshot_cannot_be_ticked_and_leads_to_where_one_is_uploaded(
    sign_in: SignIn, marketer: User, brand: Brand, table: Table
) -> None:
    lamp, browser = cast.product(brand, "LAMP-3"), sign_in(marketer)
    page = browser.get(f"/shoots/{table.draft.pk}/plan/").content.decode()
    tile = page[page.index(f'id="tile-{lamp.pk}"') :].partition("</li>")[0]
    assert "checkbox" not in tile
    assert "No packshot" in tile
    assert (
        f'<a href="/products/{lamp.pk}/">Upload one<span class="off"> of {lamp.name}, LAMP-3</span></a>'
        in tile
    )
    both = {"product": [table.mug.pk, lamp.pk], "shown": [table.mug.pk, table.vase.pk, lamp.pk]}
    answer = browser.post(
        f"/shoots/{table.draft.pk}/plan/", table.choice | both, headers=HTMX
    ).content.decode()
    assert table.draft.products.get() == table.mug
    assert f'<li id="tile-{lamp.pk}" hx-swap-oob="true">' in answer, "a tick that was not taken goes"
    assert "data-launch disabled" not in answer


def test_a_product_whose_packshot_went_can_be_let_go(sign_in: SignIn, marketer: User, table: Table) -> None:
    table.draft.products.set([table.mug])
    table.mug.packshots.all().delete()
    browser, where = sign_in(marketer), f"/shoots/{table.draft.pk}/plan/"
    page = browser.get(where).content.decode()
    tile = page[page.index(f'id="tile-{table.mug.pk}"') :].partition("</li>")[0]
    assert " checked>" in tile
    assert "MUG-0114 has no packshot" in page
    browser.post(where, table.choice | {"product": []})
    assert not table.draft.products.exists()


def test_a_product_that_becomes_possible_with_another_model_can_be_ticked_at_once(
    sign_in: SignIn, marketer: User, brand: Brand, table: Table, hiapi: ScriptedRemote
) -> None:
    told, untold = cast.product(brand, "LAMP-3"), cast.product(brand, "LAMP-4", description="")
    shown = {"shown": [table.mug.pk, told.pk, untold.pk], "engine": "hiapi", "model": "gi2-edit"}
    where = f"/shoots/{table.draft.pk}/plan/"
    answer = sign_in(marketer).post(where, table.choice | shown, headers=HTMX).content.decode()
    tiles = {
        one.pk: answer[answer.index(f'id="tile-{one.pk}"') :].partition("</li>")[0] for one in (told, untold)
    }
    assert "checkbox" in tiles[told.pk]
    assert "checkbox" not in tiles[untold.pk]
    assert "Upload or describe" in tiles[untold.pk]
    assert f'id="tile-{table.mug.pk}"' not in answer, "what has a packshot stays as it is"


def test_products_are_judged_by_the_model_that_is_chosen_along_with_them(
    sign_in: SignIn, marketer: User, brand: Brand, table: Table, hiapi: ScriptedRemote
) -> None:
    lamp, browser = cast.product(brand, "LAMP-3"), sign_in(marketer)
    where, shown = f"/shoots/{table.draft.pk}/plan/", [table.mug.pk, lamp.pk]
    ticked = {"product": shown, "shown": shown}
    browser.post(where, table.choice | ticked | {"engine": "hiapi", "model": "gi2-edit"})
    assert set(table.draft.products.all()) == {table.mug, lamp}, "words will do for it"
    table.draft.products.remove(lamp)
    browser.post(where, table.choice | ticked | {"engine": "local", "model": ""})
    assert set(table.draft.products.all()) == {table.mug}, "the embedded engine needs a packshot"


def test_rows_of_another_brand_are_passed_over(
    sign_in: SignIn, marketer: User, stranger: User, table: Table
) -> None:
    theirs = stranger.brands.get()
    foreign = {"product": [cast.product(theirs).pk], "scene": [cast.scene(of=theirs).pk]}
    sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", table.choice | foreign)
    assert (table.draft.products.count(), table.draft.scenes.count()) == (0, 0)


def test_a_name_that_is_too_long_is_told_and_nothing_else_is_lost(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    long = "x" * 130
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"name": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert "at most 120 characters" in answer.content.decode()
    assert table.draft.products.get() == table.mug


@pytest.mark.parametrize(
    "wrong", [{"takes": "9"}, {"resolution": "8K"}, {"ratio": ["7:5"]}, {"scene": ["x"]}]
)
def test_a_value_that_makes_no_sense_is_never_kept(
    sign_in: SignIn, marketer: User, table: Table, wrong: dict[str, Any]
) -> None:
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/plan/", table.choice | wrong, headers=HTMX)
    table.draft.refresh_from_db()
    assert answer.status_code == 200
    assert (table.draft.resolution, table.draft.takes in (1, 2)) == ("1K", True)


def test_launching_keeps_the_choice_makes_the_pictures_and_shows_them(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/launch/", table.choice)
    assert answer["Location"] == f"/shoots/{table.draft.pk}/"
    assert table.draft.renders.count() == 6


def test_launching_twice_leads_to_the_one_shoot(sign_in: SignIn, marketer: User, table: Table) -> None:
    browser, other_tab = sign_in(marketer), sign_in(marketer)
    first = browser.post(f"/shoots/{table.draft.pk}/launch/", table.choice)
    second = other_tab.post(f"/shoots/{table.draft.pk}/launch/", table.choice | {"product": [table.vase.pk]})
    assert first["Location"] == second["Location"] == f"/shoots/{table.draft.pk}/"
    assert table.draft.renders.count() == 6
    assert table.draft.products.get() == table.mug


def test_a_plan_that_is_not_ready_stays_with_the_reason(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    answer = sign_in(marketer).post(f"/shoots/{table.draft.pk}/launch/", table.choice | {"scene": []})
    assert answer.status_code == 422
    assert b"No scene chosen" in answer.content
    assert table.draft.products.get() == table.mug


def test_a_bare_launch_takes_the_draft_as_it_is(sign_in: SignIn, marketer: User, table: Table) -> None:
    browser = sign_in(marketer)
    browser.post(f"/shoots/{table.draft.pk}/plan/", table.choice)
    browser.post(f"/shoots/{table.draft.pk}/launch/")
    assert table.draft.renders.count() == 6


def test_an_old_tab_of_a_launched_shoot_is_led_to_it(sign_in: SignIn, marketer: User, table: Table) -> None:
    browser = sign_in(marketer)
    browser.post(f"/shoots/{table.draft.pk}/launch/", table.choice)
    late = browser.post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"takes": "1"}, headers=HTMX)
    assert late["HX-Redirect"] == f"/shoots/{table.draft.pk}/"
    assert browser.get(f"/shoots/{table.draft.pk}/plan/")["Location"] == f"/shoots/{table.draft.pk}/"


def test_who_may_not_plan_is_turned_away(sign_in: SignIn, viewer: User, stranger: User, table: Table) -> None:
    for name in ("plan", "launch"):
        assert sign_in(viewer).post(f"/shoots/{table.draft.pk}/{name}/").status_code == 403
        assert sign_in(stranger).post(f"/shoots/{table.draft.pk}/{name}/").status_code == 404
    assert sign_in(viewer).get(f"/shoots/{table.draft.pk}/launch/").status_code == 405


def test_a_big_catalogue_shows_the_chosen_first_and_the_rest_in_pages(brand: Brand, table: Table) -> None:
    many = [cast.product(brand) for _ in range(60)]
    table.draft.products.set([table.mug])
    first = plan.shelf(table.draft)
    assert first.tiles[0].product == table.mug
    assert len(first.tiles) == plan.SHELF
    second = plan.shelf(table.draft, after=first.more)
    assert second.more == ""
    seen = [tile.product.pk for tile in (*first.tiles, *second.tiles)]
    assert sorted(seen) == sorted({table.mug.pk, table.vase.pk, *(product.pk for product in many)})


def test_products_are_found_by_sku_and_name(sign_in: SignIn, marketer: User, table: Table) -> None:
    found = sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/?q=vas-00", headers=HTMX).content.decode()
    assert "VAS-0088" in found
    assert "MUG-0114" not in found


def test_the_sum_says_which_resolution_would_do(table: Table) -> None:
    table.draft.placements.set([table.square, table.story])
    assert plan.total(table.draft).enlarged == ""  # nothing is to be cut yet
    table.draft.products.set([table.mug])
    table.draft.scenes.set([table.scene])
    assert plan.total(table.draft).enlarged == "1 of 2 placements needs 2K, 1 of 2 placements needs 4K"


def test_the_sum_says_which_placements_the_resolution_would_fail(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    zoomed = cast.placement("zoomed", name="Zoom", min_width=1100, min_height=1100)
    table.draft.placements.set([table.square, zoomed])
    table.draft.products.set([table.mug])
    table.draft.scenes.set([table.scene])
    page = sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/").content.decode()
    assert "Zoom takes no picture of so few pixels as 1K has" in page
    table.draft.resolution = "2K"
    assert plan.total(table.draft).below_least == ""


def test_the_sum_says_which_placements_the_scenes_would_fail(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    white = cast.placement("main", name="Main image", background_rule="pure white 255")
    lively = cast.placement("post", name="Post", background_rule="lifestyle")
    bare = cast.scene(engine={"ground": {"material": "none"}, "wall": {"material": "none"}})
    table.draft.placements.set([white, lively])
    table.draft.products.set([table.mug])
    told = {}
    for name, scenes in {"scene": [table.scene], "bare": [bare], "both": [table.scene, bare]}.items():
        table.draft.scenes.set(scenes)
        told[name] = plan.total(table.draft).unfit
    assert told == {"scene": "Main image asks", "bare": "Post asks", "both": "Main image and 1 more ask"}
    page = sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/").content.decode()
    assert "Main image and 1 more ask for another ground" in page


@pytest.mark.parametrize("rows", [5, 200])
def test_the_page_asks_the_database_the_same_few_things_however_long_the_lists(
    sign_in: SignIn, marketer: User, brand: Brand, table: Table, rows: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    table.draft.products.set([cast.product(brand) for _ in range(rows)])
    browser = sign_in(marketer)
    browser.get(f"/shoots/{table.draft.pk}/plan/")
    with django_assert_max_num_queries(16):
        browser.get(f"/shoots/{table.draft.pk}/plan/")


def test_placements_of_other_brands_are_neither_offered_nor_taken(
    sign_in: SignIn, marketer: User, stranger: User, table: Table
) -> None:
    own = cast.placement("own", brand=table.draft.brand, name="Our window")
    theirs = cast.placement("theirs", brand=stranger.brands.get(), name="Their window")
    browser = sign_in(marketer)
    page = browser.get(f"/shoots/{table.draft.pk}/plan/").content.decode()
    assert "Our window" in page
    assert "Their window" not in page
    browser.post(f"/shoots/{table.draft.pk}/plan/", table.choice | {"placement": [own.pk, theirs.pk]})
    assert list(table.draft.placements.all()) == [own]
    assert b"Their window" not in browser.get(f"/b/{table.draft.brand.slug}/gallery/").content


def test_a_retired_placement_is_not_offered(sign_in: SignIn, marketer: User, table: Table) -> None:
    cast.placement("old", name="Old window", retired_at=timezone.now())
    assert b"Old window" not in sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/").content


def test_what_cannot_be_cut_out_is_named_and_bars_nothing_else(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    table.mug.packshots.update(cutout="x.png", cutout_confidence=0.0, cutout_reason="touches_edge")
    client, where = sign_in(marketer), f"/shoots/{table.draft.pk}/plan/"
    both = table.choice | {"product": [table.mug.pk, table.vase.pk], "takes": "1"}
    answer = client.post(where, both, headers=HTMX).content.decode()
    assert "No picture will be made of MUG-0114: cutting out failed." in answer
    assert f'<a href="/packshots/{table.mug.cover.pk}/cutout/">Correct MUG-0114</a>' in answer
    assert "2 of 2" in answer, "it stays chosen"
    assert "1 product ×" in answer
    assert "disabled" not in answer
    client.post(f"/shoots/{table.draft.pk}/launch/")
    assert set(table.draft.renders.values_list("product", flat=True)) == {table.vase.pk}


def test_a_plan_of_which_nothing_can_be_cut_out_says_so_once(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    table.mug.packshots.update(cutout="x.png", cutout_confidence=0.0, cutout_reason="touches_edge")
    where = f"/shoots/{table.draft.pk}/plan/"
    answer = sign_in(marketer).post(where, table.choice, headers=HTMX).content.decode()
    assert answer.count("No picture will be made of MUG-0114: cutting out failed.") == 1
    assert 'disabled aria-describedby="why"' in answer
    assert f'<a href="/packshots/{table.mug.cover.pk}/cutout/">Correct MUG-0114</a>' in answer


@pytest.mark.parametrize(
    ("doubt", "said"), [("low_contrast", "looks like its background"), ("thin_parts", "has very thin parts")]
)
def test_a_doubtful_cut_out_is_named_with_its_doubt_and_leads_to_the_brush(
    sign_in: SignIn, marketer: User, table: Table, doubt: str, said: str
) -> None:
    table.mug.packshots.update(cutout="x.png", cutout_confidence=0.5, cutout_reason=doubt)
    client, where = sign_in(marketer), f"/shoots/{table.draft.pk}/plan/"
    answer = client.post(where, table.choice, headers=HTMX).content.decode()
    assert "<b>MUG-0114</b> may not cut out cleanly." in answer
    assert f'{said}. </span><a href="/packshots/{table.mug.cover.pk}/cutout/">Correct ' in answer
    assert "shoot again on plain paper, or use HiAPI" in answer
    table.mug.packshots.update(cutout_confidence=1.0, cutout_reason="corrected")
    assert b"may not cut out" not in client.get(where).content


def test_a_packshot_that_is_too_small_leads_to_no_brush(
    sign_in: SignIn, marketer: User, table: Table
) -> None:
    table.mug.packshots.update(cutout="x.png", cutout_confidence=0.0, cutout_reason="tiny")
    assert b"Correct MUG" not in sign_in(marketer).get(f"/shoots/{table.draft.pk}/plan/").content
