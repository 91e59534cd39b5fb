"""Calls to HiAPI with our key: what goes out, and what it means when nothing comes back."""

from typing import Any, Final

from studio.providers.address import Barred
from studio.providers.answers import PATIENCE
from studio.providers.errors import Declined, Unheard, Wait
from studio.providers.http import Answer, Http, NotSent, TooMuch, Unanswered

READ_SECONDS: Final = 20.0
MOST: Final = 1_000_000  # bytes of an ordinary answer


class Api:
    """`base_url` ends with or without /v1. `hidden` never leaves here, even if an answer repeats it."""

    def __init__(self, base_url: str, key: str, hidden: tuple[str, ...], http: Http) -> None:
        self._root = f"{base_url.rstrip('/').removesuffix('/v1')}/v1"
        self._key, self._http = key, http
        self._hidden = [one.encode() for one in (key, *hidden) if one]

    def get(self, path: str, most: int = MOST) -> Answer:
        """Raises Wait, Unheard or Declined; nothing is bought by it."""
        try:
            return self._ask("GET", path, {}, None, READ_SECONDS, most)
        except Unanswered:
            raise Wait("provider_unreachable", PATIENCE, down=True, told=False) from None

    def post(self, path: str, body: bytes, key: str, seconds: float, most: int = MOST) -> Answer:
        """Raises Wait when nobody was reached, Unheard when it may have been bought, or Declined."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            return self._ask("POST", path, headers, body, seconds, most)
        except Unanswered:
            raise Unheard("no_answer") from None

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None, seconds: float, most: int
    ) -> Answer:
        headers["Authorization"] = f"Bearer {self._sendable_key()}"
        try:
            answer = self._http.ask(method, self._root + path, headers, body, seconds=seconds, most=most)
        except NotSent:
            raise Wait("provider_unreachable", PATIENCE, down=True, told=False) from None
        except TooMuch:
            raise Unheard("answer_unreadable") from None
        except Barred:
            raise Declined("provider_barred", stops="all", proves=False) from None
        return Answer(answer.status, answer.headers, self._masked(answer.body))

    def _sendable_key(self) -> str:
        """Checked here, because the errors of a library would show it."""
        if not self._key.isascii() or not self._key.isprintable() or " " in self._key:
            raise Declined("key_refused", stops="all", proves=False)
        return self._key

    def _masked(self, body: bytes) -> bytes:
        for secret in self._hidden:
            body = body.replace(secret, b"(key)")
        return body


def public_document(http: Http, address: str, most: int) -> bytes:
    """A document of the site, which needs no key. Raises Wait, Unheard or Declined."""
    try:
        answer = http.ask("GET", address, seconds=READ_SECONDS, most=most)
    except (NotSent, Unanswered):
        raise Wait("site_unreachable", PATIENCE, told=False) from None
    except TooMuch:
        raise Unheard("site_unreadable", limit=most) from None
    except Barred:
        raise Declined("provider_barred") from None
    if answer.status != 200:
        raise Wait("site_unreachable", PATIENCE, told=False, **_status(answer))
    return answer.body


def _status(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status}
