"""Guessing passwords: few tries are judged, by name and by address, and the owner gets in again."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from studio.flow import people
from studio.models import User
from tests import cast

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


def test_a_browser_of_the_owner_is_let_in_while_others_guess(marketer: User) -> None:
    """From the same address even, as behind one router."""
    home = at_home("ines")
    ends = [sign_in("ines", "guess") for _ in range(12)]
    assert ends.count(JUDGED) <= 10
    assert sign_in("ines", PASSWORD) == PAUSED
    assert home.post("/accounts/login/", {"username": "ines", "password": PASSWORD}).status_code == 302


def test_a_browser_of_the_owner_has_ten_tries_too(marketer: User) -> None:
    home = at_home("ines")
    tries = ({"username": "ines", "password": f"guess {number}"} for number in range(40))
    ends = Counter(home.post("/accounts/login/", words).status_code for words in tries)
    assert ends[JUDGED] <= 10
    assert home.post("/accounts/login/", {"username": "ines", "password": PASSWORD}).status_code == PAUSED


def test_a_browser_at_home_under_one_name_gains_nothing_under_another(marketer: User, viewer: User) -> None:
    home = at_home("vic")
    ends = Counter(
        home.post("/accounts/login/", {"username": "ines", "password": f"guess {number}"}).status_code
        for number in range(40)
    )
    assert ends[JUDGED] <= 10


@pytest.mark.parametrize("mark", ["", ".", "0123456789abcdef.", "0123456789abcdef.{}", "\u00e9.\u00e9"])
def test_an_invented_mark_is_that_of_a_stranger(marketer: User, mark: str) -> None:
    for _ in range(10):
        sign_in("ines", "guess")
    client = Client()
    client.cookies["browser"] = mark.format("0" * 64)
    assert client.post("/accounts/login/", {"username": "ines", "password": PASSWORD}).status_code == PAUSED


def test_signing_in_oneself_gives_no_more_guesses_at_others(marketer: User, viewer: User) -> None:
    ends: Counter[int] = Counter()
    for number in range(40):
        ends[sign_in("ines", f"guess {number}")] += 1
        if number % 5 == 0:
            sign_in("vic", PASSWORD)
    assert ends[JUDGED] <= 10


def test_slips_before_the_right_password_are_forgiven(marketer: User) -> None:
    for _ in range(3):
        assert [sign_in("ines", "slip") for _ in range(6)] == [JUDGED] * 6
        assert sign_in("ines", PASSWORD) == 302


def test_the_link_that_was_sent_leads_past_the_pause(marketer: User) -> None:
    User.objects.filter(pk=marketer.pk).update(email="ines@northfold.example")
    for _ in range(10):
        sign_in("ines", "guess")
    owner, new = Client(), "another long password"
    owner.post("/accounts/password_reset/", {"email": "ines@northfold.example"})
    link = owner.get(str(mail.outbox[0].body).split("testserver")[1].split()[0])["Location"]
    owner.post(link, {"new_password1": new, "new_password2": new})
    assert owner.post("/accounts/login/", {"username": "ines", "password": new}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_is_judged_ten_times(settings: LazySettings, hashed: list[str]) -> None:
    """Side by side, and written in ways that mean the same name."""
    cast.person("Ines Marrow")
    names = ["ines", " ines", "ines ", "\uff49nes"]

    def guess(number: int) -> None:
        sign_in(names[number % 4], f"guess {number}", near=f"10.0.1.{number}")
        connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(48)))
    assert 1 <= len([one for one in hashed if one.startswith("guess")]) <= 10


def at_home(name: str) -> Client:
    """A browser in which the person signed in before."""
    client = Client()
    client.post("/accounts/login/", {"username": name, "password": PASSWORD})
    client.post("/accounts/logout/")
    return client


@pytest.fixture
def hashed(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed, slowly as in production."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 20_000)
    seen: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: PBKDF2PasswordHasher, password: str, *rest: object) -> str:
        seen.append(password)
        return str(encode(self, password, *rest))  # type: ignore[arg-type]

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    return seen


def test_known_and_unknown_names_are_answered_alike(marketer: User, hashed: list[str]) -> None:
    """Same words, and the same one slow hash."""
    marketer.set_password(PASSWORD)
    marketer.save()
    gone = cast.person("Gus Gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    locked_away = people.system_user()
    hashed.clear()
    pages = []
    for number, name in enumerate(("ines", "nobody", gone.username, locked_away.username), start=1):
        page = Client().post("/accounts/login/", {"username": name, "password": "guess"})
        pages.append((page.status_code, sorted(page.headers), stable(page.content.decode(), name)))
        assert len(hashed) == number
    assert pages == pages[:1] * 4


@pytest.mark.faults
@pytest.mark.django_db
def test_known_and_unknown_names_take_the_same_time(settings: LazySettings) -> None:
    """Medians of thirty, with the hasher of production, in turns so that load falls on both."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.AXES_FAILURE_LIMIT = 1000
    cast.person("Ines Marrow")
    took: dict[str, list[float]] = {"ines": [], "nobody": []}
    for _ in range(30):
        for name, times in took.items():
            begun = perf_counter()
            assert sign_in(name, "guess") == JUDGED
            times.append(perf_counter() - begun)
    known, unknown = (median(times) for times in took.values())
    assert abs(known - unknown) < 0.2 * max(known, unknown)


def stable(page: str, name: str) -> str:
    """The page without what differs on each: nonce, form token, the name that was typed."""
    lines = [line.replace(name, "NAME") for line in page.splitlines()]
    return "\n".join(line for line in lines if not re.search("nonce|csrfmiddlewaretoken|CSRFToken", line))
