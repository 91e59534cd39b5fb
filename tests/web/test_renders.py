"""One picture: what it is made from, before and after, the verdict, once more."""

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from studio.flow.prompt import write_prompt
from studio.models import Brand, Correction, Cut, Packshot, Render, State, User
from studio.web import register
from tests import cast

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def render(brand: Brand) -> Render:
    product = cast.product(brand, "MUG-0114", name="Speckled mug")
    made = cast.render(
        cast.shoot(brand, launched=True, name="Autumn café"), product=product, state="done", ratio="2:1"
    )
    made.prompt = write_prompt(product, made.scene_version, brand)
    made.save(update_fields=["prompt"])
    return made


def text(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_the_page_says_what_made_the_picture(sign_in: SignIn, viewer: User, render: Render) -> None:
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    for fact in ("MUG-0114", "Autumn café", "2:1, 1024 × 1024", "Embedded engine", "free", "1 of 1", "v1"):
        assert fact in page
    assert render.prompt in html.unescape(page)
    assert "Where the words come from" in page
    assert "the embedded one draws from the scene" in page


def test_the_prompt_is_shown_as_it_was_sent_even_when_the_product_was_renamed_since(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    render.product.description = "Another thing"
    render.product.save()
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    assert render.prompt in html.unescape(page)
    assert "Where the words come from" not in page


def test_before_lies_so_that_its_product_covers_the_one_in_the_picture(render: Render) -> None:
    render.packshot.width, render.packshot.height = 1000, 500
    render.packshot.box = [0.2, 0.4, 0.2, 0.4]  # 200 × 200 px, its feet at (300, 400)
    render.width, render.height, render.box = 800, 400, [0.5, 0.25, 0.125, 0.25]  # 100 × 100, feet (450, 200)
    before = register.before(render)
    assert before.scale == pytest.approx(0.5)
    assert (before.x + 300 * before.scale, before.y + 400 * before.scale) == (450, 200)


def test_before_lies_where_it_lay_although_the_cut_out_was_corrected_since(render: Render) -> None:
    Render.objects.update(box=[0.5, 0.25, 0.125, 0.25], started_at=timezone.now())
    Packshot.objects.update(box=[0.2, 0.4, 0.2, 0.4])
    before = register.before(Render.objects.get(pk=render.pk))
    correction = {"done_at": timezone.now(), "replaced_box": [0.2, 0.4, 0.2, 0.4]}
    Correction.objects.create(packshot=render.packshot, **correction)
    Packshot.objects.update(box=[0.1, 0.1, 0.8, 0.8])
    assert register.before(Render.objects.get(pk=render.pk)) == before
    Render.objects.update(started_at=timezone.now())
    assert register.before(Render.objects.get(pk=render.pk)) != before, "made of the corrected one"


def test_without_boxes_before_is_shown_whole_in_the_middle(render: Render) -> None:
    render.packshot.width, render.packshot.height = 1000, 1000
    render.width, render.height = 800, 400
    before = register.before(render)
    assert (before.x, before.y, before.width, before.height) == (200, 0, 400, 400)
    edges = [(rim.x, rim.x + rim.width) for rim in before.rims if rim.y == 0]
    assert [edge for edge, _ in edges[1:]] == [end for _, end in edges[:-1]] == [200, 600]
    assert edges[0][0] < 0 < 800 < edges[-1][1]


def test_each_cut_shows_its_crop_its_finding_and_its_file(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    place = cast.placement("hero", ratio="2:1", width=3000, height=1500, safe_top=10)
    failed = cast.placement("tiny", ratio="2:1")
    waiting = cast.placement("later", ratio="2:1")
    render.shoot.placements.set([place, failed, waiting, cast.placement("square")])
    cut = Cut.objects.create(
        render=render, placement=place, file="cuts/one.jpg", extension="jpg", bytes=1000,
        frame=[0, 128, 1024, 512],
        findings=[{"code": "upscaled", "level": "warning", "width": 1024}], verdict="warning",
    )  # fmt: skip
    Cut.objects.create(render=render, placement=failed, failure="no_format", verdict="failure")
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    assert 'data-cut="0 128 1024 512 10 0 0 0"' in page
    assert f"/cuts/{cut.pk}/download/" in page
    assert "1024 pixels across" in page
    assert page.count(">Warning") == 1
    assert "The channel takes no format that we write" in page
    assert page.count(">Failure") == 1
    assert "Being cut" in page
    assert "Meta square" not in page


def test_files_of_which_there_is_something_to_say_come_first_and_have_the_width_of_the_page(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    found = {"fine": "pass", "warned": "warning", "bad": "failure", "later": ""}
    for slug, verdict in found.items():
        place = cast.placement(slug, ratio="2:1")
        render.shoot.placements.add(place)
        if verdict:
            told = [] if verdict == "pass" else [{"code": "upscaled", "level": verdict, "width": 700}]
            cut = {"placement": place, "verdict": verdict, "findings": told}
            Cut.objects.create(render=render, file="cuts/one.jpg", extension="jpg", **cut)
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    listed = page[page.index('class="cuts"') :]
    assert sorted(found, key=lambda slug: listed.index(f"Meta {slug}")) == ["bad", "warned", "fine", "later"]
    assert listed.count('class="cut-told"') == 2
    assert '<span class="off">failure: </span>Enlarged' in listed, "told by more than a colour"


def test_a_file_says_that_it_passes_and_that_its_ground_goes_on(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    wide, whole = (cast.placement(slug, ratio="2:1") for slug in ("wide", "whole"))
    render.shoot.placements.set([wide, whole])
    for place, frame in ((wide, [-500, 0, 3000, 512]), (whole, [0, 0, 1024, 512])):
        Cut.objects.create(render=render, placement=place, file="cuts/one.jpg", extension="jpg", frame=frame)
    Render.objects.filter(pk=render.pk).update(width=1024, height=512)
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    assert page.count(">Passes") == 2
    assert page.count("ground goes on beyond the picture") == 1


def test_the_way_leads_to_the_next_and_the_one_before(sign_in: SignIn, viewer: User, render: Render) -> None:
    same = {"product": render.product, "scene_version": render.scene_version, "state": "done"}
    second, third = (cast.render(render.shoot, ratio=ratio, **same) for ratio in ("1:1", "4:5"))
    page = text(sign_in(viewer), f"/renders/{second.pk}/")
    assert "2 of 3" in page
    assert f'href="/renders/{render.pk}/" rel="prev"' in page
    assert f'href="/renders/{third.pk}/" rel="next"' in page


@pytest.mark.parametrize(("verb", "review"), [("approve", "approved"), ("reject", "rejected"), ("clear", "")])
def test_a_verdict_is_kept_with_or_without_script(
    sign_in: SignIn, marketer: User, render: Render, verb: str, review: str
) -> None:
    browser = sign_in(marketer)
    plain = browser.post(f"/renders/{render.pk}/{verb}/")
    swapped = browser.post(f"/renders/{render.pk}/{verb}/", headers=HTMX).content.decode()
    render.refresh_from_db()
    assert (render.review, plain["Location"]) == (review, f"/renders/{render.pk}/")
    assert 'id="verdict"' in swapped
    assert "<html" not in swapped


def test_a_picture_that_is_not_finished_cannot_be_judged(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    waiting = cast.render(render.shoot)
    sign_in(marketer).post(f"/renders/{waiting.pk}/approve/")
    waiting.refresh_from_db()
    assert waiting.review == ""


def test_a_rerun_is_a_new_take_and_its_page_waits_for_it(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    browser = sign_in(marketer)
    answer = browser.post(f"/renders/{render.pk}/rerun/")
    again = Render.objects.get(parent=render)
    assert answer["Location"] == f"/renders/{again.pk}/"
    page = text(browser, f"/renders/{again.pk}/")
    assert "Queued" in page
    assert "Take 2" in page
    poll = f"/renders/{again.pk}/?v=queued.0"
    assert browser.get(poll, headers=HTMX).status_code == 204
    Render.objects.filter(pk=again.pk).update(state=State.RUNNING)
    assert browser.get(poll, headers=HTMX)["HX-Refresh"] == "true"


def test_a_failure_stands_in_the_pictures_place_with_its_one_way_out(
    sign_in: SignIn, marketer: User, render: Render
) -> None:
    browser = sign_in(marketer)
    failed = cast.render(render.shoot, state="failed", failure="engine_failed")
    blocked = cast.render(
        render.shoot, state="failed", failure="touches_edge", failure_values={"file": "MUG.jpg"}
    )
    assert f"/renders/{failed.pk}/retry/" in text(browser, f"/renders/{failed.pk}/")
    page = text(browser, f"/renders/{blocked.pk}/")
    assert "MUG.jpg needs background" in page
    assert "retry" not in page
    assert "Open product" in page


def test_a_failed_picture_is_tried_again_once(sign_in: SignIn, marketer: User, render: Render) -> None:
    failed = cast.render(render.shoot, state="failed", failure="engine_failed")
    browser = sign_in(marketer)
    for _ in range(2):
        assert browser.post(f"/renders/{failed.pk}/retry/").status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.failure) == ("queued", "")


def test_single_keys_can_be_switched_off(sign_in: SignIn, viewer: User, render: Render) -> None:
    assert "data-shortcuts" in text(sign_in(viewer), f"/renders/{render.pk}/")
    viewer.shortcuts = False
    viewer.save()
    assert "data-shortcuts" not in text(sign_in(viewer), f"/renders/{render.pk}/")


def test_who_may_not_act_is_turned_away(
    sign_in: SignIn, viewer: User, stranger: User, render: Render
) -> None:
    for verb in ("approve", "reject", "clear", "rerun", "retry"):
        assert sign_in(viewer).post(f"/renders/{render.pk}/{verb}/").status_code == 403
        assert sign_in(stranger).post(f"/renders/{render.pk}/{verb}/").status_code == 404
        assert sign_in(viewer).get(f"/renders/{render.pk}/{verb}/").status_code == 405
    page = text(sign_in(viewer), f"/renders/{render.pk}/")
    assert ">Approve<" not in page
    assert "Rerun" not in page
