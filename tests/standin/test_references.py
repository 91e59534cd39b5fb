"""Reference pictures are really looked at; what arrived is in the ledger."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import pictures
from tests.standin import StandIn
from tests.standin.client import EDIT, Client

FILES = {
    "/packshot.jpg": pictures.photo(),
    "/chatty.jpg": pictures.chatty(),
    "/page.png": b"<html>not found</html>",
    "/large.png": pictures.png(5000, 4001, 8, 0, pictures.zeros(4001 * 5001)),
}


class _Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = FILES.get(self.path)
        self.send_response(302 if self.path == "/moved" else 200 if body else 404)
        if self.path == "/moved":
            self.send_header("Location", "http://192.0.2.1/packshot.jpg")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Our own web server, from which the vendor fetches."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def data_url(data: bytes, type: str = "image/jpeg") -> str:
    return f"data:{type};base64,{base64.b64encode(data).decode()}"


def test_a_hosted_reference_is_fetched(hiapi: StandIn, client: Client, host: str) -> None:
    id = client.id(model=EDIT, input_urls=[f"{host}/packshot.jpg"])
    assert client.finished(id)["status"] == "success"
    (seen,) = hiapi.ledger.references_of(id)
    assert (seen.source, seen.format, seen.width, seen.height) == (f"{host}/packshot.jpg", "JPEG", 320, 240)
    assert (seen.bytes, seen.sha256) == (
        len(FILES["/packshot.jpg"]),
        hashlib.sha256(FILES["/packshot.jpg"]).hexdigest(),
    )
    assert (seen.metadata, seen.error) == ((), "")


@pytest.mark.parametrize("hosted", [True, False])
def test_metadata_that_came_along_is_told(client: Client, host: str, hosted: bool) -> None:
    url = f"{host}/chatty.jpg" if hosted else data_url(FILES["/chatty.jpg"])
    client.finished(id := client.id(model=EDIT, input_urls=[url]))
    (seen,) = client.hiapi.ledger.references_of(id)
    assert set(seen.metadata) >= {"exif", "gps", "xmp", "comment"}


def test_text_in_a_png_is_told(client: Client) -> None:
    url = data_url(pictures.chatty("PNG"), "image/png")
    client.finished(id := client.id(model=EDIT, input_urls=[url]))
    assert "text" in client.hiapi.ledger.references_of(id)[0].metadata


def test_references_keep_their_order(hiapi: StandIn, client: Client, host: str, packshot: str) -> None:
    client.finished(id := client.id(model=EDIT, input_urls=[packshot, f"{host}/packshot.jpg"]))
    seen = hiapi.ledger.references_of(id)
    assert [(one.position, one.source) for one in seen] == [(0, "data"), (1, f"{host}/packshot.jpg")]


def test_bytes_are_kept_when_told(hiapi: StandIn, client: Client, host: str) -> None:
    hiapi.options.keep_references = True
    client.finished(client.id(model=EDIT, input_urls=[f"{host}/packshot.jpg"]))
    assert list(hiapi.world.reference_bytes.values()) == [FILES["/packshot.jpg"]]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/missing.jpg", "404"),
        ("/page.png", "not a PNG"),
        ("/moved", "redirects"),
        ("http://127.0.0.1:9/nobody.jpg", "cannot be reached"),
        ("http://192.0.2.1/outside.jpg", "cannot be reached"),
        (data_url(b"<html>"), "not a PNG"),
    ],
    ids=lambda text: text[:30],
)
def test_what_cannot_be_used_fails_the_task(client: Client, host: str, url: str, message: str) -> None:
    id = client.id(model=EDIT, input_urls=[host + url if url.startswith("/") else url])
    task = client.finished(id)
    assert (task["status"], task["error"]["code"]) == ("fail", "TASK_FAILED")
    assert message in task["error"]["message"]
    assert message in client.hiapi.ledger.references_of(id)[0].error


def test_a_model_has_its_own_limit_of_pixels(client: Client, host: str) -> None:
    urls = [f"{host}/large.png"]
    flare = client.id(model="gpt-image-2.5-flare/image-to-image", image_urls=urls)
    assert "20 megapixels" in client.finished(flare)["error"]["message"]
    assert client.finished(client.id(model=EDIT, input_urls=urls))["status"] == "success"


def test_a_route_has_its_own_limit_of_bytes(
    client: Client, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FILES, "/heavy.jpg", FILES["/packshot.jpg"] + bytes(20_000_000))
    urls = [f"{host}/heavy.jpg"]
    ext = client.id(model=EDIT, route="ext", image_urls=urls, resolution="1K", quality="low")
    assert "20 MB" in client.finished(ext)["error"]["message"]
    assert client.finished(client.id(model=EDIT, input_urls=urls))["status"] == "success"
