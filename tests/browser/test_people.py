"""A colleague joins by a link that an admin copied, and is given another role."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.models import Brand, Membership, Role, User

SignIn = Callable[[User], None]


def test_a_link_is_copied_opened_and_its_person_given_a_role(
    page: Page,
    context: BrowserContext,
    browser: Browser,
    live_server: LiveServer,
    signed_in: SignIn,
    brand: Brand,
    admin: User,
) -> None:
    signed_in(admin)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    people = f"{live_server.url}/b/{brand.slug}/people/"
    join(browser, copied_link(page, people), people)
    page.goto(people)
    row = page.get_by_role("row", name="nils")
    role, save = row.get_by_label("Role of nils"), row.get_by_role("button", name="Save")
    expect(save).to_be_hidden()
    role.select_option("Viewer")
    save.click()
    expect(page.get_by_role("status")).to_contain_text("nils is Viewer now.")
    assert Membership.objects.get(user__username="nils").role == Role.VIEWER


def copied_link(page: Page, people: str) -> str:
    page.goto(people)
    page.get_by_label("For whom").fill("Nils")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link == page.locator("#link").input_value()
    return link


def join(browser: Browser, link: str, people: str) -> None:
    """In a browser of its own, which knows nobody."""
    colleague = browser.new_context()
    page = colleague.new_page()
    page.goto(link)
    page.get_by_label("User name").fill("nils")
    page.get_by_label("E-mail").fill("nils@example.org")
    page.get_by_label("Password", exact=True).fill("a good long password")
    page.get_by_label("Password again").fill("a good long password")
    page.get_by_role("button", name="Create account and join").click()
    expect(page.get_by_text("You are in Northfold, as Marketer.")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name=re.compile("used already"))).to_be_visible()
    page.goto(people)
    expect(page.get_by_role("button", name="Make a link")).to_have_count(0)
    colleague.close()
