"""Pictures of which nobody knows whether they were bought: told apart, looked into, settled by an admin."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from studio.flow import decide
from studio.models import Attempt, Brand, Gate, Render, State, User
from studio.providers.base import Task, Working
from studio.providers.errors import Unheard
from tests import cast
from tests.engines import ScriptedRemote, ready

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def unsure(brand: Brand, hiapi: ScriptedRemote) -> Render:
    """Asked, and nobody asks again."""
    Gate.of("hiapi")
    render = cast.render(
        cast.shoot(brand, launched=True, name="Autumn"), engine="hiapi", model="gi2-edit",
        state=State.UNSURE, failure="no_answer", reserved=30_000, started_at=timezone.now(),
    )  # fmt: skip
    Attempt.objects.create(
        render=render, brand=brand, number=1, engine="hiapi", key=uuid4(), token="token", request=b"{}",
        price_estimated=30_000, first_sent_at=timezone.now(), sends=1,
    )  # fmt: skip
    return render


def page_of(browser: Client, address: str) -> str:
    return html.unescape(browser.get(address).content.decode())


def test_the_page_says_it_with_the_money_and_lets_admins_decide(
    sign_in: SignIn, admin: User, marketer: User, unsure: Render
) -> None:
    page = page_of(sign_in(marketer), f"/renders/{unsure.pk}/")
    assert "Nobody knows whether it was bought" in page
    assert "$0.03 is held until it is settled." in page
    assert "An admin of the brand decides" in page
    assert "Nothing was bought" not in page
    assert "Look at HiAPI's list" in page_of(sign_in(admin), f"/renders/{unsure.pk}/")


def test_while_it_is_asked_again_by_machine_it_counts_as_running(
    sign_in: SignIn, admin: User, unsure: Render
) -> None:
    Render.objects.update(look_again_at=timezone.now() + timedelta(minutes=5))
    browser = sign_in(admin)
    page = page_of(browser, f"/renders/{unsure.pk}/")
    assert "Asking again" in page
    assert "data-poll" in page
    assert "Needs a decision" not in page
    live = page_of(browser, f"/shoots/{unsure.shoot_id}/")
    assert "0 of 1 arrived." in live
    assert "need" not in live.partition('id="going"')[2].partition("</section>")[0]
    assert 'id="acts"' in live
    assert "failed" not in page_of(browser, "/b/northfold/shoots/").partition("shoot-state")[2]


def test_the_live_page_the_list_and_the_gallery_say_that_it_needs_a_decision(
    sign_in: SignIn, admin: User, unsure: Render
) -> None:
    browser = sign_in(admin)
    live = page_of(browser, f"/shoots/{unsure.shoot_id}/")
    assert "1 needs a decision." in live
    assert "1 picture: Nobody knows whether it was bought" in live
    assert "Try again" not in live
    assert "Needs a decision</a>" in live
    assert "1 needs a decision" in page_of(browser, "/b/northfold/shoots/")
    assert "Needs a decision</a>" in page_of(browser, "/b/northfold/gallery/?state=undecided")
    assert "Needs a decision</a>" not in page_of(browser, "/b/northfold/gallery/?state=failed")


def test_a_page_that_shows_it_running_gets_the_news_when_nobody_asks_again(
    sign_in: SignIn, admin: User, unsure: Render
) -> None:
    Render.objects.update(look_again_at=timezone.now() + timedelta(minutes=5))
    browser = sign_in(admin)
    before = browser.get(f"/shoots/{unsure.shoot_id}/").content.decode().partition("news/?v=")[2][:40]
    before = before.partition('"')[0]
    assert browser.get(f"/shoots/{unsure.shoot_id}/news/?v={before}").status_code == 204
    Render.objects.update(look_again_at=None)
    news = browser.get(f"/shoots/{unsure.shoot_id}/news/?v={before}").content.decode()
    assert "needs a decision" in news


def test_the_providers_list_is_asked_by_a_button_and_shows_what_no_picture_has(
    sign_in: SignIn, admin: User, hiapi: ScriptedRemote, unsure: Render
) -> None:
    now = timezone.now()
    hiapi.listed = [
        Task("task-near", "gpt-image-2", now, ready("task-near")),
        Task("task-far", "gpt-image-2", now - timedelta(hours=3), Working(5)),
    ]
    browser = sign_in(admin)
    part = browser.post(f"/renders/{unsure.pk}/evidence/", headers=HTMX).content.decode()
    assert "<html" not in part
    assert "task-near" in part
    assert "task-far" not in part
    whole = browser.post(f"/renders/{unsure.pk}/evidence/").content.decode()
    assert "<html" in whole
    assert "task-near" in whole
    hiapi.listed = []
    nothing = browser.post(f"/renders/{unsure.pk}/evidence/", headers=HTMX).content.decode()
    assert "That is no proof" in nothing
    hiapi.listed = Unheard("no_answer")
    assert 'role="alert"' in browser.post(f"/renders/{unsure.pk}/evidence/").content.decode()


def test_tasks_of_another_model_are_not_offered(
    sign_in: SignIn, admin: User, hiapi: ScriptedRemote, unsure: Render
) -> None:
    now = timezone.now()
    hiapi.listed = [
        Task("task-film", "some-video-model", now, Working(5)),
        Task("task-bare", "", now, Working(5)),
    ]
    part = sign_in(admin).post(f"/renders/{unsure.pk}/evidence/", headers=HTMX).content.decode()
    assert "task-film" not in part
    assert "task-bare" in part, "the list need not say"


def test_the_list_is_read_back_to_its_time_or_said_to_be_cut_short(
    sign_in: SignIn, admin: User, hiapi: ScriptedRemote, unsure: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    newer = [Task(f"task-{one}", "gpt-image-2", now + timedelta(hours=1), Working(5)) for one in range(200)]
    hiapi.listed = [*newer, Task("task-near", "gpt-image-2", now, ready("task-near"))]
    browser, address = sign_in(admin), f"/renders/{unsure.pk}/evidence/"
    assert "task-near" in browser.post(address, headers=HTMX).content.decode()
    monkeypatch.setattr(decide, "PAGES", 2)
    part = browser.post(address, headers=HTMX).content.decode()
    assert "was not read back to that time" in part
    assert "No task near that time" not in part


def test_the_list_is_read_in_the_engines_pace(
    sign_in: SignIn, admin: User, hiapi: ScriptedRemote, unsure: Render
) -> None:
    browser, address = sign_in(admin), f"/renders/{unsure.pk}/evidence/"
    Gate.change("hiapi", not_before=timezone.now() + timedelta(minutes=10))
    assert "asked as fast as it allows" in browser.post(address, headers=HTMX).content.decode()
    before = timezone.now()
    Gate.change("hiapi", not_before=before, next_at=before)
    browser.post(address, headers=HTMX)
    assert Gate.of("hiapi").next_at > before


@pytest.mark.parametrize(("name", "fields"), [("look_again_at", {}), ("lease_until", {"lease": "worker"})])
def test_while_somebody_asks_again_nobody_decides(
    sign_in: SignIn, admin: User, unsure: Render, name: str, fields: dict[str, Any]
) -> None:
    Render.objects.update(**{name: timezone.now() + timedelta(minutes=5)}, **fields)
    browser = sign_in(admin)
    for verb in ("adopt", "not-bought", "lost"):
        answer = browser.post(f"/renders/{unsure.pk}/{verb}/", {"task": "task-near"}, follow=True)
        assert "It was settled meanwhile." in answer.content.decode()
    assert Render.objects.get().state == State.UNSURE
    assert (Attempt.objects.get().task_id, Attempt.objects.get().outcome) == ("", "")


def test_an_admin_takes_a_task_for_it(sign_in: SignIn, admin: User, unsure: Render) -> None:
    browser, address = sign_in(admin), f"/renders/{unsure.pk}/adopt/"
    browser.post(address, {"task": "no task/at all"})
    assert Render.objects.get().state == State.UNSURE
    browser.post(address, {"task": "task-near"})
    assert (Render.objects.get().state, Attempt.objects.get().task_id) == (State.RUNNING, "task-near")
    assert (
        "It was settled meanwhile."
        in browser.post(f"/renders/{unsure.pk}/not-bought/", follow=True).content.decode()
    )


def test_a_task_that_another_picture_has_is_refused(
    sign_in: SignIn, admin: User, brand: Brand, unsure: Render
) -> None:
    Attempt.objects.create(
        brand=brand, number=1, engine="hiapi", key=uuid4(), request=b"{}", task_id="task-near", outcome="done"
    )
    answer = sign_in(admin).post(f"/renders/{unsure.pk}/adopt/", {"task": "task-near"}, follow=True)
    assert "task-near belongs to another picture." in answer.content.decode()


@pytest.mark.parametrize(
    ("verb", "outcome", "charged"), [("not-bought", "written_off", 0), ("lost", "written_off_bought", 30_000)]
)
def test_an_admin_writes_it_off(
    sign_in: SignIn, admin: User, unsure: Render, verb: str, outcome: str, charged: int
) -> None:
    answer = sign_in(admin).post(f"/renders/{unsure.pk}/{verb}/", follow=True).content.decode()
    render, attempt = Render.objects.get(), Attempt.objects.get()
    assert (render.state, render.failure, render.reserved) == (State.FAILED, outcome, 0)
    assert (attempt.outcome, attempt.price_charged) == (outcome, charged)
    assert "Written off." in answer
    assert ("$0.03, counted as spent although no picture came" in answer) == bool(charged)


def test_every_page_tells_admins_and_only_them(
    sign_in: SignIn, admin: User, marketer: User, stranger: User, unsure: Render
) -> None:
    page = page_of(sign_in(admin), "/b/northfold/products/")
    assert "1 picture needs a decision" in page
    assert "/b/northfold/spend/#uncertain" in page
    assert "needs a decision" not in page_of(sign_in(marketer), "/b/northfold/products/")
    assert "needs a decision" not in page_of(sign_in(stranger), "/b/halden/products/")
    Gate.change("hiapi", closed_by="key_refused", closed_at=timezone.now())
    assert "HiAPI: " in page_of(sign_in(stranger), "/b/halden/products/")
    assert "HiAPI: " not in page_of(sign_in(marketer), "/b/northfold/products/")
