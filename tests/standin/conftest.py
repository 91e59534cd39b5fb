"""A stand-in for each test, quick and with flat pictures, and an ordinary submission."""

import base64
from collections.abc import Iterator

import pytest

from tests import pictures
from tests.standin import StandIn
from tests.standin.client import Client


@pytest.fixture(autouse=True)
def _own_media() -> None:
    """Nothing of Studio runs here, so no folder is made for it."""


@pytest.fixture
def hiapi() -> Iterator[StandIn]:
    with StandIn(seed=7, latency=(0.02, 0.05), pictures="flat", secret="0123456789abcdef") as standin:
        yield standin


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while Client.open:
        Client.open.pop().http.close()


@pytest.fixture
def client(hiapi: StandIn) -> Client:
    return Client(hiapi)


@pytest.fixture(scope="session")
def packshot() -> str:
    """A data URL of a reference picture."""
    data = pictures.packshot(width=300, height=200)
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
