"""What monitors ask."""

import pytest
from django.test import Client

from studio.flow import disk
from studio.models import Pulse


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


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_only_look_and_nobody_keeps_the_answer(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405
    assert "no-store" in client.get(path)["Cache-Control"]
