"""The page where a cut-out is corrected, what it takes, and who hears of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ

from studio import tasks
from studio.flow import correction as flow
from studio.flow import intake
from studio.models import Brand, Correction, Packshot, User
from tests import cast, pictures

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
DRAWN = [{"keep": False, "radius": 0.03, "points": [[0.5, 0.6], [0.5, 0.65]]}]


@pytest.fixture
def shot(brand: Brand) -> Packshot:
    """A packshot that has been cut out."""
    packshot = intake.receive(brand, None, "MUG.jpg", pictures.packshot(width=500, height=500)).packshot
    tasks.cut_out(packshot.pk)
    packshot.refresh_from_db()
    return packshot


def correct(browser: Client, shot: Packshot, rows: Any = DRAWN, seen: int = 0) -> Any:
    return browser.post(f"/packshots/{shot.pk}/cutout/correct/", {"strokes": json.dumps(rows), "seen": seen})


def page(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_strokes_are_taken_and_become_the_cut_out(sign_in: SignIn, marketer: User, shot: Packshot) -> None:
    ines, before = sign_in(marketer), shot.cutout
    answer = correct(ines, shot)
    made = Correction.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"correction": made.pk, "told": ""})
    assert (made.asked_by, made.strokes) == (marketer, DRAWN)
    news = f"/packshots/{shot.pk}/cutout/news/"
    assert ines.get(news).status_code == 204, "it is still being made"
    tasks.cut_out(shot.pk)
    shot.refresh_from_db()
    told = ines.get(news).json()
    assert (told["correction"], told["doubt"]) == (made.pk, "")
    assert shot.cutout != before
    picture = pictures.opened(b"".join(ines.get(told["picture"])))  # type: ignore[call-overload]
    assert picture.getchannel("A").getpixel((250, 310)) == 0


def test_the_page_begins_with_the_strokes_in_force(sign_in: SignIn, marketer: User, shot: Packshot) -> None:
    ines = sign_in(marketer)
    assert '{"applied": []}' in page(ines, f"/packshots/{shot.pk}/cutout/")
    correct(ines, shot)
    shown = page(ines, f"/packshots/{shot.pk}/cutout/")
    assert json.dumps({"applied": DRAWN}) in shown
    assert "data-waits" in shown, "nobody has made it yet"
    assert "Ines Marrow" in shown
    assert "1 stroke, in force" in shown


def test_strokes_that_are_none_come_back_with_a_sentence(
    sign_in: SignIn, marketer: User, shot: Packshot
) -> None:
    answer = correct(sign_in(marketer), shot, [DRAWN[0] | {"radius": 3}])
    assert answer.status_code == 422
    assert answer.json()["told"].startswith(
        "The strokes were not taken. The brush of stroke 1 is not between"
    )
    assert not Correction.objects.exists()
    assert sign_in(marketer).post(f"/packshots/{shot.pk}/cutout/correct/").status_code == 422


def test_whoever_comes_second_is_told_of_the_first_and_may_take_their_strokes(
    sign_in: SignIn, marketer: User, admin: User, shot: Packshot
) -> None:
    hers = correct(sign_in(admin), shot, [DRAWN[0] | {"keep": True}]).json()["correction"]
    ines = sign_in(marketer)
    told = correct(ines, shot).json()["told"]
    assert told.startswith("Ada Admin corrected it as well, just now. Your strokes hold now")
    assert correct(ines, shot, seen=Correction.objects.latest("pk").pk).json()["told"] == ""
    again = page(ines, f"/packshots/{shot.pk}/cutout/?from={hers}")
    assert f'"begun": {json.dumps([DRAWN[0] | {"keep": True}])}' in again


def test_strokes_of_another_packshot_cannot_be_taken(
    sign_in: SignIn, marketer: User, stranger: User, shot: Packshot
) -> None:
    other = cast.packshot(cast.product(stranger.brands.get()))
    theirs = flow.ask(other, stranger, json.dumps(DRAWN)).correction
    shown = page(sign_in(marketer), f"/packshots/{shot.pk}/cutout/?from={theirs.pk}")
    assert '"begun": []' in shown


def test_the_automatic_cut_out_comes_back_and_the_strokes_stay_in_the_history(
    sign_in: SignIn, marketer: User, shot: Packshot
) -> None:
    ines = sign_in(marketer)
    correct(ines, shot)
    answer = ines.post(f"/packshots/{shot.pk}/cutout/automatic/")
    assert answer["Location"] == f"/packshots/{shot.pk}/cutout/"
    tasks.cut_out(shot.pk)
    shot.refresh_from_db()
    assert shot.cutout_reason == ""
    assert [len(one.strokes) for one in Correction.objects.all()] == [1, 0]
    assert "Take these strokes" in page(ines, f"/packshots/{shot.pk}/cutout/")


@pytest.mark.parametrize("verb", ["correct", "automatic"])
def test_a_viewer_and_a_stranger_change_nothing(
    sign_in: SignIn, viewer: User, stranger: User, shot: Packshot, verb: str
) -> None:
    address = f"/packshots/{shot.pk}/cutout/{verb}/"
    assert sign_in(viewer).post(address, {"strokes": "[]"}).status_code == 403
    assert sign_in(stranger).post(address, {"strokes": "[]"}).status_code == 404
    assert not Correction.objects.exists()
    assert not OrmQ.objects.exists()


def test_a_viewer_sees_the_cut_out_and_no_way_to_change_it(
    sign_in: SignIn, viewer: User, shot: Packshot
) -> None:
    vic = sign_in(viewer)
    shown = page(vic, f"/products/{shot.product_id}/")
    assert f"/packshots/{shot.pk}/cutout/thumb/" in shown
    assert "Correct the cut-out" not in shown
    for copy, kind in (("thumb", "WEBP"), ("picture", "PNG")):
        stored = vic.get(f"/packshots/{shot.pk}/cutout/{copy}/")
        assert pictures.opened(b"".join(stored)).format == kind  # type: ignore[call-overload]
    assert vic.get(f"/packshots/{shot.pk}/cutout/").status_code == 403


def test_the_product_page_offers_the_brush_and_tells_of_a_correction(
    sign_in: SignIn, marketer: User, shot: Packshot
) -> None:
    ines, address = sign_in(marketer), f"/products/{shot.product_id}/"
    assert f'href="/packshots/{shot.pk}/cutout/">Correct the cut-out' in page(ines, address)
    correct(ines, shot)
    assert f'data-waits="{shot.pk}"' in page(ines, address)
    assert ines.get(f"/b/{shot.brand.slug}/products/verdicts/", {"shot": shot.pk}).status_code == 204
    tasks.cut_out(shot.pk)
    assert "Cut-out, corrected" in page(ines, address)


def test_before_there_is_a_cut_out_the_page_leads_back_to_the_product(
    sign_in: SignIn, marketer: User, brand: Brand
) -> None:
    shot = cast.packshot(cast.product(brand))
    answer = sign_in(marketer).get(f"/packshots/{shot.pk}/cutout/", follow=True)
    assert answer.redirect_chain == [(f"/products/{shot.product_id}/", 302)]
    assert b"is still being cut out" in answer.content


def test_a_cut_out_from_before_there_were_thumbs_is_shown_itself(
    sign_in: SignIn, marketer: User, shot: Packshot
) -> None:
    Packshot.objects.update(cutout_thumb="")
    assert f"/packshots/{shot.pk}/cutout/picture/" in page(sign_in(marketer), f"/products/{shot.product_id}/")


def test_a_failed_picture_may_be_tried_again_once_its_cut_out_is_corrected(
    sign_in: SignIn, marketer: User, shot: Packshot
) -> None:
    render = cast.render(
        cast.shoot(shot.brand, launched=True), product=shot.product, packshot=shot, state="failed",
        failure="low_contrast", failure_values={"file": "MUG.jpg"},
    )  # fmt: skip
    ines = sign_in(marketer)
    ways = [f"/renders/{render.pk}/", f"/shoots/{render.shoot_id}/"]
    assert not any("Try again" in page(ines, way) for way in ways)
    correct(ines, shot)
    tasks.cut_out(shot.pk)
    assert all("retry" in page(ines, way) for way in ways)
