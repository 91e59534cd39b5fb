"""A ready archive tells which of its files fail their channel, and which are missing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio import storage
from studio.flow import export as flow
from studio.flow import selection
from studio.models import Brand, Cut, Export, Shoot, User
from tests import cast
from tests.web.judged import channels_judged, cut

SignIn = Callable[[User], Client]


@pytest.fixture
def judged(brand: Brand) -> Shoot:
    return channels_judged(brand)


def built(shoot: Shoot, skip_failing: bool = False) -> Export:
    wanted = selection.chosen(shoot.brand, shoot)
    export = flow.request(shoot.brand, None, wanted, shoot, skip_failing=skip_failing)
    flow.work()
    export.refresh_from_db()
    return export


@pytest.mark.parametrize("where", ["/exports/{export}/", "/shoots/{shoot}/"])
def test_a_ready_archive_tells_which_files_fail_their_channel_and_why(
    sign_in: SignIn, viewer: User, judged: Shoot, where: str
) -> None:
    export = built(judged)
    page = sign_in(viewer).get(where.format(export=export.pk, shoot=judged.pk)).content.decode()
    assert "6 files and a manifest" in page
    assert "Of its 6 files 3 fail their channel, 1 has a warning" in page
    assert "2 files fail Amazon main: The product is cut" in page
    assert "1 file fails Amazon main: Enlarged" in page
    assert f'href="/renders/{judged.renders.earliest("pk").pk}/"' in page
    assert "note-good" not in page


def test_a_placement_that_begins_with_its_channel_is_named_once(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    judged.placements.filter(slug="amazon_main").update(name="Amazon Store image")
    page = sign_in(viewer).get(f"/exports/{built(judged).pk}/").content.decode()
    assert "2 files fail Amazon Store image: The product is cut" in page


def test_files_that_were_left_out_do_not_count_as_failing(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    page = sign_in(viewer).get(f"/exports/{built(judged, skip_failing=True).pk}/").content.decode()
    assert "Of its 3 files 1 has a warning" in page
    assert "their channel" not in page
    assert "note-good" in page


def test_what_was_gone_when_it_was_packed_does_not_count_as_failing(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    lost = Cut.objects.filter(verdict="failure").earliest("pk")
    storage.delete([lost.file])
    page = sign_in(viewer).get(f"/exports/{built(judged).pk}/").content.decode()
    assert "Of its 5 files 2 fail their channel, 1 has a warning" in page
    assert "1 file could not be put in" in page


def test_what_was_cut_since_is_not_told_of_an_archive(sign_in: SignIn, viewer: User, judged: Shoot) -> None:
    export = built(judged)
    late = cast.render(judged, state="done")
    cut(late, judged.placements.all()[0], "failure", "product_cut")
    export.chosen.create(render=late, label="late", files=1)
    page = sign_in(viewer).get(f"/exports/{export.pk}/").content.decode()
    assert "Of its 6 files 3 fail their channel" in page


def test_an_archive_whose_files_all_pass_says_nothing_of_channels(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    Cut.objects.update(verdict="pass", findings=[])
    page = sign_in(viewer).get(f"/exports/{built(judged).pk}/").content.decode()
    assert "Of its" not in page
    assert "note-good" in page


def test_an_archive_that_lacks_a_file_is_not_called_good(
    sign_in: SignIn, viewer: User, judged: Shoot
) -> None:
    Cut.objects.update(verdict="pass", findings=[])
    cast.render(judged, state="failed", failure="engine_failed")
    page = sign_in(viewer).get(f"/exports/{built(judged).pk}/").content.decode()
    assert "could not be put in" in page
    assert "note-good" not in page


@pytest.mark.parametrize("pictures", [3, 60])
def test_the_page_of_an_archive_asks_few_things_however_many_files_fail(
    sign_in: SignIn, viewer: User, judged: Shoot, pictures: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:  # fmt: skip
    for _ in range(pictures - 3):
        cut(cast.render(judged, state="done"), judged.placements.all()[0], "failure", "product_cut")
    export = built(judged)
    for address in (f"/exports/{export.pk}/", f"/shoots/{judged.pk}/"):
        browser = sign_in(viewer)
        with django_assert_max_num_queries(15):
            browser.get(address)
