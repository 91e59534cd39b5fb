"""A test's own act in the middle of an answer: of a submission, a read, and a result."""

import socket

from tests.standin import StandIn
from tests.standin.client import Client


def test_an_act_comes_between_the_halves_of_an_answer_that_stays_whole(
    hiapi: StandIn, client: Client
) -> None:
    peers: list[int] = []

    def act(connection: socket.socket) -> None:
        peers.append(connection.getpeername()[1])

    hiapi.faults.on("create", "accept_then_act", act=act)
    hiapi.faults.on("detail", "act", act=act, times=1)
    hiapi.faults.on("file", "act", act=act, at=100)
    id = client.id()
    assert client.task(id)["taskId"] == id
    url = client.finished(id)["output"][0]["url"]
    assert client.get(url).content.startswith(b"\x89PNG")
    assert len(peers) == 3
