"""What comes to the address for callbacks, through all of the web's layers and the real provider code."""

import json
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from studio.models import Attempt, Brand, Gate, Notice, Render, State
from tests import cast, market
from tests.forgeries import SECRETS, V1, V2, Forgery, forgeries, mutations, signed
from tests.standin import StandIn

Vendor = Callable[..., StandIn]
TOKEN: Final = "token-of-the-picture-0123456789"
ADDRESS: Final = f"/callbacks/hiapi/{TOKEN}/"
TABLES: Final = ("studio_render", "studio_attempt", "studio_notice", "studio_gate", "django_q_ormq")


@pytest.fixture
def running(brand: Brand, vendor: Vendor) -> Render:
    """A picture whose task is under way; callbacks may be signed with either of two secrets."""
    vendor(secrets=SECRETS)
    return picture(brand)


def picture(brand: Brand) -> Render:
    render = cast.render(cast.shoot(brand, launched=True), engine="hiapi", state=State.RUNNING)
    Attempt.objects.create(
        render=render, brand=brand, number=1, engine="hiapi", key=uuid4(), token=TOKEN, request=b"{}"
    )
    Gate.of("hiapi")
    return render


def tell(forgery: Forgery, address: str = ADDRESS) -> int:
    """The status of the answer. Headers that stand twice come joined, as servers join them."""
    headers: dict[str, str] = {}
    for name, value in forgery.headers:
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = browser.post(address, forgery.body, "application/json", headers=headers)
    assert not answer.cookies
    return int(answer.status_code)


def everything() -> list[Any]:
    """Every row that a callback could touch."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            rows += [(table, *row) for row in cursor.fetchall()]
    return rows


@pytest.mark.parametrize("forgery", list(forgeries()), ids=lambda one: one.name)
def test_a_forgery_is_refused_and_changes_nothing(forgery: Forgery, running: Render) -> None:
    before = everything()
    assert tell(forgery) == 401
    assert everything() == before


def test_five_hundred_mutations_change_nothing(running: Render) -> None:
    before = everything()
    assert {tell(one) for one in mutations(500, seed=20261125)} == {401}
    assert everything() == before


@pytest.mark.parametrize(("body", "secret"), [(V1, SECRETS[0]), (V2, SECRETS[1])])
def test_either_secret_is_right_while_they_change_and_the_old_one_afterwards_is_not(
    body: bytes, secret: str, brand: Brand, vendor: Vendor
) -> None:
    now = str(int(time.time()))
    vendor(secrets=SECRETS)
    picture(brand)
    assert tell(signed("either", body, secret, now)) == 200
    vendor(secrets=SECRETS[1:])
    assert tell(signed("afterwards", body, secret, now)) == (200 if secret == SECRETS[1] else 401)


@pytest.mark.parametrize("seconds", [-301, -86_400, 303, 3600])
def test_a_right_signature_with_a_clock_that_is_wrong_only_has_the_task_read_again(
    seconds: int, running: Render
) -> None:
    stamp = str(int(time.time()) + seconds)
    before = Attempt.objects.values().get()
    assert tell(signed("stale", V2, stamp=stamp)) == 200
    notice = Notice.objects.get()
    assert (notice.fresh, notice.signed) == (False, True)
    running.refresh_from_db()
    assert (running.state, running.failure) == (State.RUNNING, ""), "it was told to have failed"
    assert running.look_again_at is not None
    assert Attempt.objects.values().get() == before


def test_what_is_said_is_not_believed_but_looked_up(brand: Brand, vendor: Vendor) -> None:
    """Signed and fresh, and it says that the picture failed."""
    vendor(secrets=SECRETS)
    render = picture(brand)
    assert tell(signed("right", V2, stamp=str(int(time.time())))) == 200
    render.refresh_from_db()
    assert (render.state, render.failure) == (State.RUNNING, "")


def test_without_a_secret_only_the_address_vouches_and_what_it_says_is_looked_up(
    brand: Brand, vendor: Vendor
) -> None:
    vendor()
    render = picture(brand)
    told = Forgery("unsigned", (), V2)
    before = everything()
    assert tell(told, "/callbacks/hiapi/somebody-guessed/") == 404
    assert everything() == before
    assert tell(told) == 200
    render.refresh_from_db()
    assert (render.state, Notice.objects.get().signed) == (State.RUNNING, False)


@pytest.mark.parametrize("secrets", [(), SECRETS])
def test_what_names_no_task_is_refused_with_and_without_a_secret(
    secrets: tuple[str, ...], brand: Brand, vendor: Vendor
) -> None:
    vendor(secrets=secrets)
    picture(brand)
    before = everything()
    for one in forgeries():
        if one.name.startswith("body"):
            assert tell(one) == 401
    assert everything() == before


def test_twenty_tasks_of_others_are_kept_and_harm_nobody(running: Render) -> None:
    """Another program on the same account: signed rightly, and nobody here has asked for it."""
    before = Attempt.objects.values().get()
    state = (running.state, running.look_again_at)
    for number in range(20):
        body = json.dumps({"taskId": f"tk-hiapi-foreign-{number}", "status": "success"}).encode()
        told = signed("foreign", body, stamp=str(int(time.time())))
        assert tell(told, f"/callbacks/hiapi/foreign-{number}/") == 200
    running.refresh_from_db()
    assert (running.state, running.look_again_at) == state
    assert Attempt.objects.values().get() == before
    assert {one.remark for one in Notice.objects.all()} == {"task_foreign"}
    assert Notice.objects.count() == 20


@pytest.mark.parametrize("fails", [False, True])
def test_what_contradicts_the_end_is_remarked_whether_it_came_before_or_after(
    fails: bool, brand: Brand, vendor: Vendor
) -> None:
    standin = vendor(secrets=SECRETS)
    if fails:
        standin.faults.on("task", "TASK_FAILED")
    render = market.launched(brand, "gi2-edit")
    market.until(lambda: Attempt.objects.exclude(task_id="").exists())
    attempt = render.attempts.get()
    address = f"/callbacks/hiapi/{attempt.token}/"

    def say(status: str, number: int) -> None:
        told = {"taskId": attempt.task_id, "status": status, "completed": number}
        forged = signed(status, json.dumps(told).encode(), stamp=str(int(time.time())))
        assert tell(forged, address) == 200

    for status in ("fail", "success"):
        say(status, 1)
    ended = market.finished(render)
    for status in ("fail", "success"):
        say(status, 2)
    again = Render.objects.get(pk=render.pk)
    assert (again.state, again.updated_at) == (ended.state, ended.updated_at)
    assert ended.state == (State.FAILED if fails else State.DONE)
    wrong, remark = ("success", "told_made") if fails else ("fail", "told_failed")
    notices = Notice.objects.all()
    assert {(one.status, one.remark) for one in notices if one.status == wrong} == {(wrong, remark)}
    assert {one.remark for one in notices if one.status != wrong} == {""}
    assert len(standin.ledger.paid) == 1


@pytest.mark.parametrize("length", [1024 * 1024, 1024 * 1024 + 1, 2 * 1024 * 1024])
def test_a_mebibyte_is_judged_and_more_is_not(length: int, running: Render) -> None:
    before = everything()
    assert tell(signed("big", b" " * length)) == (401 if length <= 1024 * 1024 else 413)
    assert everything() == before
