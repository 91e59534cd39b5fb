"""An archive is asked for, watched while a worker builds it, and fetched."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Brand, Export, Shoot, User
from tests import cast

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
    address = f"/exports/{archive.pk}/?v=queued"
    assert browser.get(address, headers=HTMX).status_code == 204
    Export.objects.update(state="building")
    assert "?v=building" in browser.get(address, headers=HTMX).content.decode()


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
    assert "36 files, 2.5 MB" in page
    assert f"/exports/{archive.pk}/download/" in page
    assert "MUG_cafe_1x1.png" in page
    assert "The engine failed" in page
    assert "1 could not be put in" in page
    assert "1 file is a final in place of the picture before" in page
    assert "the final at 4K; the picture at 1K is left out" in page
    assert "every 1s" not in page


def test_a_failed_archive_says_why(sign_in: SignIn, viewer: User, brand: Brand) -> None:
    archive = Export.objects.create(brand=brand, state="failed", failure="export_empty")
    page = sign_in(viewer).get(f"/exports/{archive.pk}/").content.decode()
    assert "Nothing to put into the archive" in page
    assert "download" not in page


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
