"""A result is fetched from the open internet or from what the operator named, wherever we are led."""

from collections.abc import Callable
from typing import Final

import pytest

from studio.flow import price
from studio.messages import say
from studio.models import FINAL, Brand, Render, State
from tests import market
from tests.standin import StandIn
from tests.standin.request import Request

Vendor = Callable[..., StandIn]
PRICE: Final = 30_000
# {port} is the trap's, {there} the stand-in's own host:port, which may be reached by plain http
TARGETS: Final = (
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "http://127.1:{port}/", "http://0.0.0.0:{port}/",
    "http://0:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/",
    "http://localhost:{port}/", "http://localhost.:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[64:ff9b::7f00:1]:{port}/", "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1]:{port}/", "https://[fd00::1]:{port}/", "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/", "https://100.64.0.1/",
    "https://224.0.0.1/", "https://255.255.255.255/", "http://127。0。0。1:{port}/", "http://１２７.0.0.1:{port}/",
    "https://{there}@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@{there}/",
    "https://127.0.0.1:{port}\\@{there}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_GET",
    "https://{there}.evil@127.0.0.1:{port}/", "//127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "http://{host}:{port}/",
)  # fmt: skip


def target(pattern: str, standin: StandIn) -> str:
    host = standin.place.split(":")[0]
    return pattern.format(port=standin.trap.port, there=standin.place, host=host)


def number_of(request: Request, standin: StandIn) -> int:
    """Which task, in the order of purchases, is read alone."""
    return int(standin.tasks.get(request.path.rpartition("/")[2]).number)


def assert_all_lost(brand: Brand, standin: StandIn, code: str, caplog: pytest.LogCaptureFixture) -> None:
    """A picture for each target: paid for, said and logged why; bought once; and nobody was at the trap."""
    market.launched(brand, "gi2-edit", takes=len(TARGETS))
    market.until(lambda: not Render.objects.exclude(state__in=FINAL).exists(), within=60)
    assert standin.trap.visits == 0
    assert len(standin.ledger.posts()) == len(standin.ledger.paid) == len(TARGETS)
    for lost in Render.objects.all():
        message = say(lost.failure, **lost.failure_values)
        assert (lost.state, lost.failure) == (State.FAILED, code)
        assert "It was paid for." in message.explanation
        assert "…" not in message.explanation
        assert f"The result of picture {lost.pk} cannot be had: {code}" in caplog.text
        assert lost.attempts.get().price_charged == PRICE


def test_addresses_that_lead_inwards_are_not_visited(
    brand: Brand, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    standin = vendor()
    standin.faults.on("list", "refuse_500")
    for place, pattern in enumerate(TARGETS):

        def mine(request: Request, place: int = place) -> bool:
            return number_of(request, standin) == place

        standin.faults.on("detail", "output_url", url=target(pattern, standin), when=mine)
    assert_all_lost(brand, standin, "address_refused", caplog)
    assert not [one for one in standin.ledger.entries if one.path.startswith("/files/")]


def test_redirects_are_not_followed_wherever_they_lead(
    brand: Brand, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    standin = vendor()
    for place, pattern in enumerate(TARGETS):
        to = target(pattern, standin).encode().decode("latin-1")
        standin.faults.on("file", "redirect", to=to, when=lambda task, place=place: task.number == place)
    assert_all_lost(brand, standin, "result_elsewhere", caplog)


@pytest.mark.parametrize("place", ["same_host", "other_host", "loop", "file", "trap"])
def test_not_even_a_redirect_to_where_we_may_go_is_followed(place: str, brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    standin.faults.on("file", "redirect", to=standin.places[place])
    assert market.finished(market.launched(brand, "gi2-edit")).failure == "result_elsewhere"
    assert not [one for one in standin.ledger.entries if "moved=1" in one.query]
    assert standin.trap.visits == 0


def test_a_name_that_nobody_knows_is_asked_for_again_later(brand: Brand, vendor: Vendor) -> None:
    """It may be the name server's fault; nothing is lost, and nobody else is visited."""
    standin = vendor()
    for point in ("detail", "list"):
        address = f"https://{standin.place.split(':')[0]}.evil.test:{standin.trap.port}/"
        standin.faults.on(point, "output_url", url=address)
    render = market.launched(brand, "gi2-edit")
    market.until(lambda: Render.objects.filter(state=State.COLLECTING).exists())
    for _ in range(10):
        market.turn()
    render.refresh_from_db()
    assert (render.state, standin.trap.visits) == (State.COLLECTING, 0)


def test_a_price_list_that_leads_inwards_is_not_followed(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    for pattern in TARGETS:
        to = target(pattern, standin).encode().decode("latin-1")
        standin.faults.on("pricing", "redirect", times=1, to=to)
    for _ in TARGETS:
        assert price.read("hiapi") is None
    assert standin.trap.visits == 0
    assert [one.fault for one in standin.ledger.entries] == ["redirect"] * len(TARGETS)


def test_the_address_that_was_named_works(brand: Brand, vendor: Vendor) -> None:
    standin = vendor()
    assert market.finished(market.launched(brand, "gi2-edit")).state == State.DONE
    assert [one.path.split("/")[1] for one in standin.ledger.entries if one.verdict == "served"] == ["files"]
