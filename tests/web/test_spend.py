"""What was spent: on what, by whom, when, what is in doubt; as a page, as a table, and what may be spent."""

import csv
import html
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from studio.models import Attempt, Brand, Cause, Membership, Notice, Render, State, User
from studio.web import chart, spend
from studio.web.month import Month
from tests import cast
from tests.web.weight import LIMIT, weight

SignIn = Callable[[User], Client]
ADDRESS = "/b/northfold/spend/"


@pytest.fixture
def call(brand: Brand, marketer: User) -> Callable[..., Attempt]:
    """`call(price_charged=30_000)` is a call that ended now, for a picture of its own."""
    shoot = cast.shoot(brand, launched=True, engine="hiapi")
    scene = cast.scene(slug="cafe-counter")
    product = cast.product(brand, "MUG-0114")
    shot = cast.packshot(product)

    def made(**fields: Any) -> Attempt:
        take = Render.objects.count() + 1
        render = cast.render(
            shoot, product=product, packshot=shot, scene_version=scene.current, take=take, engine="hiapi",
            state=fields.pop("state", State.DONE), reserved=fields.pop("reserved", 0),
        )  # fmt: skip
        defaults = {
            "number": 1, "engine": "hiapi", "outcome": "done", "price_charged": 30_000, "asked_by": marketer,
            "ended_at": timezone.now(), "token": f"secret-{take}", "address": "https://signed.test/x",
        }  # fmt: skip
        return Attempt.objects.create(
            render=render, brand=brand, key=uuid4(), request=b"{}", **(defaults | fields)
        )

    return made


Call = Callable[..., Attempt]


def page_of(browser: Client, address: str = ADDRESS) -> str:
    return html.unescape(browser.get(address).content.decode())


def test_spent_held_and_left_are_told_with_causes_people_and_scenes(
    sign_in: SignIn, admin: User, brand: Brand, call: Call
) -> None:
    Brand.objects.update(monthly_budget=60_000_000)
    for cause in (Cause.FIRST, Cause.FIRST, Cause.RETRY, Cause.EDIT):
        call(cause=cause)
    call(cause=Cause.FIRST, outcome="content_refused", price_charged=0)
    call(state=State.RUNNING, outcome="", price_charged=None, ended_at=None, reserved=40_000)
    page = page_of(sign_in(admin))
    assert "<dt>spent</dt><dd>$0.12</dd>" in page
    assert "<dt>held</dt><dd>$0.04</dd>" in page
    assert "$0.12 of $60.00" in page
    assert "$59.84 left" in page
    assert line("First time", 2, 0, 1, "$0.06") in page
    assert line("Automatic retry", 1, 0, 0, "$0.03") in page
    assert line("Ines Marrow", 4, 0, 1, "$0.12") in page
    assert ">Cafe counter</th>" in page
    assert f"<dt>{timezone.now().day} {timezone.now():%B}</dt><dd>$0.12</dd>" in page


def test_what_failed_and_was_charged_is_told_apart_from_what_was_bought(
    sign_in: SignIn, admin: User, call: Call
) -> None:
    for _ in range(2):
        call(cause=Cause.FIRST, price_charged=30_000)
    call(cause=Cause.FIRST, price_charged=40_100, outcome="task_failed", state=State.FAILED)
    call(cause=Cause.FIRST, price_charged=0)  # a price of zero that an admin has confirmed
    page = page_of(sign_in(admin))
    assert line("First time", 3, 1, 0, "$0.1001") in page
    assert "<dt>bought</dt><dd>3</dd>" in page
    assert "<dt>failed, charged</dt><dd>1</dd>" in page
    assert "<dt>a picture</dt><dd>$0.033</dd>" in page


def line(name: str, *figures: object) -> str:
    cells = "".join(f'<td class="num">{figure}</td>' for figure in figures)
    return f">{name}</th>{cells}"


def test_the_budget_is_warned_about_and_full_when_it_is_used_up(brand: Brand, call: Call) -> None:
    looks = []
    for budget in (None, 1_000_000, 35_000, 30_000, 0):
        brand.monthly_budget = budget
        looks.append(spend._budget(brand, Month.read(""), []).look if budget is not None else "")
        if not Attempt.objects.exists():
            call()
    assert looks == ["", "", "near", "full", "full"]


def test_embedded_pictures_cost_nothing_and_are_not_counted(sign_in: SignIn, admin: User, call: Call) -> None:
    call(engine="local", price_charged=0)
    assert "No calls that cost money." in page_of(sign_in(admin))


def test_what_is_in_doubt_is_listed_with_its_way_there(
    sign_in: SignIn, admin: User, brand: Brand, call: Call
) -> None:
    waiting = call(
        state=State.UNSURE, outcome="", price_charged=None, ended_at=None, reserved=30_000,
        first_sent_at=timezone.now(),
    )  # fmt: skip
    lost = call(state=State.FAILED, outcome="task_failed", task_id="task-9")
    Notice.objects.create(
        token=lost.token, task_id="task-9", body_sha256="0", status="success", signed=True, remark="told_made"
    )
    Notice.objects.create(
        token="foreign",
        task_id="task-other",
        body_sha256="0",
        status="fail",
        signed=True,
        remark="task_foreign",
    )
    page = page_of(sign_in(admin))
    assert f'href="/renders/{waiting.render_id}/"' in page
    assert "$0.03 held" in page
    assert f'href="/renders/{lost.render_id}/"' in page
    assert "HiAPI does not say whether failed tasks cost; they count as spent" in page
    assert "HiAPI says that it was made" in page
    assert "task-other" not in page  # of no brand


def test_months_can_be_paged_and_nonsense_is_the_present_one(
    sign_in: SignIn, admin: User, brand: Brand, call: Call
) -> None:
    brand.created_at = timezone.now() - timedelta(days=400)
    brand.save()
    call(ended_at=Month.read("").start - timedelta(seconds=1))
    browser, month = sign_in(admin), Month.read("")
    now = page_of(browser)
    assert "<dt>spent</dt><dd>$0.00</dd>" in now
    assert f"?month={month.before.key}" in now
    assert 'rel="next"' not in now
    before = page_of(browser, f"{ADDRESS}?month={month.before.key}")
    assert "<dt>spent</dt><dd>$0.03</dd>" in before
    assert 'rel="next"' in before
    assert page_of(browser, f"{ADDRESS}?month=2026-13").count("$0.03") == now.count("$0.03")


@pytest.mark.parametrize(
    ("text", "days", "before", "end"),
    [("2026-02", 28, "2026-01", "2026-03-01"), ("2024-12", 31, "2024-11", "2025-01-01")],
)
def test_a_month_knows_its_days(text: str, days: int, before: str, end: str) -> None:
    month = Month.read(text)
    assert (month.days, month.before.key, f"{month.end:%Y-%m-%d}") == (days, before, end)


@pytest.mark.parametrize(("most", "top"), [(0, 20_000), (30_000, 50_000), (2_100_000, 5_000_000)])
def test_the_scale_of_the_chart_is_round_and_holds_the_dearest_day(most: int, top: int) -> None:
    assert chart.scale(most) == top


def test_the_chart_says_in_words_what_it_draws() -> None:
    day = datetime(2026, 2, 14, tzinfo=UTC).date()
    drawn = chart.of_days(Month.read("2026-02"), {day: 2_100_000})
    assert drawn.label == "Spend by day in February 2026, highest $2.10 on day 14"
    assert [bar.height for bar in drawn.bars if bar.height] == [pytest.approx(51.2)]
    assert drawn.figures == [("14 February", "$2.10")]
    assert len(drawn.bars) == 28


def test_the_table_has_each_call_and_no_secret(sign_in: SignIn, admin: User, call: Call) -> None:
    made = call(task_id="task-1", price_charged=17_200)
    call(outcome="content_refused", price_charged=0)
    answer = sign_in(admin).get(f"{ADDRESS}calls.csv")
    text = b"".join(answer).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="northfold-20')
    assert [row["charged (USD)"] for row in rows] == ["0.017200", "0.000000"]
    assert [row["outcome"] for row in rows] == ["done", "content_refused"]
    assert (rows[0]["task"], rows[0]["asked by"], rows[0]["SKU"]) == ("task-1", "Ines Marrow", "MUG-0114")
    for secret in ("secret-", "signed.test", str(made.key)):
        assert secret not in text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(sign_in: SignIn, admin: User, call: Call, name: str) -> None:
    made = call()
    scene = made.render.scene_version.scene
    scene.name = name
    scene.save()
    text = b"".join(sign_in(admin).get(f"{ADDRESS}calls.csv")).decode()
    row = next(csv.DictReader(text.splitlines(keepends=True)))
    assert row["scene"][0] == "'"


def test_a_deleted_picture_stays_in_the_books(sign_in: SignIn, admin: User, call: Call) -> None:
    call().render.delete()
    browser = sign_in(admin)
    assert "Deleted pictures" in page_of(browser)
    assert b"deleted" in b"".join(browser.get(f"{ADDRESS}calls.csv"))


@pytest.mark.parametrize("rows", [5, 200])
def test_the_page_asks_few_things_and_stays_light(
    sign_in: SignIn, admin: User, call: Call, rows: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(rows):
        if number % 3:
            call(outcome="task_failed", state=State.FAILED)
        else:
            call(state=State.UNSURE, outcome="", price_charged=None, ended_at=None, reserved=30_000)
    browser = sign_in(admin)
    page_of(browser)
    with django_assert_max_num_queries(10):
        page_of(browser)
    assert weight(browser, ADDRESS) < LIMIT


# --- Limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("60", 60_000_000), ("0.29", 290_000), (".5", 500_000), ("$1,234.56", 1_234_560_000),
     ("1,500", 1_500_000_000), ("", None), ("0", 0)],
)  # fmt: skip
def test_budgets_are_whole_micro_dollars(
    sign_in: SignIn, admin: User, brand: Brand, typed: str, kept: int | None
) -> None:
    browser = sign_in(admin)
    answer = browser.post(f"{ADDRESS}budget/", {"budget": typed}, follow=True)
    brand.refresh_from_db()
    assert brand.monthly_budget == kept
    assert answer.status_code == 200
    membership = Membership.objects.get(user=admin)
    browser.post(f"/memberships/{membership.pk}/limit/", {"limit": typed})
    membership.refresh_from_db()
    assert membership.daily_limit == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [("-1", "below zero"), ("1.234", "2 decimal"), ("much", "dollars and cents"), ("1e9", "with a point"),
     ("NaN", "dollars and cents"), ("1000000.01", "above"), ("1,50", "with a point: 1.50"),
     ("1.500,00", "with a point"), ("15,00", "with a point"), ("1,5000", "with a point"),
     ("-", "with a point")],
)  # fmt: skip
def test_an_amount_that_makes_no_sense_is_told_at_its_field(
    sign_in: SignIn, admin: User, brand: Brand, typed: str, words: str
) -> None:
    browser = sign_in(admin)
    answer = browser.post(f"{ADDRESS}budget/", {"budget": typed})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed}"' in page
    membership = Membership.objects.get(user=admin)
    answer = browser.post(f"/memberships/{membership.pk}/limit/", {"limit": typed})
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    brand.refresh_from_db()
    assert brand.monthly_budget is None


def test_people_see_each_persons_limit(sign_in: SignIn, viewer: User, admin: User) -> None:
    Membership.objects.filter(user=admin).update(daily_limit=5_000_000)
    page = page_of(sign_in(viewer), "/b/northfold/people/")
    assert "$5.00" in page
    assert "no limit" in page
    assert "/spend/limits/" not in page
    assert "/spend/limits/" in page_of(sign_in(admin), "/b/northfold/people/")


def test_only_admins_are_led_to_what_was_spent(sign_in: SignIn, viewer: User, admin: User) -> None:
    assert ADDRESS not in page_of(sign_in(viewer), "/b/northfold/products/")
    assert ADDRESS in page_of(sign_in(admin), "/b/northfold/products/")
