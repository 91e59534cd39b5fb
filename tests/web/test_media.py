"""Stored pictures and files reach those who may see them, and tell the browser how to keep them."""

from collections.abc import Callable
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

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


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-2", 206, b"pic", "bytes 0-2/7"),
        ("bytes=3-", 206, b"ture", "bytes 3-6/7"),
        ("bytes=3-99", 206, b"ture", "bytes 3-6/7"),
        ("bytes=-2", 206, b"re", "bytes 5-6/7"),
        ("bytes=-99", 206, b"picture", "bytes 0-6/7"),
        ("bytes=6-6", 206, b"e", "bytes 6-6/7"),
        ("bytes=7-", 416, b"", "bytes */7"),
        ("bytes=-0", 416, b"", "bytes */7"),
        ("bytes=4-2", 200, b"picture", None),
        ("bytes=-", 200, b"picture", None),
        ("bytes=0-1,3-4", 200, b"picture", None),
        ("bytes=x-y", 200, b"picture", None),
        ("lines=0-2", 200, b"picture", None),
        ("bytes=0-" + "9" * 400, 200, b"picture", None),
    ],
)
def test_a_download_goes_on_where_it_stopped(
    sign_in: SignIn, viewer: User, render: Render, asked: str, status: int, body: bytes, told: str | None
) -> None:
    response = fetch(sign_in(viewer), f"/renders/{render.pk}/download/", headers={"Range": asked})
    assert (response.status_code, response.body) == (status, body)
    assert response.headers.get("Content-Range") == told
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == str(len(body))
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "attachment" in response["Content-Disposition"]


def test_a_file_that_changed_meanwhile_comes_whole(sign_in: SignIn, viewer: User, render: Render) -> None:
    browser, address = sign_in(viewer), f"/renders/{render.pk}/picture/"
    etag = fetch(browser, address)["ETag"]
    same, other = (
        fetch(browser, address, headers={"Range": "bytes=0-2", "If-Range": tag}) for tag in (etag, '"old"')
    )
    assert (same.status_code, other.status_code) == (206, 200)


def test_nobody_else_gets_a_part_either(sign_in: SignIn, stranger: User, render: Render) -> None:
    part = {"Range": "bytes=0-2"}
    assert sign_in(stranger).get(f"/renders/{render.pk}/picture/", headers=part).status_code == 404
    assert Client().get(f"/renders/{render.pk}/picture/", headers=part).status_code == 302


@pytest.mark.parametrize("before", ["/static/", "/media/", "/renders/1/picture/", "/packshots/1/thumb/", "/"])
@pytest.mark.parametrize(
    "path",
    [
        "../secret-key", "..%2fsecret-key", "%2e%2e/secret-key", "%2e%2e%2fsecret-key", "..%5csecret-key",
        "....//secret-key", "..%252fsecret-key", "%2fetc%2fpasswd", "renders/picture.png", "studio.sqlite3",
        "secret-key%00.png", "..;/secret-key", "..%c0%afsecret-key",
    ],
)  # fmt: skip
def test_no_file_is_reached_by_its_path(
    sign_in: SignIn, admin: User, render: Render, before: str, path: str
) -> None:
    for browser in (sign_in(admin), Client()):
        response = browser.get(before + path)
        assert response.status_code in (301, 302, 400, 404)
        assert not response.streaming


@pytest.mark.parametrize(
    "name",
    [
        "../../secret-key", "a\nb", "a\r\nX-Evil: 1", "CON", "x" * 200, "\u202egnp.exe", 'a"b', "a'b", "a;b",
        "a\\b", "🦆 duck", "Cafe\u0301", "-rf", ".htaccess", "a.php", "=cmd()", "a%0d%0ab", "a\tb", "\u2028x",
        "*?<>|", "日本", " ", "a/b", "...", "\x7f",
    ],
)  # fmt: skip
def test_a_shoot_may_be_called_anything_and_its_archive_is_called_that_safely(
    sign_in: SignIn, viewer: User, brand: Brand, name: str
) -> None:
    shoot = cast.shoot(brand, launched=True, name=name)
    archive = Export.objects.create(brand=brand, shoot=shoot, state="done", file=cast.listing())
    headers = fetch(sign_in(viewer), f"/exports/{archive.pk}/download/").headers
    message = Message()
    message["Content-Disposition"] = headers["Content-Disposition"]
    told = str(collapse_rfc2231_value(message.get_filename() or ""))
    assert message.get_content_disposition() == "attachment"
    assert told.endswith(".zip")
    assert not told.startswith(".")
    assert not set(told) & {*'\\/:*?"<>|\n\r\t', "\u202e", "\u2028", "\x7f"}
    assert "X-Evil" not in headers


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
    archive = Export.objects.create(brand=brand, shoot=shoot, state="done", file=cast.listing())
    response = fetch(sign_in(viewer), f"/exports/{archive.pk}/download/")
    assert response["Content-Type"] == "application/zip"
    day = f"{timezone.localtime(archive.created_at):%Y-%m-%d}"
    assert response["Content-Disposition"] == f'attachment; filename="northfold_autumn-cafe_{day}.zip"'


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
