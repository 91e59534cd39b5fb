"""axe finds nothing to complain about on any page, in light and in dark."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.flow import invitation, people
from studio.models import Attempt, Brand, Cut, Export, Gate, Render, Role, State, User
from tests import cast, pictures
from tests.engines import ScriptedRemote

FOR_ANYONE = ("login", "password_reset", "password_reset_done")
OF_A_BRAND = (
    "products", "shoots", "gallery", "presets", "placements", "scene_new", "people",
    "leave", "brand_settings", "placement_new", "spend", "limits", "export_new",
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


def test_pages_of_a_brand_that_buys(
    page: Page, live_server: LiveServer, signed_in: SignIn, brand: Brand, staff: User, hiapi: ScriptedRemote
) -> None:
    """A plan, a picture that may be edited and finalised, one to decide about, money, and a closed engine."""
    signed_in(staff)
    Brand.objects.update(monthly_budget=90_000)
    Gate.of("hiapi")
    Gate.change("hiapi", closed_by="balance_empty", closed_values={"reason": "none left"})
    shot = cast.packshot(cast.product(brand, "NF-MUG-01"), data=pictures.packshot())
    shoot = cast.shoot(brand, launched=True, name="Spring", engine="hiapi")
    bought = {"product": shot.product, "packshot": shot, "engine": "hiapi", "model": "gi2-edit"}
    renders = [
        cast.render(shoot, state="done", review="approved", **bought),
        cast.render(shoot, state="done", take=2, remarks=[{"code": "fewer_pixels"}], **bought),
        cast.render(shoot, state="unsure", failure="no_answer", take=3, reserved=30_000, **bought),
        cast.render(shoot, state="failed", failure="result_lost", take=4, **bought),
    ]
    for render, outcome in zip(renders, ("done", "done", "", "result_lost"), strict=True):
        Attempt.objects.create(
            render=render, brand=brand, number=1, engine="hiapi", key=uuid4(), request=b"{}", outcome=outcome,
            price_charged=30_000 if outcome else None, ended_at=timezone.now() if outcome else None,
        )  # fmt: skip
    Render.objects.filter(pk=renders[1].pk).update(packshot=None, basis="words", model="gi2-create")
    draft = cast.shoot(brand, engine="hiapi", model="gi2-edit", ratios=["1:1"])
    addresses = [reverse("render", args=[render.pk]) for render in renders]
    addresses += [reverse("plan", args=[draft.pk]), reverse("shoot", args=[shoot.pk]), reverse("engine")]
    addresses += [reverse(name, args=[brand.slug]) for name in ("spend", "limits", "people")]
    assert_spotless(page, live_server, addresses)
    page.goto(live_server.url + addresses[2])
    page.get_by_role("button", name="Look at HiAPI's list").click()
    expect(page.locator("#evidence")).to_contain_text("no proof")
    assert Axe().run(page).violations_count == 0


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
    cut = cast.stored(pictures.cutout(), "cutouts/one.png")
    shot = cast.packshot(mug, data=pictures.packshot(), cutout=cut, cutout_reason="low_contrast")
    shot.corrections.create(asked_by=brand.memberships.get().user, done_at=timezone.now())
    shoot = cast.shoot(brand, launched=True, name="Spring")
    draft = cast.shoot(brand, name="Summer")
    slate = cast.scene(slug="dark-slate")
    renders = [cast.render(shoot, product=mug, packshot=shot, state=state) for state in State]
    cast.placement()
    cast.placement(brand=brand, name="Old", retired_at=timezone.now())
    banner = cast.placement(brand=brand, name="Banner", width=728, height=90, ratio="3:1", safe_top=10)
    rows = [("product", mug), ("product_delete", mug), ("shoot", shoot), ("plan", draft), ("scene", slate)]
    rows.append(("cutout", shot))
    rows.append(("placement_edit", banner))
    Cut.objects.create(
        render=renders[0],
        placement=banner,
        verdict="failure",
        failure="too_heavy",
        failure_values={"limit": 9},
    )
    for export_state in ("building", "done"):
        missing = [{"name": "a.jpg", "reason": "file_gone"}]
        rows.append(("export", Export.objects.create(brand=brand, state=export_state, missing=missing)))
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
