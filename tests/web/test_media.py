"""Stored pictures and files reach those who may see them, and tell the browser how to keep them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.models import Brand, Cut, Export, Render, User
from studio.web import addresses
from tests import cast

SignIn = Callable[[User], Client]


@pytest.fixture
def render(brand: Brand) -> Render:
    product = cast.product(brand, "MÜG 1/4")
    return cast.render(cast.shoot(brand, launched=True), product=product, state="done")


def fetch(browser: Client, address: str, **options: Any) -> Any:
    """The response with its file read to the end, as `body`."""
    response: Any = browser.get(address, **options)
    response.body = b"".join(response)
    return response


@pytest.mark.parametrize("kind", ["thumb", "screen", "picture"])
def test_a_member_sees_the_picture_in_every_size(
    sign_in: SignIn, viewer: User, render: Render, kind: str
) -> None:
    response = fetch(sign_in(viewer), f"/renders/{render.pk}/{kind}/")
    assert (response.status_code, response["Content-Type"], response.body) == (200, "image/png", b"picture")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_versioned_address_is_kept_for_good_and_any_other_is_asked_again(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    browser = sign_in(viewer)
    kept = fetch(browser, addresses.of_thumb(render))
    asked = fetch(browser, f"/renders/{render.pk}/thumb/?v=stale")
    assert kept["Cache-Control"] == "private, max-age=31536000, immutable"
    assert asked["Cache-Control"] == "private, no-cache"


def test_a_known_picture_is_not_sent_again(sign_in: SignIn, viewer: User, render: Render) -> None:
    browser = sign_in(viewer)
    etag = fetch(browser, f"/renders/{render.pk}/picture/")["ETag"]
    again = browser.get(f"/renders/{render.pk}/picture/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_head_tells_the_size_without_the_bytes(sign_in: SignIn, viewer: User, render: Render) -> None:
    response: Any = sign_in(viewer).head(f"/renders/{render.pk}/picture/")
    assert (response.status_code, response["Content-Length"], b"".join(response)) == (200, "7", b"")


def test_a_download_has_a_name_that_is_safe_on_every_disk(
    sign_in: SignIn, viewer: User, render: Render
) -> None:
    disposition = fetch(sign_in(viewer), f"/renders/{render.pk}/download/")["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''M%C3%9CG-1-4_")
    assert disposition.endswith("_1x1.png")


def test_a_cut_is_named_after_its_placement(sign_in: SignIn, viewer: User, render: Render) -> None:
    cut = Cut.objects.create(
        render=render, placement=cast.placement("meta_feed"), file=cast.stored(b"cut", "cuts/one.jpg"),
        extension="jpg", media_type="image/jpeg",
    )  # fmt: skip
    browser = sign_in(viewer)
    saved, shown = (fetch(browser, f"/cuts/{cut.pk}/download/{query}") for query in ("", "?inline"))
    assert saved["Content-Disposition"].startswith("attachment;")
    assert "meta_feed.jpg" in saved["Content-Disposition"]
    assert shown["Content-Disposition"].startswith("inline;")
    assert saved["Content-Type"] == "image/jpeg"


def test_an_archive_is_named_after_its_shoot(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    shoot = cast.shoot(brand, launched=True, name="Autumn café")
    archive = Export.objects.create(
        brand=brand, shoot=shoot, state="done", file=cast.stored(b"PK", "exports/1.zip")
    )
    response = fetch(sign_in(viewer), f"/exports/{archive.pk}/download/")
    assert response["Content-Type"] == "application/zip"
    assert "Autumn%20caf%C3%A9.zip" in response["Content-Disposition"]


def test_an_expired_archive_leads_to_the_page_that_says_so(
    sign_in: SignIn, viewer: User, brand: Brand
) -> None:
    archive = Export.objects.create(brand=brand, state="done", file="")
    response = sign_in(viewer).get(f"/exports/{archive.pk}/download/", follow=True)
    assert b"The archive has expired" in response.content


def test_the_thumb_is_a_sample_of_a_shared_scene_for_every_member(sign_in: SignIn, viewer: User) -> None:
    version = cast.scene(preview=cast.stored(b"sample", "previews/1.webp")).current
    assert version is not None
    assert fetch(sign_in(viewer), addresses.of_preview(version)).body == b"sample"


def test_a_file_that_is_gone_is_404_and_no_error(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    product = cast.product(brand)
    packshot = cast.packshot(product, picture="packshots/gone.jpg")
    assert sign_in(viewer).get(f"/packshots/{packshot.pk}/picture/").status_code == 404


def test_a_stranger_gets_no_picture(sign_in: SignIn, stranger: User, render: Render) -> None:
    browser = sign_in(stranger)
    for kind in ("thumb", "screen", "picture", "download"):
        assert browser.get(f"/renders/{render.pk}/{kind}/").status_code == 404
    assert browser.get(f"/packshots/{render.packshot_id}/picture/").status_code == 404
