"""Somebody who uses a real Studio without a browser: pages, forms and files over HTTP."""

import socket
import uuid
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.living import Studio

BRAND = "studio"  # the starter brand, in which the first admin is an admin
UPLOAD = f"/b/{BRAND}/products/upload/"
PRODUCTS = f"/b/{BRAND}/products/"


class Visitor:
    """Signs up as the first admin. One connection an instance: not for several threads, and to be closed."""

    def __init__(self, studio: Studio) -> None:
        self.port = studio.port
        self.cookies: dict[str, str] = {}
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._sign_up(urlsplit(studio.welcome).path)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> tuple[int, bytes]:
        return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def upload(self, name: str, data: bytes) -> tuple[int, bytes]:
        """One file, as the page's script sends it."""
        line, body = multipart(name, data)
        return self._ask("POST", UPLOAD, body, f"multipart/form-data; boundary={line}")

    def again(self) -> "Visitor":
        """The same person on a connection of their own, for another thread."""
        other = object.__new__(Visitor)
        other.port, other.cookies = self.port, dict(self.cookies)
        other._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        return other

    def close(self) -> None:
        self._connection.close()

    def begun(self, path: str, length: int | None, line: str) -> socket.socket:
        """A connection on which the head of an upload was sent, and nothing else yet.

        It says how many bytes will come; with None, that they come in chunks.
        """
        told = self._headers() | {
            "Host": f"127.0.0.1:{self.port}",
            **({"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}),
            "Content-Type": f"multipart/form-data; boundary={line}",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        begun = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        begun.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())
        return begun

    def _sign_up(self, path: str) -> None:
        self.get(path)
        password = "a good long password"
        told = {"username": "jo", "email": "jo@northfold.example", "password1": password}
        status, _ = self.post(path, **told, password2=password)
        assert status == 302

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        headers = self._headers() | ({"Content-Type": kind} if kind else {})
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        self._keep_cookies(answer)
        return answer.status, answer.read()

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"HX-Request": "true", "X-CSRFToken": self.cookies.get("csrftoken", ""), "Cookie": cookies}

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}


def multipart(name: str, data: bytes) -> tuple[str, bytes]:
    """The boundary, and a body with one file."""
    line = uuid.uuid4().hex
    shown = name.encode("utf-8", "surrogateescape").replace(b'"', b"%22").replace(b"\n", b" ")
    head = b'Content-Disposition: form-data; name="file"; filename="' + shown + b'"'
    return line, b"--%s\r\n%s\r\n\r\n%s\r\n--%s--\r\n" % (line.encode(), head, data, line.encode())
