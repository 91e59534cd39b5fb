"""The one door: who gets in, who gets 404, who gets 403, and where a request comes from."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory

from studio.models import Brand, Membership, Role, User
from studio.web.access import client_address
from tests import cast

SignIn = Callable[[User], Client]


def test_a_member_sees_the_brand(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    assert sign_in(viewer).get(f"/b/{brand.slug}/products/").status_code == 200


def test_a_stranger_cannot_tell_a_foreign_brand_from_none(
    sign_in: SignIn, stranger: User, brand: Brand
) -> None:
    browser = sign_in(stranger)
    foreign, none = browser.get(f"/b/{brand.slug}/products/"), browser.get("/b/nowhere/products/")
    assert foreign.status_code == none.status_code == 404
    assert b"Northfold" not in foreign.content


def test_a_stranger_cannot_tell_a_foreign_product_from_none(
    sign_in: SignIn, stranger: User, brand: Brand
) -> None:
    product = cast.product(brand)
    browser = sign_in(stranger)
    assert browser.get(f"/products/{product.pk}/").status_code == 404
    assert browser.get("/products/999999/").status_code == 404


def test_a_member_whose_role_is_too_low_is_told_so(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    page = sign_in(viewer).post(f"/b/{brand.slug}/products/upload/")
    assert page.status_code == 403
    assert b"another role" in page.content


def test_nobody_gets_in_without_signing_in(client: Client, brand: Brand) -> None:
    page = client.get(f"/b/{brand.slug}/products/")
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/?next=")


def test_home_leads_to_the_brand_that_was_seen_last(sign_in: SignIn, marketer: User, brand: Brand) -> None:
    other = cast.brand("Fern & Flint")
    Membership.objects.create(brand=other, user=marketer, role=Role.VIEWER)
    browser = sign_in(marketer)
    assert browser.get("/")["Location"] == f"/b/{other.slug}/products/"
    browser.get(f"/b/{brand.slug}/products/")
    assert browser.get("/")["Location"] == f"/b/{brand.slug}/products/"


def test_somebody_without_a_brand_is_told_whom_to_ask(sign_in: SignIn, db: None) -> None:
    page = sign_in(cast.person("Nora Nowhere")).get("/")
    assert page.status_code == 200
    assert b"No brand yet" in page.content


def test_a_shared_scene_is_read_by_members_and_changed_by_staff_only(
    sign_in: SignIn, admin: User, brand: Brand
) -> None:
    scene = cast.scene()
    browser = sign_in(admin)
    assert browser.get(f"/scenes/{scene.pk}/").status_code == 200
    assert browser.post(f"/scenes/{scene.pk}/retire/").status_code == 403
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    assert browser.post(f"/scenes/{scene.pk}/retire/").status_code == 302


def test_somebody_without_a_brand_sees_no_shared_scene(sign_in: SignIn, db: None) -> None:
    scene = cast.scene()
    assert sign_in(cast.person("Nora Nowhere")).get(f"/scenes/{scene.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody stands in front, so anybody may have written it
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),  # what is further left came from outside
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "2001:db8::7", "2001:db8::"),
        (1, "2001:db8:0:1:aaaa:bbbb:cccc:dddd", "2001:db8:0:1::"),
        (1, "203.0.113.7:51234", "203.0.113.7"),
        (1, "[2001:db8::7]:443", "2001:db8::"),
        (1, "[2001:db8::7]", "2001:db8::"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "[2001:db8::7", "10.0.0.1"),
        (1, "203.0.113.7:51234:1", "10.0.0.1"),
    ],
)
def test_the_forwarded_address_is_believed_as_far_as_our_proxies_stand(
    settings: LazySettings, proxies: int, told: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told)
    assert client_address(request) == address


def test_neighbours_without_a_proxy_are_counted_alike() -> None:
    seen = {client_address(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{end}")) for end in (1, 2, 3)}
    assert seen == {"2001:db8::"}


def test_a_request_through_a_socket_file_has_no_address() -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None
