"""An archive is asked for, watched while a worker builds it, and fetched."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from studio import storage
from studio.flow import export as flow
from studio.flow import selection
from studio.flow.listing import Archive
from studio.models import Brand, Cut, Export, Render, Scene, Shoot, User
from tests import cast
from tests.web.judged import channels_judged

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shoot(brand: Brand) -> Shoot:
    made = cast.shoot(brand, launched=True, name="Autumn café")
    cast.render(made, state="done")
    cast.render(made, state="failed", failure="engine_failed")
    cast.render(made, state="cancelled")
    return made


def test_everything_of_a_shoot_is_asked_for_once(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    browser = sign_in(viewer)
    first, second = (browser.post(f"/shoots/{shoot.pk}/export/") for _ in range(2))
    archive = Export.objects.get()
    assert first["Location"] == second["Location"] == f"/exports/{archive.pk}/"
    assert archive.renders.count() == 2  # what was cancelled is not missed


def test_asked_for_in_place_it_shows_that_it_is_being_built(
    sign_in: SignIn, viewer: User, shoot: Shoot
) -> None:
    answer = sign_in(viewer).post(f"/shoots/{shoot.pk}/export/", headers=HTMX).content.decode()
    assert "The archive is being built" in answer
    assert 'hx-trigger="every 1s"' in answer
    assert "<html" not in answer


def test_polling_is_answered_when_the_state_changes(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    archive, browser = Export.objects.create(brand=brand), sign_in(viewer)
    address = f"/exports/{archive.pk}/?v=queued-0"
    assert browser.get(address, headers=HTMX).status_code == 204
    Export.objects.update(state="building")
    assert "?v=building-0" in browser.get(address, headers=HTMX).content.decode()


def test_the_bar_shows_how_many_files_are_ready(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    browser = sign_in(viewer)
    browser.post(f"/shoots/{shoot.pk}/export/")
    page = browser.get(f"/exports/{Export.objects.get().pk}/").content.decode()
    assert (
        '<progress max="2" value="1"' in page
    )  # one is uncut and not read, one failed: there is no more of it
    assert "1 of 2 files" in page


def test_a_finished_archive_is_offered_and_names_what_is_missing(
    sign_in: SignIn, viewer: User, brand: Brand
) -> None:
    archive = Export.objects.create(
        brand=brand, state="done", file="exports/1.zip", bytes=2_500_000, count=36,
        missing=[
            {"name": "MUG_cafe_1x1.png", "reason": "engine_failed"},
            {
                "name": "CUP_cafe_1x1.png",
                "reason": "final_instead",
                "values": {"before": "1K", "resolution": "4K"},
            },
        ],
        expires_at=timezone.now() + timedelta(days=14),
    )  # fmt: skip
    page = sign_in(viewer).get(f"/exports/{archive.pk}/").content.decode()
    assert "36 files and a manifest, 2.5 MB" in page
    assert f"/exports/{archive.pk}/download/" in page
    assert "MUG_cafe_1x1.png" in page
    assert "The engine failed" in page
    assert "1 file could not be put in" in page
    assert "1 file is a final in place of the picture before" in page
    assert "the final at 4K; the picture at 1K is left out" in page
    assert "every 1s" not in page


def test_a_failed_archive_says_why(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    archive = Export.objects.create(brand=brand, state="failed", failure="export_empty")
    page = sign_in(viewer).get(f"/exports/{archive.pk}/").content.decode()
    assert "Nothing to put into the archive" in page
    assert "/download/" not in page


def test_an_expired_archive_says_so_and_offers_another(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    gone = timezone.now() - timedelta(days=1)
    archive = Export.objects.create(brand=shoot.brand, shoot=shoot, state="done", expires_at=gone)
    page = sign_in(viewer).get(f"/exports/{archive.pk}/").content.decode()
    assert "The archive has expired" in page
    assert "Build it again" in page


def test_who_may_not_export_is_turned_away(
    sign_in: SignIn, viewer: User, stranger: User, shoot: Shoot
) -> None:
    archive = Export.objects.create(brand=shoot.brand, state="done", file="exports/1.zip")
    assert sign_in(stranger).post(f"/shoots/{shoot.pk}/export/").status_code == 404
    assert sign_in(stranger).get(f"/exports/{archive.pk}/").status_code == 404
    assert sign_in(stranger).get(f"/exports/{archive.pk}/download/").status_code == 404
    assert sign_in(viewer).get(f"/shoots/{shoot.pk}/export/").status_code == 405


# --- The page before ------------------------------------------------------------------------------


@pytest.fixture
def judged(brand: Brand) -> Shoot:
    return channels_judged(brand)


NEW = "/b/northfold/exports/new/"


def test_the_page_before_tells_what_comes_out_and_what_would_fail(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    page = sign_in(viewer).get(f"{NEW}?shoot={judged.pk}").content.decode()
    assert "Build archive, 6 files" in page
    assert "2 files would fail Amazon main: The product is cut" in page
    assert "1 file would fail Amazon main: Enlarged" in page
    assert "1 file for Meta meta_square: Enlarged" in page
    assert "1 rejected picture stays out." in page
    assert "<code>MUG/amazon/MUG_" in page
    assert f'href="/renders/{judged.renders.earliest("pk").pk}/"' in page


def test_files_that_would_fail_can_be_left_out(sign_in: SignIn, viewer: User, judged: Shoot) -> None:
    browser, asked = (
        sign_in(viewer),
        {"shoot": judged.pk, "template": "{sku}/{placement}.{ext}", "skip": "on"},
    )
    page = browser.post(NEW, asked, headers=HTMX).content.decode()
    assert "Build archive, 3 files" in page
    assert '<th scope="col">Left out</th>' in page
    assert '<th scope="row">Amazon</th><td>0</td>' in page
    assert "/amazon_main." not in page, "no example of what stays out"
    assert "/meta_square." in page
    assert "<html" not in page
    browser.post("/b/northfold/exports/", asked)
    flow.work()
    archive = Export.objects.get()
    assert (archive.shoot, archive.count, archive.promised) == (judged, 3, 6)
    shown = browser.get(f"/exports/{archive.pk}/").content.decode()
    assert "3 files left out, as asked for" in shown
    assert "MUG/amazon_main.jpg" in shown


def test_only_approved_pictures_come_along_when_asked_for(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    Render.objects.filter(product__sku="CUP").update(review="approved")
    page = sign_in(viewer).get(f"{NEW}?shoot={judged.pk}&approved=on").content.decode()
    assert "Build archive, 2 files" in page


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{sku}/{colour}.{ext}", "There is no {colour}."), ("../{sku}.{ext}", "A folder has no name."),
        ("{sku}", "The name does not end with .{ext}."),
    ],
)  # fmt: skip
def test_a_wrong_template_is_told_in_place_and_builds_nothing(
    sign_in: SignIn, viewer: User, judged: Shoot, template: str, said: str
) -> None:
    browser, asked = sign_in(viewer), {"shoot": judged.pk, "template": template}
    for address in (NEW, "/b/northfold/exports/"):
        page = browser.post(address, asked).content.decode()
        assert said in page
        assert "disabled>Build archive" in page
    assert browser.post("/b/northfold/exports/", asked).status_code == 422
    assert not Export.objects.exists()


def test_a_viewer_names_an_archive_and_no_other_one(
    sign_in: SignIn, viewer: User, marketer: User, judged: Shoot
) -> None:
    wish = {"shoot": judged.pk, "template": "{sku}.{ext}"}
    sign_in(viewer).post("/b/northfold/exports/", wish)
    judged.brand.refresh_from_db()
    assert (Export.objects.get().template, judged.brand.export_template) == ("{sku}.{ext}", "")
    sign_in(marketer).post("/b/northfold/exports/", wish)
    judged.brand.refresh_from_db()
    assert judged.brand.export_template == "{sku}.{ext}"


def test_examples_follow_the_template(sign_in: SignIn, viewer: User, judged: Shoot) -> None:
    asked = {"shoot": judged.pk, "template": "{channel}/{scene}-{sku}.{ext}"}
    page = sign_in(viewer).post(NEW, asked, headers=HTMX).content.decode()
    assert "<code>amazon/scene-" in page
    assert 'id="examples" aria-label="Examples" hx-swap-oob="true"' in page


def test_a_scene_that_names_call_otherwise_than_it_is_shown_is_told_beside_the_examples(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    scene = Scene.objects.earliest("pk")
    Scene.objects.exclude(pk=scene.pk).update(slug=F("pk"), name=F("pk"))
    Scene.objects.filter(pk=scene.pk).update(slug="sunlit-window", name="Sunlit wall")
    browser, asked = sign_in(viewer), {"shoot": judged.pk, "template": "{scene}-{sku}.{ext}"}
    page = browser.post(NEW, asked, headers=HTMX).content.decode()
    told = page[page.index('id="called"') :].partition("</p>")[0]
    assert "Sunlit wall is <code>sunlit-window</code>, the short name" in told
    page = browser.post(NEW, asked | {"template": "{scene_name}-{sku}.{ext}"}, headers=HTMX).content.decode()
    assert "<code>Sunlit-wall-" in page
    assert "the short name" not in page


def test_a_filter_of_the_gallery_is_exported_as_it_stands(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    browser = sign_in(viewer)
    page = browser.get(f"{NEW}?q=CUP").content.decode()
    assert "Build archive, 2 files" in page
    assert '<input type="hidden" name="q" value="CUP">' in page
    browser.post("/b/northfold/exports/", {"q": "CUP", "template": "{sku}-{placement}.{ext}"})
    assert [one.product.sku for one in Export.objects.get().renders.all()] == ["CUP"]
    assert "q=CUP" in browser.get("/b/northfold/gallery/?q=CUP").content.decode().partition("Export all")[0]


def test_what_is_still_to_be_cut_is_told(sign_in: SignIn, viewer: User, judged: Shoot) -> None:
    Cut.objects.filter(placement__slug="meta_square").delete()
    page = sign_in(viewer).get(f"{NEW}?shoot={judged.pk}").content.decode()
    assert "3 files still to be cut" in page
    assert "Build archive, 6 files" in page


def test_nothing_to_export_cannot_be_asked_for(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    browser = sign_in(viewer)
    assert "disabled>Build archive" in browser.get(NEW).content.decode()
    assert browser.post("/b/northfold/exports/", {"template": "{sku}.{ext}"}).status_code == 422


def test_pictures_of_another_brand_do_not_come_along(sign_in: SignIn, stranger: User, judged: Shoot) -> None:
    browser = sign_in(stranger)
    assert browser.get(f"{NEW}?shoot={judged.pk}").status_code == 404
    assert browser.post("/b/northfold/exports/", {"shoot": judged.pk}).status_code == 404
    chosen = {"render": [judged.renders.first().pk], "template": "{sku}.{ext}"}  # type: ignore[union-attr]
    assert browser.post("/b/halden/exports/", chosen).status_code == 422
    assert "Autumn" not in browser.get(f"/b/halden/exports/new/?shoot={judged.pk}").content.decode()


# --- The download ---------------------------------------------------------------------------------


@pytest.fixture
def ready(judged: Shoot) -> Export:
    export = flow.request(judged.brand, None, selection.chosen(judged.brand, judged), judged)
    flow.work()
    export.refresh_from_db()
    assert export.count == 6
    return export


def fetch(browser: Client, export: Export, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    answer = browser.get(f"/exports/{export.pk}/download/", headers=headers)
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[call-overload]
    return answer.status_code, body, dict(answer.headers)


def test_a_download_has_its_length_and_goes_on_where_it_stopped(
    sign_in: SignIn, viewer: User, ready: Export
) -> None:
    browser = sign_in(viewer)
    status, whole, headers = fetch(browser, ready)
    assert (status, int(headers["Content-Length"]), headers["Accept-Ranges"]) == (200, len(whole), "bytes")
    assert len(whole) == ready.bytes
    assert headers["Content-Type"] == "application/zip"
    tag = headers["ETag"]
    for start, end in ((0, 9), (30, 200), (len(whole) // 2, len(whole) - 1)):
        status, part, headers = fetch(browser, ready, **{"Range": f"bytes={start}-{end}", "If-Range": tag})
        assert (status, part) == (206, whole[start : end + 1])
        assert headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert fetch(browser, ready, Range="bytes=-5")[1] == whole[-5:]
    assert fetch(browser, ready, **{"Range": "bytes=0-9", "If-Range": '"other"'})[:2] == (200, whole)
    assert fetch(browser, ready, Range=f"bytes={len(whole)}-")[0] == 416
    assert fetch(browser, ready, **{"If-None-Match": tag})[:2] == (304, b"")
    head = browser.head(f"/exports/{ready.pk}/download/")
    assert (head.status_code, int(head["Content-Length"]), head["ETag"]) == (200, len(whole), tag)


def test_files_that_went_are_told_and_the_archive_is_built_anew(
    sign_in: SignIn, viewer: User, ready: Export
) -> None:
    with Archive(ready.file) as archive:
        key = next(archive.pieces()).key
    storage.delete([key])
    Render.objects.filter(cuts__file=key).update(picture="pictures/gone.png")
    answer = sign_in(viewer).get(f"/exports/{ready.pk}/download/", follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/exports/{ready.pk}/", 302)]
    assert "The archive is being built once more" in page
    assert "Files of it are gone: 1." in page
    flow.work()
    ready.refresh_from_db()
    assert (ready.state, ready.count) == ("done", 5)
    assert [one["reason"] for one in ready.missing] == ["file_gone"]


def test_a_listing_that_went_is_told_and_written_anew(sign_in: SignIn, viewer: User, ready: Export) -> None:
    storage.delete([ready.file])
    browser, address = sign_in(viewer), f"/exports/{ready.pk}/download/"
    page = browser.get(address, follow=True).content.decode()
    assert "The archive is being built once more" in page
    flow.work()
    assert browser.get(address).status_code == 200


def test_an_archive_can_be_asked_for_again_under_the_same_names(
    sign_in: SignIn, viewer: User, ready: Export
) -> None:
    ready.renders.filter(product__sku="TIN").delete()
    Export.objects.update(shoot=None, template="{sku}-{placement}.{ext}")
    answer = sign_in(viewer).post(f"/exports/{ready.pk}/again/")
    second = Export.objects.latest("pk")
    assert answer["Location"] == f"/exports/{second.pk}/"
    assert (second.template, second.promised) == ("{sku}-{placement}.{ext}", 4)
