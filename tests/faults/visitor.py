"""Somebody with a browser at a living Studio: signs in, looks at pages, sends forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from threading import Event, Thread
from time import monotonic
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.living import Studio

ADMIN: Final = {
    "DJANGO_SUPERUSER_USERNAME": "ada",
    "DJANGO_SUPERUSER_EMAIL": "ada@example.com",
    "DJANGO_SUPERUSER_PASSWORD": "correct horse battery",
}
LINE: Final = "----line"
PAGES: Final = ("/b/studio/products/", "/b/studio/gallery/", "/packshots/1/picture/", "/healthz")
Form = tuple[str, Mapping[str, object]]  # address and fields


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    address: str


class Visitor:
    """The first admin of a Studio that was started with ADMIN. Redirects are followed."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.cookies = studio, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.get("/accounts/login/")
        person = {name: ADMIN[f"DJANGO_SUPERUSER_{name.upper()}"] for name in ("username", "password")}
        assert "/accounts/login/" not in self.post("/accounts/login/", person).address

    def get(self, path: str) -> Answer:
        return self._ask(Request(self.studio.address + path))

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        return self._send(path, urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded")

    def upload(self, name: str, data: bytes) -> Answer:
        head = f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{LINE}--\r\n".encode()
        return self._send(
            "/b/studio/products/upload/", body, f"multipart/form-data; boundary={LINE}", htmx=True
        )

    def _send(self, path: str, body: bytes, kind: str, htmx: bool = False) -> Answer:
        token = next(cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"X-CSRFToken": token, "Content-Type": kind} | ({"HX-Request": "true"} if htmx else {})
        return self._ask(Request(self.studio.address + path, body, headers))

    def _ask(self, request: Request) -> Answer:
        """The whole answer. OSError or HTTPException when there is none, or half of one."""
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.read(), answer.url)
        except HTTPError as answer:
            return Answer(answer.code, answer.read(), answer.url)


@dataclass(frozen=True)
class Look:
    """What came of one page: "200", "refused", another status, or an error. In seconds of a steady clock."""

    page: str
    outcome: str
    begin: float
    seconds: float


class Looking:
    """Asks for page after page meanwhile; a page with fields is a form that is sent."""

    def __init__(
        self, visitor: Visitor, pages: Sequence[str | Form] = PAGES, threads: int = 2, pause: float = 0.02
    ) -> None:
        self.visitor, self.pages, self.pause, self.stop = visitor, pages, pause, Event()
        self.looks: list[Look] = []
        self.threads = [Thread(target=self._run, args=(place,)) for place in range(threads)]

    def __enter__(self) -> "Looking":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    @property
    def wrong(self) -> list[Look]:
        """What should not have come."""
        return [look for look in self.looks if look.outcome not in ("200", "refused")]

    def _run(self, turn: int) -> None:
        while not self.stop.wait(self.pause):
            page, begin = self.pages[turn % len(self.pages)], monotonic()
            outcome = self._look(page)
            self.looks.append(Look(str(page), outcome, begin, monotonic() - begin))
            turn += 1

    def _look(self, page: str | Form) -> str:
        try:
            answer = self.visitor.get(page) if isinstance(page, str) else self.visitor.post(*page)
            return str(answer.status)
        except URLError as error:
            return "refused" if isinstance(error.reason, ConnectionRefusedError) else repr(error.reason)
        except Exception as error:
            return repr(error)
