"""What stands around every page: the brand, the rooms, the person, and news from the page before."""

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory

from studio.messages import Message
from studio.models import Brand, Membership, Role, User
from studio.web.frame import frame, note
from tests import cast

SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("path", "room", "current"),
    [
        ("/b/northfold/products/", "Products", "page"),
        ("/products/1/", "Products", "true"),
        ("/shoots/1/plan/", "Shoots", "true"),
        ("/renders/1/", "Gallery", "true"),
        ("/b/northfold/presets/placements/", "Presets", "true"),
        ("/scenes/1/", "Presets", "true"),
        ("/b/northfold/people/", "People", "page"),
        ("/account/", "", ""),
    ],
)
def test_the_bar_says_in_which_room_one_is(viewer: User, path: str, room: str, current: str) -> None:
    request = RequestFactory().get(path)
    request.user = viewer
    marked = [(one.name, one.current) for one in frame(request)["rooms"] if one.current]
    assert marked == ([(room, current)] if room else [])


def test_the_brand_menu_holds_ones_own_brands(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    Membership.objects.create(brand=cast.brand("Fern & Flint"), user=viewer, role=Role.VIEWER)
    cast.brand("Halden")
    page = sign_in(viewer).get(f"/b/{brand.slug}/people/").content.decode()
    assert "Fern &amp; Flint" in page
    assert "Halden" not in page


def test_an_error_page_needs_neither_person_nor_session() -> None:
    around = frame(RequestFactory().get("/"))
    assert (around["brand"], around["rooms"], around["role"]) == (None, [], 0)


def test_news_is_carried_to_the_next_page_headline_first(sign_in: SignIn, marketer: User) -> None:
    browser = sign_in(marketer)
    request = browser.get("/account/").wsgi_request
    note(request, Message("The file is empty", "It has no bytes.", "Choose it again."))
    assert [str(one) for one in get_messages(request)] == [
        "The file is empty\n\nIt has no bytes. Choose it again."
    ]
