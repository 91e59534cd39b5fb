"""A picture from an address that somebody wrote into a list: untrusted in every respect."""

import time
from typing import Final
from urllib.parse import urljoin

from studio.providers.address import Barred, check_url, spelt
from studio.providers.errors import Declined, Wait
from studio.providers.http import Answer, Http, NotSent, TooMuch, Unanswered

SECONDS: Final = 60.0  # for all of it, wherever it leads
STEPS: Final = 4  # addresses; shops' pictures often stand behind one that leads on
PATIENCE: Final = 30.0
ELSEWHERE: Final = (301, 302, 303, 307, 308)


def fetch(http: Http, address: str, most: int) -> bytes:
    """What is there, at most `most` bytes. Raises Declined when there is none, Wait when there may be later.

    Where it leads on, the next address is checked like the first.
    """
    end = time.monotonic() + SECONDS
    for _ in range(STEPS):
        answer = _ask(http, spelt(address), most, end - time.monotonic())
        if answer.status not in ELSEWHERE:
            return _body(answer)
        address = _onward(address, answer.headers.get("location", ""))
    raise Declined("fetch_moved", count=STEPS - 1)


def may_be_fetched(address: str, allow: frozenset[str]) -> bool:
    """Whether an address has the form of one that is asked for; its host is resolved later."""
    try:
        check_url(spelt(address), allow)
    except Barred:
        return False
    return True


def _onward(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:  # no address at all
        raise Declined("fetch_refused") from None


def _ask(http: Http, address: str, most: int, seconds: float) -> Answer:
    try:
        return http.ask("GET", address, {"Accept": "image/*"}, seconds=max(0.0, seconds), most=most)
    except (Barred, ValueError):
        raise Declined("fetch_refused") from None
    except TooMuch:
        raise Declined("fetch_too_big", limit=most) from None
    except (NotSent, Unanswered):
        raise Wait("fetch_unreached", PATIENCE, told=False) from None


def _body(answer: Answer) -> bytes:
    if answer.status == 429 or answer.status >= 500:
        raise Wait("fetch_trouble", PATIENCE, told=False, status=answer.status)
    if answer.status != 200:
        raise Declined("fetch_gone", status=answer.status)
    return answer.body
