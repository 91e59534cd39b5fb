"""Connections go to the address that was checked, or to nobody."""

import socket
import threading
from collections.abc import Iterator

import pytest

from studio.providers.address import Barred
from studio.providers.http import Http, NotSent
from tests.providers.networks import Names, Recorder
from tests.standin import StandIn

WRITTEN = [
    "127.0.0.1", "127.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]",
    "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]",
    "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def ask(http: Http, url: str) -> int:
    return http.ask("GET", url, seconds=5, most=1000).status


@pytest.mark.parametrize("host", WRITTEN)
def test_no_way_to_write_a_private_host_is_connected_to(host: str, recorder: Recorder) -> None:
    with pytest.raises((Barred, NotSent)):
        ask(Http(network=recorder), f"https://{host}/secret.png")
    assert recorder.visited == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1", "8.8.8.8"], ["2606:4700::1", "fd00::1"]]
)
def test_one_private_address_among_public_ones_bars_the_name(
    addresses: list[str], recorder: Recorder
) -> None:
    with pytest.raises(Barred):
        ask(Http(resolve=Names(addresses), network=recorder), "https://cdn.test/")
    assert recorder.visited == []


@pytest.mark.parametrize(
    ("public", "private"), [("8.8.8.8", "127.0.0.1"), ("2606:4700::1", "::1"), ("8.8.8.8", "::1")]
)
def test_a_name_that_changes_its_mind_never_leads_inside(public: str, private: str) -> None:
    """Row 17: fifty answers each way round. The address that was checked is the one that is connected to."""
    for answers in ([public], [private]), ([private], [public]):
        for _ in range(50):
            recorder = Recorder(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            http = Http(resolve=Names(*answers), network=recorder)
            for _ in range(2):
                try:
                    ask(http, "https://cdn.test/")
                except Barred:
                    continue
            http.close()
            assert {host for host, _ in recorder.visited} == {public}


def test_the_next_address_is_tried_when_the_first_does_not_answer(standin: StandIn) -> None:
    http = Http({f"cdn.test:{standin.port}"}, Names(["::1", "127.0.0.1"]))
    assert ask(http, f"http://cdn.test:{standin.port}/x") == 404
    http.close()


def test_only_the_named_port_of_a_host_is_reached(standin: StandIn) -> None:
    http = Http({standin.place})
    assert ask(http, f"{standin.url}/x") == 404
    for url in (
        standin.trap.url,
        f"https://127.0.0.1:{standin.trap.port}/",
        f"http://localhost:{standin.port}/",
    ):
        with pytest.raises(Barred):
            ask(http, url)
    http.close()
    assert standin.trap.visits == 0


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port that keeps the first bytes of whoever comes, and hangs up."""
    heard: list[bytes] = []

    def listen() -> None:
        visitor, _ = server.accept()
        with visitor:
            heard.append(visitor.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(5)


def test_tls_speaks_to_the_name_although_the_address_was_resolved_before(
    listener: tuple[int, list[bytes]],
) -> None:
    port, heard = listener
    with pytest.raises(NotSent):
        ask(Http({f"cdn.test:{port}"}, Names(["127.0.0.1"])), f"https://cdn.test:{port}/")
    assert b"cdn.test" in heard[0]


def test_two_names_of_one_address_share_no_connection() -> None:
    """Else what is meant for one could go over a connection that was proven to be the other's."""
    recorder = Recorder(times=9)
    http = Http(resolve=Names(["8.8.8.8"]), network=recorder)
    for name in ("api.test", "cdn.test", "api.test"):
        ask(http, f"https://{name}/")
    http.close()
    assert recorder.visited == [("8.8.8.8", 443)] * 2


def test_a_name_that_is_not_known_is_no_refusal() -> None:
    def unknown(*about: object, **more: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "canary")

    with pytest.raises(NotSent):
        ask(Http(resolve=unknown), "https://cdn.test/")
