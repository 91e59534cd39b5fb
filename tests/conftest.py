"""What every test stands on: files of its own, and the standing cast."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from studio import storage
from studio.flow import cutout, hold, price, price_list
from studio.flow.engines import ENGINES
from studio.imaging.cutout import cut
from studio.models import Brand, Role, User
from studio.providers.account import Account
from studio.providers.hiapi import Hiapi
from tests import cast
from tests.engines import ScriptedRemote
from tests.market import QUICK
from tests.remembered import remembered, shelf
from tests.schedule import Schedule
from tests.settings import DATA
from tests.standin import StandIn


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Schedule:
    return Schedule(config, log)


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: the garbage collector need not go through them all the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_media(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A media folder for each test."""
    media = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path_factory.mktemp("media")},
    }
    settings.STORAGES = settings.STORAGES | {"default": media}


@pytest.fixture(scope="session", autouse=True)
def _nobody_renews() -> Iterator[None]:
    """A test's transaction holds the only write lock; the renewing thread would wait for it in vain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hold, "RENEW_EVERY", 600.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_cut_out_twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Many tests begin with the same packshot. Its cut-out takes seconds, most of them the network's."""
    shared = shelf(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutout, "cut_out", remembered(cut.cut_out, shared))
        patch.setattr(cut, "product_share", remembered(cut.product_share, shared))
        yield


@pytest.fixture
def brand(db: None) -> Brand:
    """Northfold, where the cast works."""
    return cast.brand("Northfold")


@pytest.fixture
def admin(brand: Brand) -> User:
    return cast.person("Ada Admin", brand, Role.ADMIN)


@pytest.fixture
def marketer(brand: Brand) -> User:
    return cast.person("Ines Marrow", brand, Role.MARKETER)


@pytest.fixture
def viewer(brand: Brand) -> User:
    return cast.person("Vic Viewer", brand, Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """Admin of another brand: may do anything there, and nothing here."""
    return cast.person("Sam Stranger", cast.brand("Halden"), Role.ADMIN)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(marketer)` gives a browser in which that person is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def hiapi(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> ScriptedRemote:
    """A provider that takes money, under the name of the real one, and the usual engine. It behaves."""
    remote = ScriptedRemote()
    settings.HIAPI_KEY, settings.ENGINE = "sk-canary", "hiapi"
    monkeypatch.setitem(ENGINES, "hiapi", remote)
    return remote


@pytest.fixture
def vendor(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., StandIn]]:
    """`vendor()` gives a stand-in that is HiAPI for this test: the engine `hiapi`, and the usual one.

    `models` are what HIAPI_MODELS would say, `secrets` what HIAPI_WEBHOOK_SECRET would: the last one signs.
    Other options are the stand-in's.
    """
    price_list._parsed.cache_clear()
    monkeypatch.setattr(price, "_not_before", {})
    with ExitStack() as stack:

        def put(models: tuple[str, ...] = (), secrets: tuple[str, ...] = (), **options: Any) -> StandIn:
            standin = stack.enter_context(StandIn(secret=secrets[-1] if secrets else "", **QUICK | options))
            _deal_with(standin, models, secrets, settings)
            engine = Hiapi(Account(**settings.HIAPI_ACCOUNT), storage.read, price_list.current)
            stack.callback(engine.close)
            monkeypatch.setitem(ENGINES, "hiapi", engine)
            return standin

        yield put


def _deal_with(
    standin: StandIn, models: tuple[str, ...], secrets: tuple[str, ...], settings: LazySettings
) -> None:
    settings.HIAPI_KEY, settings.ENGINE = standin.key, "hiapi"
    settings.HIAPI_RPM, settings.HIAPI_CONCURRENCY = 100_000, 8
    settings.HIAPI_ACCOUNT = {
        "key": standin.key,
        "base_url": standin.url,
        "site_url": standin.site_url,
        "secrets": secrets,
        "honours_keys": not standin.keys.ignored,
        "allow": frozenset({standin.place}),
        "models": models,
    }
