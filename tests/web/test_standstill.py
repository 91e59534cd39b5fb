"""An engine that takes nothing now: everybody reads that pictures wait, and for what."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Brand, Gate, Shoot, State, User
from studio.web import progress
from tests import cast
from tests.engines import ScriptedRemote

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
NOW = timezone.now()
STILL: list[tuple[dict[str, Any], str]] = [
    ({"paused_at": NOW}, "HiAPI is paused by an admin; 2 pictures wait until it is resumed."),
    ({"closed_by": "balance_empty"}, "HiAPI is closed; 2 pictures wait until it is opened again."),
    ({"down_since": NOW}, "HiAPI does not answer; 2 pictures wait until it answers again."),
    ({"closed_models": {"gi2-edit": "model_forbidden"}},
     "HiAPI refuses GPT Image 2; 2 pictures wait until it is taken again."),
]  # fmt: skip


@pytest.fixture
def shoot(brand: Brand, hiapi: ScriptedRemote) -> Shoot:
    """One picture arrived, one runs, two wait to be asked for."""
    made = cast.shoot(brand, launched=True, engine="hiapi", model="gi2-edit")
    for state in ("done", "running", "queued", "queued"):
        cast.render(made, engine="hiapi", model="gi2-edit", state=state)
    Gate.of("hiapi")
    return made


def text(browser: Client, address: str, **options: Any) -> str:
    return browser.get(address, **options).content.decode()


@pytest.mark.parametrize(("fields", "words"), STILL)
def test_a_shoot_says_what_its_pictures_wait_for_instead_of_a_time(
    sign_in: SignIn, viewer: User, shoot: Shoot, fields: dict[str, Any], words: str
) -> None:
    browser = sign_in(viewer)
    assert "You may leave; we keep going." in text(browser, f"/shoots/{shoot.pk}/")
    Gate.change("hiapi", **fields)
    page = text(browser, f"/shoots/{shoot.pk}/")
    assert words in page
    assert "You may leave" not in page
    assert words in text(browser, f"/b/{shoot.brand.slug}/shoots/")


def test_pausing_and_resuming_are_news(sign_in: SignIn, viewer: User, shoot: Shoot) -> None:
    browser, before = sign_in(viewer), progress.of(shoot).version
    Gate.change("hiapi", paused_at=NOW)
    assert "HiAPI is paused by an admin" in text(
        browser, f"/shoots/{shoot.pk}/news/?v={before}", headers=HTMX
    )
    paused = progress.of(shoot).version
    address = f"/shoots/{shoot.pk}/news/?v={paused}"
    assert browser.get(address, headers=HTMX).status_code == 204
    Gate.change("hiapi", paused_at=None)
    assert "You may leave; we keep going." in text(browser, address, headers=HTMX)


def test_what_is_draining_or_embedded_or_asked_for_already_does_not_wait(
    sign_in: SignIn, viewer: User, shoot: Shoot
) -> None:
    browser = sign_in(viewer)
    Gate.change("hiapi", paused_at=NOW, draining=True)
    assert "pictures wait" not in text(browser, f"/shoots/{shoot.pk}/")
    Gate.change("hiapi", draining=False)
    shoot.renders.filter(state=State.QUEUED).update(state=State.RUNNING)
    assert "paused" not in text(browser, f"/shoots/{shoot.pk}/")
    embedded = cast.shoot(shoot.brand, launched=True)
    cast.render(embedded, state="queued")
    assert "paused" not in text(browser, f"/shoots/{embedded.pk}/")
    assert "paused" not in text(browser, f"/b/{shoot.brand.slug}/shoots/")


def test_a_plan_says_that_its_pictures_will_wait_and_may_be_launched(
    sign_in: SignIn, marketer: User, shoot: Shoot
) -> None:
    mug, browser = cast.product(shoot.brand), sign_in(marketer)
    cast.packshot(mug)
    draft = cast.shoot(shoot.brand, engine="hiapi", model="gi2-edit", ratios=["1:1"])
    draft.products.set([mug])
    draft.scenes.set([cast.scene()])
    assert "paused" not in text(browser, f"/shoots/{draft.pk}/plan/")
    Gate.change("hiapi", paused_at=NOW)
    page = text(browser, f"/shoots/{draft.pk}/plan/")
    assert (
        "<b>HiAPI is paused by an admin.</b> You may launch; its pictures wait until it is resumed." in page
    )
    assert "data-launch disabled" not in page
