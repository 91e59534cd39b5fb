"""What is logged is one line without tokens."""

import logging
import sys
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from studio.logs import Calm, OneLine, Seldom
from studio.models import Brand, User

LINE = OneLine(settings.LOGGING["formatters"]["line"]["format"])


@pytest.mark.parametrize(
    "said",
    [
        "Not Found: /invitations/s3cret-Token_x/",
        "GET /invitations/s3cret-Token_x/accept/ HTTP/1.1",
        "/accounts/login/?next=/invitations/s3cret-Token_x/",
        "/accounts/login/?next=%2Finvitations%2Fs3cret-Token_x%2F",
        '"http://127.0.0.1:8000/invitations/s3cret-Token_x/"',
        "/welcome/s3cret-Token_x/",
        "/references/s3cret-Token_x/",
        "/callbacks/hiapi/s3cret-Token_x/",
    ],
)
def test_tokens_in_addresses_are_masked(said: str) -> None:
    line = LINE.format(record(said))
    assert "s3cret" not in line
    assert "…" in line


def test_an_unknown_link_leaves_no_token_in_the_log(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("django")
    logger.addHandler(caplog.handler)  # it does not pass on to the root
    try:
        client.get("/invitations/s3cret-Token_x/")
        client.get("/invitations/s3cret-Token_x/renew/")
    finally:
        logger.removeHandler(caplog.handler)
    lines = [LINE.format(one) for one in caplog.records]
    assert any("Not Found: /invitations/…" in line for line in lines)
    assert not any("s3cret" in line for line in lines)


def test_who_is_turned_away_leaves_one_line(
    sign_in: Callable[[User], Client], viewer: User, brand: Brand, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("django")
    logger.addHandler(caplog.handler)
    try:
        page = sign_in(viewer).post(f"/b/{brand.slug}/shoots/new/")
    finally:
        logger.removeHandler(caplog.handler)
    assert b"Your role may not do this here. Ask an admin of the brand." in page.content
    [line] = [LINE.format(one) for one in caplog.records]
    assert line.endswith(f"Forbidden (Permission denied): /b/{brand.slug}/shoots/new/")


def test_what_happens_often_is_told_once_a_minute_with_how_often() -> None:
    seldom = Seldom()
    codes = ["no_answer", "no_answer", "task_failed", "no_answer", "no_answer"]
    lines = [line(code, at) for code, at in zip(codes, [0, 1, 2, 59, 61], strict=True)]
    told = [one.getMessage() for one in lines if seldom.filter(one)]
    assert told == ["no_answer 0", "task_failed 2", "no_answer 61 (2 more like it before)"]


def line(code: str, at: float) -> logging.LogRecord:
    made = logging.LogRecord("studio", logging.WARNING, __file__, 1, "%s %s", (code, at), None)
    made.created = 1_000_000 + at
    return made


def test_a_break_of_ours_keeps_its_traceback() -> None:
    broke = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "broke", (), (None, None, None))
    broke.status_code = 500
    assert Calm().filter(broke)
    assert broke.exc_info


def test_tokens_in_tracebacks_are_masked_too() -> None:
    try:
        raise ValueError("no answer from http://127.0.0.1/invitations/s3cret-Token_x/")
    except ValueError:
        told = logging.LogRecord("studio", logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    # the line of code itself is in the traceback, as anybody may read it
    assert LINE.format(told).endswith("ValueError: no answer from http://127.0.0.1/invitations/…")


def test_a_message_cannot_forge_a_second_line() -> None:
    assert "\n" not in LINE.format(record("one\n2026-11-21 INFO studio two\x1b[31m"))


def record(said: str) -> logging.LogRecord:
    return logging.LogRecord("studio", logging.WARNING, __file__, 1, "%s", (said,), None)
