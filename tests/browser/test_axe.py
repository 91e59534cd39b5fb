"""axe finds nothing to complain about on any page, in light and in dark."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.flow import invitation, people
from studio.models import Brand, Role, State, User
from tests import cast, pictures

FOR_ANYONE = ("login", "password_reset", "password_reset_done")
OF_A_BRAND = (
    "products", "shoots", "gallery", "presets", "placements", "scene_new", "people",
    "leave", "brand_settings", "placement_new",
)  # fmt: skip

SignIn = Callable[[User], None]


@pytest.fixture
def staff(brand: Brand) -> User:
    """May do everything that pages offer."""
    person = cast.person("Stella Staff", brand, Role.ADMIN)
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


def test_pages_for_anyone(page: Page, live_server: LiveServer, brand: Brand, staff: User) -> None:
    welcome = reverse("welcome", args=[people.welcome_token()])
    _, token = invitation.invite(brand, staff, Role.MARKETER, "Ines")
    joins = [reverse("invitation", args=[one]) for one in (token, "cut-off")]
    assert_spotless(page, live_server, [welcome, *joins, *(reverse(name) for name in FOR_ANYONE)])


def test_pages_before_anything_has_happened(
    page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, staff: User
) -> None:
    signed_in(staff)
    addresses = [reverse(name, args=[brand.slug]) for name in OF_A_BRAND]
    assert_spotless(
        page, live_server, [*addresses, reverse("account"), reverse("password_change"), "/no-such-page/"]
    )


def test_pages_of_a_brand_at_work(
    page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, staff: User
) -> None:
    signed_in(staff)
    assert_spotless(page, live_server, one_of_everything(brand))


def test_a_new_link_and_the_pages_around_it(
    page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, staff: User
) -> None:
    signed_in(staff)
    other = cast.brand("Fern & Flint")
    cast.person("Ben Bell", brand, Role.VIEWER)
    _, token = invitation.invite(other, cast.person("Flo Flint", other, Role.ADMIN), Role.VIEWER)
    member = brand.memberships.exclude(user=staff).get()
    removal = reverse("membership_remove", args=[member.pk])
    assert_spotless(page, live_server, [reverse("brand_new"), reverse("invitation", args=[token]), removal])
    page.goto(live_server.url + reverse("people", args=[brand.slug]))
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator("#link")).to_have_value(re.compile("/invitations/"))
    assert Axe().run(page).violations_count == 0


def test_axe_would_find_words_that_are_hard_to_read(page: Page) -> None:
    page.set_content(
        "<html lang=en><title>x</title><main><h1 style='color: #eee; background: #fff'>Hello</h1>"
    )
    assert "color-contrast" in Axe().run(page).generate_snapshot()


def one_of_everything(brand: Brand) -> list[str]:
    """Makes rows in each state and gives the addresses of the pages that show them."""
    mug = cast.product(brand, "NF-MUG-01")
    shot = cast.packshot(mug, data=pictures.packshot())
    shoot = cast.shoot(brand, launched=True, name="Spring")
    draft = cast.shoot(brand, name="Summer")
    slate = cast.scene(slug="dark-slate")
    renders = [cast.render(shoot, product=mug, packshot=shot, state=state) for state in State]
    cast.placement()
    cast.placement(brand=brand, name="Old", retired_at=timezone.now())
    banner = cast.placement(brand=brand, name="Banner", width=728, height=90, ratio="3:1", safe_top=10)
    rows = [("product", mug), ("product_delete", mug), ("shoot", shoot), ("plan", draft), ("scene", slate)]
    rows.append(("placement_edit", banner))
    return [
        *(reverse(name, args=[brand.slug]) for name in OF_A_BRAND),
        *(reverse(name, args=[row.pk]) for name, row in rows),
        *(reverse("render", args=[render.pk]) for render in renders),
    ]


def assert_spotless(page: Page, live_server: LiveServer, addresses: list[str]) -> None:
    found = {}
    for address in addresses:
        page.goto(live_server.url + address)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            result = Axe().run(page)
            if result.violations_count:
                found[f"{address} {theme}"] = result.generate_snapshot()
    assert found == {}
