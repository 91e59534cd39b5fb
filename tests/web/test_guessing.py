"""Guessing passwords: few tries are judged, by name and by address, and the owner gets in again."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone

from studio.models import User

TRIES = 200
JUDGED, PAUSED = 200, 429
PASSWORD = "correct horse battery"


def sign_in(name: str, password: str, near: str = "10.0.0.1", told: str = "") -> int:
    page = Client().post(
        "/accounts/login/",
        {"username": name, "password": password},
        REMOTE_ADDR=near,
        HTTP_X_FORWARDED_FOR=told,
    )
    return page.status_code


def addresses() -> Iterator[str]:
    return (f"203.0.{number // 100}.{number % 100 + 1}" for number in range(TRIES))


@pytest.fixture
def quarter_of_an_hour_later() -> object:
    def pass_by() -> None:
        for attempt in AccessAttempt.objects.all():
            attempt.attempt_time = timezone.now() - timedelta(minutes=16)
            attempt.save()

    return pass_by


@pytest.mark.parametrize("proxies", [0, 1])
def test_two_hundred_guesses_at_one_name_are_judged_ten_times(
    marketer: User, settings: LazySettings, proxies: int, quarter_of_an_hour_later: object
) -> None:
    """Each guess comes with another address: invented where no proxy stands, real where one does."""
    settings.TRUSTED_PROXIES = proxies
    ends = Counter(sign_in("ines", f"guess {address}", told=address) for address in addresses())
    assert (ends[JUDGED] <= 10, ends[JUDGED] + ends[PAUSED]) == (True, TRIES)
    assert sign_in("ines", PASSWORD, told="203.0.0.1") == PAUSED
    quarter_of_an_hour_later()  # type: ignore[operator]
    assert sign_in("ines", PASSWORD, told="203.0.0.1") == 302


@pytest.mark.parametrize(("proxies", "told"), [(0, "{}"), (1, "{}, 10.9.9.9, 203.0.113.9")])
def test_one_password_at_two_hundred_names_is_judged_ten_times(
    marketer: User, settings: LazySettings, proxies: int, told: str
) -> None:
    """What a client writes into X-Forwarded-For itself gains nothing."""
    settings.TRUSTED_PROXIES = proxies
    tries = enumerate(addresses())
    ends = Counter(
        sign_in(f"name-{number}", "Summer2026", told=told.format(spoof)) for number, spoof in tries
    )
    assert ends[JUDGED] <= 10
    assert ends[PAUSED] >= TRIES - 10
    owner_elsewhere = "198.51.100.4" if proxies else ""
    assert sign_in("ines", PASSWORD, near="10.0.0.2", told=owner_elsewhere) == 302


def test_whoever_goes_on_guessing_does_not_keep_the_owner_out_for_ever(
    marketer: User, quarter_of_an_hour_later: object
) -> None:
    for _ in range(10):
        sign_in("ines", "guess")
    quarter_of_an_hour_later()  # type: ignore[operator]
    before = set(AccessAttempt.objects.values_list("pk", "attempt_time"))
    assert before
    for _ in range(10):
        sign_in("ines", "guess")
    assert sign_in("ines", PASSWORD) == PAUSED
    since = AccessAttempt.objects.latest("attempt_time").attempt_time
    assert sign_in("ines", "guess") == PAUSED
    assert AccessAttempt.objects.latest("attempt_time").attempt_time == since, "the pause is not drawn out"


def test_known_and_unknown_names_are_answered_alike(
    marketer: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same words, and the same one slow hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    marketer.set_password(PASSWORD)
    marketer.save()
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, *rest: object) -> str:
        hashed.append(password)
        return str(encode(self, password, *rest))  # type: ignore[arg-type]

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    pages = []
    for name in ("ines", "nobd"):
        page = Client().post("/accounts/login/", {"username": name, "password": "guess"})
        pages.append(stable(page.content.decode(), name))
    assert pages[0] == pages[1]
    assert hashed == ["guess", "guess"]


def stable(page: str, name: str) -> str:
    """The page without what differs on each: nonce, form token, the name that was typed."""
    lines = [line.replace(name, "NAME") for line in page.splitlines()]
    return "\n".join(line for line in lines if not re.search("nonce|csrfmiddlewaretoken|CSRFToken", line))
