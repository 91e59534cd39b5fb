"""The provider against a stand-in for HiAPI, with pictures in a dictionary instead of a storage."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.providers.base import Order
from studio.providers.hiapi import Account, Hiapi
from studio.providers.prices import Prices, parse
from tests import pictures
from tests.standin import StandIn

SECRET = "0123456789abcdef"
STORED = {"references/lamp.jpg": pictures.packshot(width=300, height=200)}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(seed=7, latency=(0.02, 0.05), pictures="flat", secret=SECRET) as standin:
        yield standin


@pytest.fixture
def account(standin: StandIn) -> Callable[..., Account]:
    """Ours at the stand-in, but for what the call says."""

    def make(**other: Any) -> Account:
        usual: dict[str, Any] = {
            "key": standin.key,
            "base_url": standin.url,
            "site_url": standin.site_url,
            "secrets": (SECRET,),
            "honours_keys": True,
            "allow": frozenset([standin.place]),
            "models": (),
        }
        return Account(**{**usual, **other})

    return make


@pytest.fixture
def provider(account: Callable[..., Account]) -> Iterator[Callable[..., Hiapi]]:
    """`provider(key="…")` is HiAPI as that account meets it."""
    made: list[Hiapi] = []

    def make(read: Callable[[str], bytes] = STORED.__getitem__, **other: Any) -> Hiapi:
        def prices() -> Prices:
            return parse(hiapi.fetch_prices())

        hiapi = Hiapi(account(**other), read, prices)
        made.append(hiapi)
        return hiapi

    yield make
    for one in made:
        one.close()


@pytest.fixture
def hiapi(provider: Callable[..., Hiapi]) -> Hiapi:
    return provider()


@pytest.fixture
def order() -> Callable[..., Order]:
    def make(**other: Any) -> Order:
        usual: dict[str, Any] = {
            "prompt": "put the lamp in a blue room",
            "ratio": "4:3",
            "resolution": "1K",
            "references": tuple(STORED),
            "model": "gi2-edit",
        }
        return Order(**{**usual, **other})

    return make
