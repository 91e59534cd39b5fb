"""While Studio is away an open page says so, and goes on by itself."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, State, User
from tests import cast

SignIn = Callable[[User], None]


def test_a_lost_connection_is_said_and_the_page_goes_on_when_it_is_back(
    page: Page, live_server: LiveServer, signed_in: SignIn, viewer: User, brand: Brand
) -> None:
    render = cast.render(cast.shoot(brand, launched=True), state="queued")
    signed_in(viewer)
    page.goto(f"{live_server.url}/shoots/{render.shoot_id}/")
    expect(page.locator("#going")).to_contain_text("0 of 1 arrived")
    page.route("**/news/**", lambda route: route.abort())
    lost = page.get_by_text("Connection lost; trying again")
    expect(lost).to_be_visible(timeout=15_000)
    expect(lost).to_have_count(1)
    page.unroute("**/news/**")
    render.move(State.CANCELLED)
    expect(page.locator("#going")).to_contain_text("1 cancelled")
    expect(lost).to_have_count(0)
