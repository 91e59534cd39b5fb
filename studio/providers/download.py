"""Fetching a result from the address that the provider gave: untrusted in every respect."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from studio.providers import data_url
from studio.providers.address import Barred, spelt
from studio.providers.answers import PATIENCE, wait
from studio.providers.errors import Declined, Wait
from studio.providers.http import Http, NotSent, Stream, Unanswered

SECONDS: Final = 60.0
MOST: Final = 64_000_000  # bytes
GONE: Final = (400, 401, 403, 404, 410)


def download(http: Http, address: str, into: BinaryIO) -> None:
    """Writes the picture as it comes. Raises Declined when there is none, Wait when there may be later."""
    if data_url.is_data_url(address):
        _decode(address, into)
        return
    try:
        with http.open("GET", spelt(address), seconds=SECONDS) as stream:
            for chunk in _picture(stream):
                into.write(chunk)
    except Barred:
        raise Declined("address_refused") from None
    except NotSent:
        raise Wait("result_unreachable", PATIENCE, told=False) from None
    except Unanswered:
        raise Wait("result_cut", PATIENCE, told=False) from None


def _picture(stream: Stream) -> Iterator[bytes]:
    """The bytes, if they are a picture's."""
    _check(stream)
    head, size = b"", 0
    for chunk in stream.chunks:
        size += len(chunk)
        if size > MOST:
            raise Declined("result_too_big", limit=MOST)
        if len(head) >= data_url.HEAD:
            yield chunk
            continue
        head += chunk
        if len(head) >= data_url.HEAD:
            yield _told(head)
    if len(head) < data_url.HEAD:
        _told(b"")


def _check(stream: Stream) -> None:
    if stream.status in GONE:
        raise Declined("result_gone", status=stream.status)
    if 300 <= stream.status < 400:
        raise Declined("result_elsewhere", status=stream.status)
    if stream.status != 200:
        raise wait("result_unreachable", stream.headers)
    if stream.headers.get("content-encoding", "identity").lower() != "identity":
        _told(b"")
    length = stream.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MOST:
        raise Declined("result_too_big", limit=MOST)


def _told(head: bytes) -> bytes:
    """The same bytes; raises Wait unless they begin a picture."""
    if not data_url.media_type(head):
        raise Wait("result_not_a_picture", PATIENCE, told=False)
    return head


def _decode(address: str, into: BinaryIO) -> None:
    try:
        into.write(data_url.decode(address).data)
    except ValueError:
        raise Wait("result_not_a_picture", PATIENCE, told=False) from None
