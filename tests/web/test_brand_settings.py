"""Staff found brands; their admins name them and write the brief that goes into every prompt."""

from collections.abc import Callable

import pytest
from django.test import Client

from studio.flow import brand as flow
from studio.flow import shoot as shoots
from studio.models import Brand, Role, User
from tests import cast

SignIn = Callable[[User], Client]


@pytest.fixture
def staff(db: None) -> User:
    person = cast.person("Stella Staff")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


def test_staff_found_a_brand_and_are_its_first_admin(sign_in: SignIn, staff: User) -> None:
    browser = sign_in(staff)
    assert b"/brands/new/" in browser.get("/").content
    answer = browser.post("/brands/new/", {"name": "Fern & Flint"})
    assert answer["Location"] == "/b/fern-flint/settings/"
    page = browser.get(answer["Location"])
    assert b"Fern &amp; Flint is here." in page.content
    assert staff.memberships.get().role == Role.ADMIN
    assert browser.get("/b/fern-flint/products/").status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_brand_needs_a_name(sign_in: SignIn, staff: User, name: str) -> None:
    assert sign_in(staff).post("/brands/new/", {"name": name}).status_code == 422
    assert not Brand.objects.exists()


def test_two_brands_of_one_name_have_addresses_of_their_own(staff: User) -> None:
    slugs = [flow.found(staff, name).slug for name in ("Northfold", "Northfold", "北折", "北折")]
    assert slugs == ["northfold", "northfold-2", "brand", "brand-2"]


def test_an_admin_who_is_not_staff_founds_no_brand(sign_in: SignIn, admin: User) -> None:
    browser = sign_in(admin)
    assert browser.get("/brands/new/").status_code == 403
    assert browser.post("/brands/new/", {"name": "Mine"}).status_code == 403
    assert b"/brands/new/" not in browser.get("/account/").content
    assert Brand.objects.count() == 1


def test_staff_see_no_brand_that_they_are_not_in(sign_in: SignIn, staff: User, brand: Brand) -> None:
    browser = sign_in(staff)
    for page in ("products", "people", "settings"):
        assert browser.get(f"/b/{brand.slug}/{page}/").status_code == 404
    assert b"Northfold" not in browser.get("/").content


def test_the_brief_goes_word_for_word_into_prompts_of_new_shoots(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    shot, scene = cast.packshot(cast.product(brand)), cast.scene(brand)
    browser = sign_in(admin)
    answer = browser.post(f"/b/{brand.slug}/settings/", {"name": "North & Fold", "brief": "No hands, ever."})
    assert answer["Location"] == f"/b/{brand.slug}/settings/"
    page = browser.get(answer["Location"]).content
    assert b"Saved." in page
    assert b"<mark>No hands, ever.</mark>" in page
    brand.refresh_from_db()
    assert (brand.name, brand.slug) == ("North & Fold", "northfold")
    shoot = shoots.plan(brand, admin, [shot.product])
    shoots.choose(
        shoot, products=[shot.product], scenes=[scene], placements=[], ratios=["1:1"], resolution="1K",
        takes=1, name="",
    )  # fmt: skip
    shoots.launch(shoot, admin)
    assert "No hands, ever." in shoot.renders.get().prompt


def test_the_prompt_is_shown_as_the_brief_is_written_and_nothing_is_saved(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    cast.scene(brand, "dark-slate")
    cast.product(brand, name="Speckled mug")
    page = sign_in(admin).post(f"/b/{brand.slug}/settings/prompt/", {"brief": "Warm <b>tones</b>"})
    assert b"<mark>Warm &lt;b&gt;tones&lt;/b&gt;</mark>" in page.content
    assert b"Speckled mug in Dark slate" in page.content
    assert b"<html" not in page.content
    brand.refresh_from_db()
    assert brand.brief == ""


def test_a_brand_without_scenes_and_products_shows_a_prompt_too(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    page = sign_in(admin).get(f"/b/{brand.slug}/settings/").content
    assert b"your product" in page
    assert b"<mark>" not in page


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "x" * 81}, {"name": "Northfold", "brief": "x" * 601}]
)
def test_a_wrong_entry_is_a_sentence_and_nothing_is_saved(
    sign_in: SignIn, admin: User, brand: Brand, sent: dict[str, str]
) -> None:
    page = sign_in(admin).post(f"/b/{brand.slug}/settings/", sent)
    assert page.status_code == 422
    assert b'class="wrong"' in page.content
    brand.refresh_from_db()
    assert (brand.name, brand.brief) == ("Northfold", "")


@pytest.mark.parametrize("page", ["settings", "settings/prompt"])
def test_only_admins_of_the_brand_say_what_it_is(
    sign_in: SignIn, viewer: User, marketer: User, stranger: User, brand: Brand, page: str
) -> None:
    for person, status in ((viewer, 403), (marketer, 403), (stranger, 404)):
        answer = sign_in(person).post(f"/b/{brand.slug}/{page}/", {"name": "Mine", "brief": "Mine"})
        assert answer.status_code == status
    brand.refresh_from_db()
    assert brand.name == "Northfold"
