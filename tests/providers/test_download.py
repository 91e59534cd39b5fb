"""Results are fetched from whatever sends them, for so long and for so many bytes."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from studio.messages import MESSAGES
from studio.providers import data_url, download
from studio.providers.base import Order, Ready, Taken, Working
from studio.providers.errors import Declined, ProviderError, Wait
from studio.providers.hiapi import Hiapi
from tests import pictures
from tests.standin import StandIn


@pytest.fixture
def address(hiapi: Hiapi, standin: StandIn, order: Callable[..., Order]) -> str:
    """Where a finished picture lies."""
    taken = hiapi.submit(hiapi.prepare(order()), "key-1")
    assert isinstance(taken, Taken)
    standin.settle()
    while isinstance(news := hiapi.look(taken.task_id), Working):
        standin.advance(1)
    assert isinstance(news, Ready)
    return news.address


@pytest.fixture(autouse=True)
def _low_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST", 3_000_000)


def fetched(hiapi: Hiapi, address: str) -> bytes:
    into = BytesIO()
    hiapi.fetch(address, into)
    return into.getvalue()


def test_a_result_arrives_byte_for_byte(hiapi: Hiapi, standin: StandIn, address: str) -> None:
    assert data_url.media_type(fetched(hiapi, address)) == "image/png"
    assert standin.ledger.served[0].bytes == len(fetched(hiapi, address))


@pytest.mark.parametrize("kind", ["html_type", "as_jpeg", "as_webp", "tiny", "other_ratio"])
def test_the_type_that_is_announced_is_not_believed(
    hiapi: Hiapi, standin: StandIn, address: str, kind: str
) -> None:
    standin.faults.on("file", kind)
    assert data_url.media_type(fetched(hiapi, address))


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("403", Declined, "result_gone"),
        ("404", Declined, "result_gone"),
        ("410", Declined, "result_gone"),
        ("500", Wait, "result_unreachable"),
        ("503", Wait, "result_unreachable"),
        ("cut", Wait, "result_cut"),
        ("reset", Wait, "result_cut"),
        ("reset_at_once", Wait, "result_cut"),
        ("hang", Wait, "result_cut"),
        ("drip", Wait, "result_cut"),
        ("html", Wait, "result_not_a_picture"),
        ("no_bytes", Wait, "result_not_a_picture"),
        ("endless", Declined, "result_too_big"),
        ("gzip_bomb", Wait, "result_not_a_picture"),
    ],
)
def test_what_can_be_wrong_with_a_result(
    hiapi: Hiapi,
    standin: StandIn,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    error: type[ProviderError],
    code: str,
) -> None:
    if kind in ("hang", "drip"):
        monkeypatch.setattr(download, "SECONDS", 0.5)
    standin.faults.on("file", kind)
    with pytest.raises(error) as raised:
        fetched(hiapi, address)
    assert raised.value.code == code
    assert code in MESSAGES


@pytest.mark.parametrize("at", [0, 1, 7, 8, 9, 11, 12, 13, 100, 1000])
def test_a_result_that_is_cut_anywhere_is_never_taken_for_whole(
    hiapi: Hiapi, standin: StandIn, address: str, at: int
) -> None:
    standin.faults.on("file", "cut", at=at)
    with pytest.raises(Wait) as raised:
        fetched(hiapi, address)
    assert raised.value.code == "result_cut"


@pytest.mark.parametrize("to", ["trap", "other_host", "file", "same_host", "loop"])
def test_a_redirect_is_not_followed(hiapi: Hiapi, standin: StandIn, address: str, to: str) -> None:
    standin.faults.on("file", "redirect", to=standin.places[to])
    with pytest.raises(Declined) as raised:
        fetched(hiapi, address)
    assert raised.value.code == "result_elsewhere"
    assert standin.trap.visits == 0


@pytest.mark.parametrize("announced", [True, False])
def test_reading_stops_where_it_is_too_much(
    hiapi: Hiapi, address: str, monkeypatch: pytest.MonkeyPatch, standin: StandIn, announced: bool
) -> None:
    monkeypatch.setattr(download, "MOST", 5_000)
    if not announced:
        standin.faults.on("file", "drip", rate=1_000_000)
    into = BytesIO()
    with pytest.raises(Declined) as raised:
        hiapi.fetch(address, into)
    assert raised.value.code == "result_too_big"
    assert len(into.getvalue()) <= 5_000


def test_a_place_that_only_the_api_may_have_is_none_for_results(
    provider: Callable[..., Hiapi], standin: StandIn, address: str
) -> None:
    """The operator's plain-http base address does not open that place to what answers name."""
    hiapi = provider(allow=frozenset())
    assert hiapi.glance(1).tasks
    for url in (
        address,
        standin.trap.url,
        "https://127.0.0.1/",
        "http://cdn.test/",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(Declined) as raised:
            fetched(hiapi, url)
        assert raised.value.code == "address_refused"
    assert standin.trap.visits == 0


def test_a_result_inside_its_address_is_unpacked(hiapi: Hiapi) -> None:
    photo = pictures.photo(format="WEBP")
    assert fetched(hiapi, data_url.encode(photo)) == photo
    with pytest.raises(Wait):
        fetched(hiapi, "data:image/png;base64,AAAA")


def test_a_full_disk_is_not_the_networks_fault(hiapi: Hiapi, address: str) -> None:
    class Full(BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        hiapi.fetch(address, Full())
