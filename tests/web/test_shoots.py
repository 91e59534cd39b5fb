"""Shoots of a brand, and watching one while its pictures arrive."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Brand, Render, Shoot, State, User
from studio.web import progress
from tests import cast
from tests.engines import ScriptedRemote
from tests.web.judged import cut
from tests.web.weight import LIMIT, weight

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shoot(brand: Brand, marketer: User) -> Shoot:
    """Autumn café: one picture arrived, one runs, one waits, two failed for the same reason."""
    made = cast.shoot(brand, launched=True, name="Autumn café", created_by=marketer)
    made.placements.set([cast.placement(), cast.placement()])
    product, version = cast.product(brand, "MUG-0114", name="Speckled mug"), cast.scene().current
    states: list[tuple[str, dict[str, Any]]] = [
        ("done", {}), ("running", {"started_at": timezone.now() - timedelta(seconds=6)}), ("queued", {}),
        ("failed", {"failure": "engine_failed"}), ("failed", {"failure": "engine_failed"}),
    ]  # fmt: skip
    for take, (state, fields) in enumerate(states, 1):
        cast.render(made, product=product, scene_version=version, take=take, state=state, **fields)
    return made


def many(shoot: Shoot, count: int) -> None:
    product, version = cast.product(shoot.brand), cast.scene().current
    place = shoot.placements.all()[0]
    for take in range(count):
        made = cast.render(shoot, product=product, scene_version=version, take=take + 10, state="done")
        cut(made, place, "warning")


def text(browser: Client, address: str, **options: Any) -> str:
    return browser.get(address, **options).content.decode()


def test_the_list_has_drafts_and_launched_ones_newest_first(
    sign_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    draft = cast.shoot(shoot.brand, name="Winter")
    page = text(sign_in(marketer), f"/b/{shoot.brand.slug}/shoots/")
    assert page.index("Winter") < page.index("Autumn café")
    assert f"/shoots/{draft.pk}/plan/" in page
    assert "1 of 5 arrived" in page
    assert "2 failed" in page


def test_a_launched_shoot_stands_at_its_launch_not_where_its_draft_stood(
    sign_in: SignIn, viewer: User, brand: Brand
) -> None:
    now = timezone.now()
    ages = {"Late launch": (9, 1), "Middle": (5, 5), "Draft": (2, None), "Early": (8, 8)}
    for name, (made, launched) in ages.items():
        one = cast.shoot(brand, name=name)
        at = None if launched is None else now - timedelta(days=launched)
        Shoot.objects.filter(pk=one.pk).update(created_at=now - timedelta(days=made), launched_at=at)
    page = text(sign_in(viewer), f"/b/{brand.slug}/shoots/")
    assert sorted(ages, key=page.index) == ["Late launch", "Draft", "Middle", "Early"]
    assert f"{timezone.localtime(now - timedelta(days=1)):%-d %b %Y, %H:%M}" in page
    middle = Shoot.objects.get(name="Middle").pk
    older = text(sign_in(viewer), f"/b/{brand.slug}/shoots/?before={middle}", headers=HTMX)
    assert [name for name in ages if name in older] == ["Early"]


def test_older_shoots_come_in_pages(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    shoots = [cast.shoot(brand, launched=True, name=f"Shoot number {n:02}") for n in range(30)]
    browser = sign_in(viewer)
    first = text(browser, f"/b/{brand.slug}/shoots/")
    assert first.count("Shoot number") == 2 * 24  # its name, and the name of its progress bar
    second = text(browser, f"/b/{brand.slug}/shoots/?before={shoots[6].pk}", headers=HTMX)
    assert (second.count('class="shoot"'), "<html" in second) == (6, False)


def test_a_new_shoot_starts_with_the_products_that_came_along(
    sign_in: SignIn, marketer: User, brand: Brand, stranger: User
) -> None:
    mine, foreign = (cast.packshot(cast.product(of)).product for of in (brand, stranger.brands.get()))
    wanted = {"product": [mine.pk, foreign.pk, "x"]}
    answer = sign_in(marketer).post(f"/b/{brand.slug}/shoots/new/", wanted)
    draft = Shoot.objects.get()
    assert answer["Location"] == f"/shoots/{draft.pk}/plan/"
    assert list(draft.products.all()) == [mine]


def test_a_product_without_a_packshot_does_not_come_along_and_that_is_told(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    mug, lamp = cast.packshot(cast.product(brand)).product, cast.product(brand, "LAMP-3")
    wanted = {"product": [mug.pk, lamp.pk]}
    answer = sign_in(marketer).post(f"/b/{brand.slug}/shoots/new/", wanted, follow=True)
    page = answer.content.decode()
    assert list(Shoot.objects.get().products.all()) == [mug]
    assert "Not chosen: LAMP-3" in page
    assert "Upload one on the product&#x27;s page" in page


def test_a_product_without_packshot_and_words_is_told_to_lack_both(
    sign_in: SignIn, marketer: User, brand: Brand, hiapi: ScriptedRemote, settings: Any
) -> None:
    settings.ENGINE = "hiapi"
    lamp = cast.product(brand, "LAMP-4", description="")
    wanted = {"product": [lamp.pk]}
    page = sign_in(marketer).post(f"/b/{brand.slug}/shoots/new/", wanted, follow=True).content.decode()
    assert "Not chosen: LAMP-4" in page
    assert "neither a packshot to start from nor a description" in page


def test_the_page_tells_progress_and_groups_what_failed(
    sign_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    page = text(sign_in(marketer), f"/shoots/{shoot.pk}/")
    assert "1 of 5 arrived." in page
    assert "2 pictures: The engine failed" in page
    assert page.count('class="fail"') == 2
    assert "2 placements" in page
    assert "Cancel what has not started" in page
    assert 'hx-trigger="every 2s"' in page


def test_polling_is_answered_with_nothing_until_something_happens(
    sign_in: SignIn, viewer: User, shoot: Shoot
) -> None:
    browser = sign_in(viewer)
    address = f"/shoots/{shoot.pk}/news/?v={progress.of(shoot).version}"
    assert browser.get(address, headers=HTMX).status_code == 204
    waiting = shoot.renders.get(state=State.QUEUED)
    waiting.move(State.CANCELLED)
    news = text(browser, address, headers=HTMX)
    assert f'id="f{waiting.pk}" data-look="cancelled" hx-swap-oob="true"' in news
    assert "1 cancelled" in news


def test_a_row_that_shows_up_late_is_news_too(shoot: Shoot) -> None:
    before = progress.of(shoot).version
    late = shoot.renders.get(state=State.QUEUED)
    Render.objects.filter(pk=late.pk).update(state=State.CANCELLED)  # written earlier, visible now
    assert progress.of(shoot).version != before
    assert late in progress.changed(shoot, before)


def test_polling_stops_when_every_picture_is_final(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    shoot.renders.filter(state__in=("queued", "running")).update(state=State.CANCELLED)
    page = text(sign_in(viewer), f"/shoots/{shoot.pk}/news/?v=0-0", headers=HTMX)
    assert "every 2s" not in page
    assert "Download everything" in page


def test_polling_goes_on_until_the_files_are_cut_and_brings_what_their_channels_say(
    sign_in: SignIn, viewer: User, shoot: Shoot
) -> None:
    shoot.renders.filter(state__in=("queued", "running")).update(state=State.CANCELLED)
    arrived = shoot.renders.filter(state=State.DONE)
    arrived.update(cuts_due=True)
    browser = sign_in(viewer)
    assert "every 2s" in text(browser, f"/shoots/{shoot.pk}/")
    address = f"/shoots/{shoot.pk}/news/?v={progress.of(shoot).version}"
    cut(arrived.get(), shoot.placements.all()[0], "failure")
    arrived.update(cuts_due=False, updated_at=timezone.now())
    page = text(browser, address, headers=HTMX)
    assert "every 2s" not in page
    assert 'data-look="1 fails" hx-swap-oob="true"' in page


def test_very_many_news_are_cut_to_the_newest(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    many(shoot, 130)
    page = text(sign_in(viewer), f"/shoots/{shoot.pk}/news/?v=0-0", headers=HTMX)
    assert page.count("<figure") == 100


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "1-", "-1"])
def test_a_made_up_version_is_no_error(sign_in: SignIn, viewer: User, shoot: Shoot, version: str) -> None:
    assert sign_in(viewer).get(f"/shoots/{shoot.pk}/news/?v={version}", headers=HTMX).status_code == 200


def test_how_long_it_took_is_told_until_later_takes_are_made(brand: Brand) -> None:
    made = cast.shoot(brand, launched=True)
    first = cast.render(made, state="done")
    made.launched_at = Render.objects.get().finished_at - timedelta(seconds=28)
    assert progress.of(made).headline == "1 picture in 28 s."
    cast.render(made, product=first.product, take=2, state="done", cause="edit", parent=first)
    assert progress.of(made).headline == "2 pictures."


def test_the_head_names_the_engine(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    assert '<p class="small quiet" id="bill">Embedded engine</p>' in text(
        sign_in(viewer), f"/shoots/{shoot.pk}/"
    )


def test_cancelling_lets_what_runs_finish(sign_in: SignIn, marketer: User, shoot: Shoot) -> None:
    sign_in(marketer).post(f"/shoots/{shoot.pk}/cancel/")
    states = list(shoot.renders.values_list("state", flat=True))
    assert states == ["done", "running", "cancelled", "failed", "failed"]


def test_what_failed_for_one_reason_is_tried_again_at_once(
    sign_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    sign_in(marketer).post(f"/shoots/{shoot.pk}/retry/", {"failure": "engine_failed"})
    assert shoot.renders.filter(state="queued").count() == 3


def test_a_draft_is_discarded_and_a_launched_shoot_is_not(
    sign_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    draft, browser = cast.shoot(shoot.brand), sign_in(marketer)
    assert browser.post(f"/shoots/{draft.pk}/delete/")["Location"] == f"/b/{shoot.brand.slug}/shoots/"
    assert browser.post(f"/shoots/{shoot.pk}/delete/")["Location"] == f"/shoots/{shoot.pk}/"
    assert list(Shoot.objects.all()) == [shoot]


def test_a_draft_is_planned_by_a_marketer_and_announced_to_a_viewer(
    sign_in: SignIn, marketer: User, viewer: User, brand: Brand
) -> None:
    draft = cast.shoot(brand)
    assert sign_in(marketer).get(f"/shoots/{draft.pk}/")["Location"] == f"/shoots/{draft.pk}/plan/"
    assert "still being planned" in text(sign_in(viewer), f"/shoots/{draft.pk}/")


def test_a_viewer_sees_no_button_that_would_be_refused(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    page = text(sign_in(viewer), f"/shoots/{shoot.pk}/")
    assert "/retry/" not in page
    assert "Cancel what" not in page
    assert "/shoots/new/" not in text(sign_in(viewer), f"/b/{shoot.brand.slug}/shoots/")


def test_who_may_not_act_is_turned_away(sign_in: SignIn, viewer: User, stranger: User, shoot: Shoot) -> None:
    for name in ("cancel", "retry", "delete"):
        assert sign_in(viewer).post(f"/shoots/{shoot.pk}/{name}/").status_code == 403
        assert sign_in(stranger).post(f"/shoots/{shoot.pk}/{name}/").status_code == 404
        assert sign_in(viewer).get(f"/shoots/{shoot.pk}/{name}/").status_code == 405
    assert sign_in(viewer).post(f"/b/{shoot.brand.slug}/shoots/new/").status_code == 403


def test_a_big_shoot_is_told_by_a_bar_and_shown_in_pages(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    many(shoot, 70)
    browser = sign_in(viewer)
    page = text(browser, f"/shoots/{shoot.pk}/")
    assert "<progress" in page
    assert 'class="cells"' not in page
    assert page.count("<figure") == 60
    rest = text(browser, f"/shoots/{shoot.pk}/?from=60", headers=HTMX)
    assert (rest.count("<figure"), "<html" in rest) == (15, False)


@pytest.mark.parametrize("pictures", [5, 200])
def test_the_pages_ask_few_things_and_stay_light_however_many_pictures(
    sign_in: SignIn, marketer: User, shoot: Shoot, pictures: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    many(shoot, pictures - 5)
    listing = f"/b/{shoot.brand.slug}/shoots/"
    assert weight(sign_in(marketer), f"/shoots/{shoot.pk}/") <= LIMIT
    for address in (f"/shoots/{shoot.pk}/", f"/shoots/{shoot.pk}/news/?v=1-1", listing):
        browser = sign_in(marketer)  # a first visit also writes which brand it is in
        with django_assert_max_num_queries(11):
            browser.get(address)


@pytest.mark.parametrize("junk", ["9" * 40, "-1", "x", "٣", "1.5", "%00"])
def test_numbers_that_are_none_are_passed_over(
    sign_in: SignIn, marketer: User, shoot: Shoot, junk: str
) -> None:
    browser, brand = sign_in(marketer), shoot.brand.slug
    pages = [
        f"/b/{brand}/shoots/?before={junk}", f"/shoots/{shoot.pk}/?from={junk}",
        f"/b/{brand}/gallery/?before={junk}&product={junk}&placement={junk}&q={junk}",
        f"/shoots/{cast.shoot(shoot.brand).pk}/plan/?after=c{junk}&q={junk}",
    ]  # fmt: skip
    assert [browser.get(page).status_code for page in pages] == [200] * 4
    assert browser.post(f"/b/{brand}/gallery/review/approve/", {"render": [junk]}).status_code == 302
    assert browser.post(f"/b/{brand}/exports/", {"render": [junk]}).status_code in (302, 422)
    assert browser.post(f"/b/{brand}/shoots/new/", {"product": [junk]}).status_code == 302
