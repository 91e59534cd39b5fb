"""What monitors ask."""

import shutil

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from studio.flow import disk, sweep
from studio.models import Pulse
from studio.web.views import health


@pytest.fixture(autouse=True)
def _asked_for_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "health", health.Health())


def test_the_process_says_that_it_lives(client: Client) -> None:
    page = client.get("/healthz")
    assert page.status_code == 200
    assert page.content == b"ok\n"


def test_ready_when_a_worker_and_the_heartbeat_were_heard(client: Client, db: None) -> None:
    Pulse.beat("canary")
    Pulse.beat("heartbeat")
    page = client.get("/readyz")
    assert page.status_code == 200
    assert all(page.json().values())


def test_not_ready_without_a_worker_and_it_says_which_part(client: Client, db: None) -> None:
    Pulse.beat("heartbeat")
    page = client.get("/readyz")
    assert page.status_code == 503
    assert page.json() == {
        "database": True,
        "storage": True,
        "disk": True,
        "worker": False,
        "heartbeat": True,
    }


def test_not_ready_when_the_disk_is_nearly_full(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free", lambda: 0)
    assert client.get("/readyz").json()["disk"] is False


def test_not_ready_when_the_database_cannot_be_read(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Pulse.beat("canary")
    Pulse.beat("heartbeat")
    with connection.execute_wrapper(broken):
        page = client.get("/readyz")
    assert page.status_code == 503
    assert page.json() == {
        "database": False,
        "storage": True,
        "disk": True,
        "worker": False,
        "heartbeat": False,
    }


def test_a_look_that_fails_is_told_to_all_who_ask_meanwhile(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def usage(path: str) -> None:
        looks.append(path)
        raise PermissionError

    monkeypatch.setattr(shutil, "disk_usage", usage)
    pages = [client.get("/readyz") for _ in range(3)]
    assert [(page.status_code, page.json()) for page in pages] == [(503, {"look": False})] * 3
    assert len(looks) == 1


def broken(*_: object) -> None:
    raise DatabaseError("database disk image is malformed")


def test_many_who_ask_at_once_get_one_look(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask, so asking must not be a way to keep the disk and the database busy."""
    looks: list[int] = []
    monkeypatch.setattr(sweep, "health", lambda: looks.append(1) or {"database": True})
    assert [client.get("/readyz").status_code for _ in range(20)] == [200] * 20
    assert len(looks) == 1


def test_what_breaks_is_told_a_few_seconds_later(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(health, "monotonic", lambda: clock[0])
    monkeypatch.setattr(disk, "free", lambda: 10**12)
    assert client.get("/readyz").json()["disk"] is True
    monkeypatch.setattr(disk, "free", lambda: 0)
    clock[0] += health.FRESH + 0.1
    assert client.get("/readyz").json()["disk"] is False


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_only_look_and_nobody_keeps_the_answer(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405
    assert "no-store" in client.get(path)["Cache-Control"]
