"""Every picture of the brand is found again, judged and taken along."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from studio.models import Brand, Export, Placement, Render, Shoot, User
from tests import cast
from tests.web.judged import cut
from tests.web.weight import LIMIT, weight

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@dataclass
class Wall:
    brand: Brand
    mug: Render
    vase: Render
    failed: Render
    square: Placement
    shoot: Shoot

    @property
    def address(self) -> str:
        return f"/b/{self.brand.slug}/gallery/"


@pytest.fixture
def wall(brand: Brand) -> Wall:
    shoot, other = (cast.shoot(brand, launched=True, name=name) for name in ("Autumn café", "Spring list"))
    square = cast.placement("square")
    shoot.placements.set([square])
    mug = cast.render(shoot, product=cast.product(brand, "MUG-0114"), state="done", review="approved")
    vase = cast.render(other, product=cast.product(brand, "VAS-0088"), state="done", ratio="16:9")
    failed = cast.render(other, product=mug.product, state="failed", failure="engine_failed", take=2)
    return Wall(brand, mug, vase, failed, square, shoot)


def shown(browser: Client, address: str) -> list[int]:
    """Keys of the frames on the page, in their order."""
    page = browser.get(address).content.decode()
    return [int(part.split('"')[0]) for part in page.split('id="f')[1:] if part[0].isdigit()]


def test_finished_pictures_are_shown_newest_first(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    assert shown(sign_in(viewer), wall.address) == [wall.vase.pk, wall.mug.pk]


def test_a_search_while_typing_brings_pictures_total_and_address(
    sign_in: SignIn, viewer: User, wall: Wall
) -> None:
    typing = HTMX | {"HX-Target": "found"}
    asked = {"q": "mug", "product": "", "state": "", "shoot": wall.shoot.pk}
    answer = sign_in(viewer).get(wall.address, asked, headers=typing)
    page = answer.content.decode()
    assert "<html" not in page
    assert f'id="f{wall.mug.pk}"' in page
    assert f'id="f{wall.vase.pk}"' not in page
    assert '<p id="total" hx-swap-oob="true">1 picture' in page
    assert answer["HX-Replace-Url"] == f"{wall.address}?q=mug&shoot={wall.shoot.pk}"
    nothing = sign_in(viewer).get(wall.address, {"q": "zzz"}, headers=typing).content.decode()
    assert "No picture matches" in nothing


def test_each_filter_narrows_the_pictures(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    browser = sign_in(viewer)
    mug, vase, failed = wall.mug.pk, wall.vase.pk, wall.failed.pk
    expected = {
        f"product={wall.mug.product_id}": [mug],
        f"scene={wall.vase.scene_version.scene_id}": [vase],
        f"placement={wall.square.pk}": [mug],
        f"shoot={wall.shoot.pk}": [mug],
        "review=approved": [mug], "review=none": [vase], "review=rejected": [],
        "state=failed": [failed], "state=all": [failed, vase, mug], "state=coming": [],
        "q=vas-00": [vase], "q=autumn": [mug], "q=autumn+mug": [mug], "q=autumn+vas": [],
        "placement=x&state=nonsense&product=": [vase, mug],
    }  # fmt: skip
    found = {query: shown(browser, f"{wall.address}?{query}") for query in expected}
    assert found == expected


def test_pictures_are_found_by_what_the_channels_say_of_their_files(
    sign_in: SignIn, viewer: User, wall: Wall
) -> None:
    browser, story = sign_in(viewer), cast.placement("story")
    wall.shoot.placements.add(story)
    cut(wall.mug, wall.square, "pass")
    cut(wall.mug, story, "failure")
    cut(wall.vase, wall.square, "warning")
    fine = cast.render(wall.shoot, state="done")
    cut(fine, wall.square, "pass")
    mug, vase = wall.mug.pk, wall.vase.pk
    expected = {
        "check=failure": [mug], "check=warning": [vase], "check=pass": [fine.pk],
        "check=nonsense": [fine.pk, vase, mug],
        f"check=failure&placement={story.pk}": [mug], f"check=failure&placement={wall.square.pk}": [],
        f"check=pass&placement={wall.square.pk}": [fine.pk, mug],
    }  # fmt: skip
    assert {query: shown(browser, f"{wall.address}?{query}") for query in expected} == expected


def test_a_picture_whose_files_fail_or_warn_is_marked_in_words(
    sign_in: SignIn, marketer: User, wall: Wall
) -> None:
    story = cast.placement("story")
    for place in (wall.square, story):
        cut(wall.mug, place, "failure")
    cut(wall.vase, wall.square, "warning")
    browser = sign_in(marketer)
    page = browser.get(wall.address).content.decode()
    mug, vase = (
        page[page.index(f'id="f{one.pk}"') :].partition("</figure>")[0] for one in (wall.mug, wall.vase)
    )
    assert '#i-cross"/></svg>2 fail<span class="off"> their channel</span>' in mug
    assert '#i-alert"/></svg>1 warning<span class="off"> about its files</span>' in vase
    chosen = {"render": [wall.mug.pk]}
    swapped = browser.post(f"{wall.address}review/clear/", chosen, headers=HTMX).content.decode()
    assert "2 fail<" in swapped, "it stays when the frame is swapped"


def test_a_placement_finds_only_pictures_of_its_shape(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    wall.vase.shoot.placements.set([wall.square])  # asked for there too, but the picture is 16:9
    assert shown(sign_in(viewer), f"{wall.address}?placement={wall.square.pk}") == [wall.mug.pk]


def test_nothing_that_matches_says_so_and_leads_back(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    page = sign_in(viewer).get(f"{wall.address}?q=zebra").content.decode()
    assert "No picture matches" in page
    assert "Show every picture" in page
    assert 'value="zebra"' in page


def test_pages_follow_one_another_without_gap_or_repeat(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    for take in range(60):
        cast.render(
            wall.shoot,
            product=wall.mug.product,
            scene_version=wall.mug.scene_version,
            take=take + 2,
            state="done",
        )
    browser = sign_in(viewer)
    first = shown(browser, wall.address)
    cast.render(wall.shoot, state="done")  # one that arrives meanwhile moves nothing
    second = browser.get(f"{wall.address}?before={first[-1]}", headers=HTMX).content.decode()
    assert (len(first), second.count("<figure"), "<html" in second) == (48, 14, False)
    assert f'id="f{first[-1]}"' not in second


@pytest.mark.parametrize(("verb", "review"), [("approve", "approved"), ("reject", "rejected"), ("clear", "")])
def test_chosen_pictures_are_judged(
    sign_in: SignIn, marketer: User, wall: Wall, verb: str, review: str
) -> None:
    chosen = {"render": [wall.mug.pk, wall.vase.pk, wall.failed.pk], "back": f"{wall.address}?q=a"}
    answer = sign_in(marketer).post(f"{wall.address}review/{verb}/", chosen)
    assert answer["Location"] == f"{wall.address}?q=a"
    reviews = dict(Render.objects.values_list("pk", "review"))
    assert reviews == {wall.mug.pk: review, wall.vase.pk: review, wall.failed.pk: ""}


def test_a_failed_picture_has_its_button_without_a_form_inside_the_form(
    sign_in: SignIn, marketer: User, wall: Wall
) -> None:
    page = sign_in(marketer).get(f"{wall.address}?state=failed").content.decode()
    film = page[page.index('class="film"') : page.index('class="bulk"')]
    assert f'formaction="/renders/{wall.failed.pk}/retry/"' in film
    assert "<form" not in film


def test_judging_in_place_swaps_the_frames_and_offers_to_undo(
    sign_in: SignIn, marketer: User, wall: Wall
) -> None:
    answer = sign_in(marketer).post(
        f"{wall.address}review/approve/", {"render": [wall.vase.pk]}, headers=HTMX
    )
    words = answer.content.decode()
    assert "1 picture approved" in words
    assert "Undo" in words
    assert f'id="f{wall.vase.pk}" data-look="approved" hx-swap-oob="true"' in words


def test_a_judgement_that_replaced_another_cannot_be_undone_by_clearing(
    sign_in: SignIn, marketer: User, wall: Wall
) -> None:
    chosen = {"render": [wall.mug.pk, wall.vase.pk]}
    answer = sign_in(marketer).post(f"{wall.address}review/reject/", chosen, headers=HTMX)
    assert "Undo" not in answer.content.decode()


def test_the_way_back_never_leads_out_of_the_house(sign_in: SignIn, marketer: User, wall: Wall) -> None:
    for back in ("https://evil.example/", "//evil.example/b/", "javascript:alert(1)", "/accounts/logout/"):
        chosen = {"render": [wall.mug.pk], "back": back}
        assert sign_in(marketer).post(f"{wall.address}review/clear/", chosen)["Location"] == wall.address


def test_pictures_of_another_brand_are_not_judged(sign_in: SignIn, stranger: User, wall: Wall) -> None:
    theirs = stranger.brands.get()
    sign_in(stranger).post(f"/b/{theirs.slug}/gallery/review/reject/", {"render": [wall.mug.pk]})
    wall.mug.refresh_from_db()
    assert wall.mug.review == "approved"


def test_chosen_pictures_become_an_archive(sign_in: SignIn, viewer: User, wall: Wall) -> None:
    chosen = {"render": [wall.mug.pk, wall.failed.pk]}
    page = sign_in(viewer).post("/b/northfold/exports/new/", chosen).content.decode()
    assert f'name="render" value="{wall.mug.pk}"' in page
    answer = sign_in(viewer).post("/b/northfold/exports/", chosen)
    archive = Export.objects.get()
    assert answer["Location"] == f"/exports/{archive.pk}/"
    assert list(archive.renders.all()) == [wall.mug]


def test_who_may_not_judge_is_turned_away(sign_in: SignIn, viewer: User, stranger: User, wall: Wall) -> None:
    for verb in ("approve", "reject", "clear"):
        assert sign_in(viewer).post(f"{wall.address}review/{verb}/").status_code == 403
        assert sign_in(stranger).post(f"{wall.address}review/{verb}/").status_code == 404
        assert sign_in(viewer).get(f"{wall.address}review/{verb}/").status_code == 405
    assert ">Approve<" not in sign_in(viewer).get(wall.address).content.decode()


@pytest.mark.parametrize("pictures", [5, 200])
def test_the_page_asks_few_things_and_stays_light_however_many_pictures(
    sign_in: SignIn, marketer: User, wall: Wall, pictures: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    for _ in range(pictures):
        made = cast.render(wall.shoot, scene_version=wall.mug.scene_version, state="done")
        cut(made, wall.square, "failure")
    wanted = f"{wall.address}?placement={wall.square.pk}&product={wall.mug.product_id}&shoot={wall.shoot.pk}"
    assert weight(sign_in(marketer), wall.address) <= LIMIT
    for address in (wall.address, wanted):
        browser = sign_in(marketer)  # a first visit also writes which brand it is in
        with django_assert_max_num_queries(11):
            browser.get(address)
