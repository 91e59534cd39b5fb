"""Admins write their brand's placements and see them drawn; shared ones are for staff, and may be copied."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.models import Brand, Placement, User
from tests import cast

SignIn = Callable[[User], Client]
WINDOW: dict[str, Any] = {
    "channel": "Website", "name": "Shop window", "width": "1200", "height": "628",
    "formats": ["JPEG", "AVIF"], "others": "TIFF", "max_kb": "150", "safe_top": "10", "safe_left": "2.5",
}  # fmt: skip


def test_an_admin_writes_a_placement_for_the_brand_alone(
    sign_in: SignIn, admin: User, stranger: User, brand: Brand
) -> None:
    page = sign_in(admin).post(f"/b/{brand.slug}/presets/placements/new/", WINDOW, follow=True)
    assert b"Shop window is ready" in page.content
    made = Placement.objects.get()
    assert (made.brand, made.slug, made.ratio) == (brand, "website_shop_window", "2:1")
    assert (made.formats, made.max_bytes, made.safe) == ("JPEG;AVIF;TIFF", 150_000, (10, 0, 2.5, 0))
    assert b"Shop window" not in sign_in(stranger).get("/b/halden/presets/placements/").content


def test_only_staff_share_a_placement(sign_in: SignIn, admin: User, brand: Brand) -> None:
    address = f"/b/{brand.slug}/presets/placements/new/"
    sign_in(admin).post(address, WINDOW | {"shared": "on"})
    assert Placement.objects.get().brand == brand
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    sign_in(admin).post(address, WINDOW | {"name": "Window", "shared": "on"})
    assert Placement.objects.get(name="Window").brand is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"width": "15"}, "16 to 10,000 pixels."),
        ({"height": "99999999999999999999"}, "16 to 10,000 pixels."),
        ({"safe_top": "46"}, "0 to 45 %."),
        ({"safe_top": "nan"}, "Enter a number."),
        ({"formats": []}, "Choose at least one of them."),
        ({"min_width": "1300"}, "The smallest width cannot be 1300 pixels."),
        ({"name": "TAKEN"}, "Website has a placement TAKEN already."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    sign_in: SignIn, admin: User, brand: Brand, wrong: dict[str, object], sentence: str
) -> None:
    cast.placement(channel="Website", name="Taken")
    page = sign_in(admin).post(f"/b/{brand.slug}/presets/placements/new/", WINDOW | wrong)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Website"' in page.content.decode()
    assert Placement.objects.count() == 1


def test_a_shared_placement_is_copied_under_a_name_of_its_own(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    shared = cast.placement(name="Feed", source_url="https://example.org/feed", safe_top=12)
    address = f"/b/{brand.slug}/presets/placements/new/?like={shared.pk}"
    page = sign_in(admin).get(address).content.decode()
    assert 'value="Feed, Northfold"' in page
    assert 'value="12"' in page
    sign_in(admin).post(address, WINDOW)
    assert Placement.objects.get(brand=brand).source_url == "https://example.org/feed"


def test_a_placement_of_another_brand_is_not_copied(sign_in: SignIn, admin: User, stranger: User) -> None:
    theirs = cast.placement(name="Secret shape", brand=stranger.brands.get())
    page = sign_in(admin).get(f"/b/northfold/presets/placements/new/?like={theirs.pk}").content
    assert b"Secret shape" not in page


def test_an_edit_is_saved_and_a_wrong_one_is_not(sign_in: SignIn, admin: User, brand: Brand) -> None:
    own = cast.placement(brand=brand)
    browser = sign_in(admin)
    assert browser.post(f"/placements/{own.pk}/edit/", WINDOW | {"width": ""}).status_code == 422
    page = browser.post(f"/placements/{own.pk}/edit/", WINDOW, follow=True)
    assert b"Shop window is saved" in page.content
    own.refresh_from_db()
    assert (own.name, own.width) == ("Shop window", 1200)


def test_shared_placements_are_changed_by_staff_alone(sign_in: SignIn, admin: User, brand: Brand) -> None:
    shared = cast.placement()
    browser = sign_in(admin)
    for act in ("edit", "retire", "revive"):
        assert browser.post(f"/placements/{shared.pk}/{act}/", WINDOW).status_code == 403
    assert f"/placements/{shared.pk}/" not in browser.get("/b/northfold/presets/placements/").content.decode()
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    assert browser.post(f"/placements/{shared.pk}/edit/", WINDOW).status_code == 302


def test_a_placement_retires_and_comes_back(sign_in: SignIn, admin: User, brand: Brand) -> None:
    own = cast.placement(brand=brand, name="Window")
    browser = sign_in(admin)
    page = browser.post(f"/placements/{own.pk}/retire/", follow=True).content
    assert b"Window is retired" in page
    assert b"Retired placements" in page
    assert b"is retired" in browser.get(f"/placements/{own.pk}/edit/", follow=True).content
    assert b"Window is back" in browser.post(f"/placements/{own.pk}/revive/", follow=True).content
    assert Placement.objects.offered_to(brand).count() == 1


def test_a_taken_name_keeps_a_placement_retired(sign_in: SignIn, admin: User, brand: Brand) -> None:
    own = cast.placement(brand=brand, name="Window")
    browser = sign_in(admin)
    browser.post(f"/placements/{own.pk}/retire/")
    cast.placement(brand=brand, name="Window")
    page = browser.post(f"/placements/{own.pk}/revive/", follow=True).content
    assert b"Meta has a placement Window already" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"width": 1200, "height": 628}, "4.5 % of each picture is lost, trimmed left and right."),
        ({"width": 728, "height": 90}, "More than a quarter goes."),
        ({"width": 1080, "height": 1080, "safe_top": 10}, "Nothing is lost."),
        ({"width": 10_000, "height": 16}, "Cut from 3:1."),
        ({"width": "", "height": 628}, "Type width and height"),
        ({"width": "<b>", "height": "-4"}, "Type width and height"),
    ],
)
def test_the_drawing_says_which_ratio_loses_least(
    sign_in: SignIn, admin: User, brand: Brand, typed: dict[str, object], told: str
) -> None:
    page = sign_in(admin).get(f"/b/{brand.slug}/presets/placements/sketch/", typed).content.decode()
    assert told in page
    assert "style=" not in page
    assert ("Sixteen ratios known" in page) == ("Type width" not in told)


def test_the_safe_area_is_drawn_inside_the_shape(sign_in: SignIn, admin: User, brand: Brand) -> None:
    typed = {
        "width": 1000,
        "height": 1000,
        "safe_top": 10,
        "safe_bottom": 20,
        "safe_left": 5,
        "safe_right": "x",
    }
    page = sign_in(admin).get(f"/b/{brand.slug}/presets/placements/sketch/", typed).content.decode()
    assert '<rect class="safe" x="15.0" y="30.0" width="285.0" height="210.0"/>' in page
