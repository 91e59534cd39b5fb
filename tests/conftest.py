"""What every test stands on: files of its own, and the standing cast."""

import shutil
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from studio.flow import hold
from studio.models import Brand, Role, User
from tests import cast
from tests.settings import DATA


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


@pytest.fixture(autouse=True)
def _nobody_renews(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction holds the only write lock; the renewing thread would wait for it in vain."""
    monkeypatch.setattr(hold, "RENEW_EVERY", 600.0)


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
