"""Result files: the right ones, and each that must not be believed."""

import gzip
import hashlib
from typing import Any

import httpx
import pytest
from PIL import Image, UnidentifiedImageError

from tests import pictures
from tests.standin import StandIn
from tests.standin.client import EDIT, Client
from tests.standin.draw import LONG_SIDES


def address(client: Client, **more: Any) -> str:
    """Of the picture of a new task."""
    return str(client.finished(client.id(**more))["output"][0]["url"])


def picture(client: Client, **more: Any) -> Image.Image:
    return pictures.opened(client.get(address(client, **more)).content)


def struck(hiapi: StandIn, client: Client, kind: str, **options: Any) -> httpx.Response:
    url = address(client)
    hiapi.faults.on("file", kind, **options)
    return client.get(url)


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("1:1", "1K", (1024, 1024)), ("16:9", "1K", (1024, 576)), ("9:21", "1K", (439, 1024)),
        ("3:2", "2K", (2048, 1365)), ("9:16", "4K", (2304, 4096)), ("auto", "1K", (1024, 1024)),
    ],
)  # fmt: skip
def test_pixels_follow_ratio_and_resolution(
    client: Client, ratio: str, resolution: str, size: tuple[int, int]
) -> None:
    assert picture(client, aspect_ratio=ratio, resolution=resolution).size == size
    assert max(size) == LONG_SIDES[resolution]


def test_auto_follows_the_reference(client: Client, packshot: str) -> None:
    assert picture(client, model=EDIT, input_urls=[packshot]).size == (1024, 683)


def test_pixels_may_be_asked_for(client: Client) -> None:
    assert picture(client, route="beta", size="1536x1024").size == (1536, 1024)
    assert picture(client, model="gpt-image-2.5-flare@pro", aspect_ratio="2048x1152").size == (2048, 1152)


@pytest.mark.parametrize(
    ("asked", "format", "type"),
    [("png", "PNG", "image/png"), ("jpeg", "JPEG", "image/jpeg"), ("webp", "WEBP", "image/webp")],
)
def test_a_route_has_formats(client: Client, asked: str, format: str, type: str) -> None:
    answer = client.get(address(client, model="gpt-image-2.5-flare@pro", output_format=asked))
    assert (pictures.opened(answer.content).format, answer.headers["Content-Type"]) == (format, type)


def test_a_picture_is_the_same_each_time_and_unlike_the_next(hiapi: StandIn, client: Client) -> None:
    first, second = address(client), address(client)
    assert client.get(first).content == client.get(first).content != client.get(second).content
    digests = {hashlib.sha256(client.get(url).content).hexdigest() for url in (first, second)}
    assert {one.sha256 for one in hiapi.ledger.served} == digests


def test_a_picture_may_be_heavy(hiapi: StandIn, client: Client) -> None:
    hiapi.options.weight = 2_000_000
    first, second = (client.get(address(client)).content for _ in range(2))
    assert 2_000_000 <= len(first) < 2_000_100
    assert first[1000:] != second[1000:]
    assert pictures.opened(first).size == (1024, 1024)


def test_a_drawn_picture_shows_the_reference_in_a_set(packshot: str) -> None:
    with StandIn(latency=(0, 0)) as hiapi:
        image = picture(Client(hiapi), model=EDIT, input_urls=[packshot], aspect_ratio="16:9").convert("RGB")
    reds = [image.getpixel((image.width // 2, y)) for y in range(0, image.height, 8)]
    assert any(red > 150 > 110 > green for red, green, _ in reds)  # type: ignore[misc]
    assert image.getpixel((5, 5)) != image.getpixel((5, image.height - 5))


def test_a_head_request_has_the_length(client: Client) -> None:
    url = address(client)
    answer = client.http.head(url)
    assert (answer.content, int(answer.headers["Content-Length"])) == (b"", len(client.get(url).content))


@pytest.mark.parametrize("tail", ["0.webp", "1.png", "x.png", ""])
def test_what_was_not_made_is_not_there(client: Client, tail: str) -> None:
    assert client.get(address(client).rpartition("/")[0] + "/" + tail).status_code == 404


def test_a_page_may_pose_as_a_picture(hiapi: StandIn, client: Client) -> None:
    answer = struck(hiapi, client, "html")
    assert (answer.headers["Content-Type"], answer.content[:6]) == ("image/png", b"<html>")


def test_a_picture_may_pose_as_a_page(hiapi: StandIn, client: Client) -> None:
    answer = struck(hiapi, client, "html_type")
    assert (answer.headers["Content-Type"][:9], answer.content[1:4]) == ("text/html", b"PNG")


def test_a_file_may_be_empty_or_damaged(hiapi: StandIn, client: Client) -> None:
    assert struck(hiapi, client, "no_bytes").content == b""
    hiapi.faults.clear()
    with pytest.raises((OSError, UnidentifiedImageError)):
        pictures.opened(struck(hiapi, client, "damaged").content)


@pytest.mark.parametrize(("kind", "raised"), [("cut", httpx.RemoteProtocolError), ("reset", httpx.ReadError)])
@pytest.mark.parametrize("at", [0, 1, 1000])
def test_a_file_may_break_at_any_byte(
    hiapi: StandIn, client: Client, kind: str, raised: type[Exception], at: int
) -> None:
    url, got = address(client), bytearray()
    hiapi.faults.on("file", kind, at=at)
    with pytest.raises(raised):
        read(client, url, got)
    assert len(got) == at


def read(client: Client, url: str, into: bytearray, most: int = 10**9) -> None:
    """A file as it comes, at most so many bytes of it and one block more."""
    with client.http.stream("GET", url) as answer:
        for block in answer.iter_raw():
            into += block
            if len(into) > most:
                break


def test_a_file_may_not_come_at_all(hiapi: StandIn, client: Client) -> None:
    with pytest.raises(httpx.TransportError):
        struck(hiapi, client, "reset_at_once")


@pytest.mark.parametrize(
    ("kind", "size"), [("wrong_size", (512, 512)), ("other_ratio", (1024, 341)), ("tiny", (1, 1))]
)
def test_a_picture_may_have_other_pixels(
    hiapi: StandIn, client: Client, kind: str, size: tuple[int, int]
) -> None:
    assert pictures.opened(struck(hiapi, client, kind).content).size == size


@pytest.mark.parametrize(("kind", "format"), [("as_jpeg", "JPEG"), ("as_webp", "WEBP")])
def test_a_picture_may_have_another_format(hiapi: StandIn, client: Client, kind: str, format: str) -> None:
    answer = struck(hiapi, client, kind)
    assert (answer.headers["Content-Type"], pictures.opened(answer.content).format) == ("image/png", format)


def test_a_file_may_have_no_end(hiapi: StandIn, client: Client) -> None:
    url, got = address(client), bytearray()
    hiapi.faults.on("file", "endless")
    read(client, url, got, most=2_000_000)
    assert len(got) > 2_000_000


def test_a_file_may_come_byte_by_byte(hiapi: StandIn, client: Client) -> None:
    url, got = address(client), bytearray()
    hiapi.faults.on("file", "drip", rate=1)
    client.http.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        read(client, url, got)
    assert len(got) <= 1


def test_a_small_file_may_unpack_to_a_large_one(hiapi: StandIn, client: Client) -> None:
    url = address(client)
    hiapi.faults.on("file", "gzip_bomb")
    with client.http.stream("GET", url) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(raw) < 1_000_000 < 100_000_000 == len(gzip.decompress(raw))


@pytest.mark.parametrize("place", ["same_host", "other_host", "trap", "file", "loop"])
def test_a_file_may_be_elsewhere(hiapi: StandIn, client: Client, place: str) -> None:
    answer = struck(hiapi, client, "redirect", to=hiapi.places[place])
    assert answer.status_code == 302
    if place.endswith("host"):
        assert client.http.get(answer.next_request.url).headers["Content-Type"] == "image/png"  # type: ignore[union-attr]


def test_the_trap_counts_its_visitors(hiapi: StandIn, client: Client) -> None:
    assert hiapi.trap.visits == 0
    with pytest.raises(httpx.TransportError):
        client.get(hiapi.trap.url)
    assert hiapi.trap.visits == 1
    assert hiapi.trap.port != hiapi.port


@pytest.mark.parametrize("kind", ["403", "404", "410", "500", "503"])
def test_a_file_may_be_gone(hiapi: StandIn, client: Client, kind: str) -> None:
    answer = struck(hiapi, client, kind, times=1)
    assert (answer.status_code, answer.text[:5]) == (int(kind), "<?xml")
    assert client.get(str(answer.url)).status_code == 200


def test_a_file_may_take_its_time(hiapi: StandIn, client: Client) -> None:
    assert struck(hiapi, client, "slow", seconds=0.05).status_code == 200
    hiapi.faults.clear()
    url = address(client)
    hiapi.faults.on("file", "hang")
    client.http.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        client.get(url)
