"""Dangerous settings do not start; the shipped ones do."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from pytest_django.fixtures import Settings

from studio import checks
from tests import certificates

QUEUE = settings.Q_CLUSTER
DATABASE = settings.DATABASES["default"]


def ids(found: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in found]


def test_the_shipped_settings_pass() -> None:
    assert run_checks() == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"retry": 120}, "studio.E001"),
        ({"timeout": None}, "studio.E001"),
        ({"max_attempts": 0}, "studio.E002"),
        ({"ack_failures": False}, "studio.E002"),
        ({"redis": {"host": "127.0.0.1"}}, "studio.E003"),
        ({"orm": None}, "studio.E003"),
        ({"queue_limit": 500, "retry": 100_000}, "studio.E004"),
        ({"save_limit": 250}, "studio.E005"),
        ({"catch_up": True}, "studio.E006"),
    ],
)
def test_a_queue_that_breaks_promises_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], refused: str
) -> None:
    monkeypatch.setattr(settings, "Q_CLUSTER", QUEUE | changes)
    found = checks.queue_is_safe(None)
    assert ids(found) == [refused]
    assert found[0].hint


def test_the_defaults_of_django_q_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "Q_CLUSTER", {"name": "studio", "workers": 4})
    assert ids(checks.queue_is_safe(None)) == [f"studio.E00{number}" for number in range(1, 7)]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [({"ATOMIC_REQUESTS": True}, "studio.E007"), ({"OPTIONS": {}}, "studio.E008")],
)
def test_a_database_that_fails_under_load_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], refused: str
) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": DATABASE | changes})
    assert ids(checks.databases_are_safe(None)) == [refused]


def test_a_deployment_with_the_shipped_settings_has_no_warnings() -> None:
    key = "a-long-key-that-nobody-guesses-0123456789-and-that-is-used-in-no-other-place"
    strict = {"STUDIO_ENV": "production", "STUDIO_HOSTS": "studio.example", "STUDIO_SECRET_KEY": key}
    shipped = {"DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.HOME,
        env=os.environ | shipped | strict,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_certificate_that_cannot_sign_is_refused_with_the_reason(settings: Settings) -> None:
    settings.C2PA_SIGNER = certificates.signer()
    assert checks.signer_can_sign(None) == []
    settings.C2PA_SIGNER = certificates.signer(-certificates.DAY)
    (refused,) = checks.signer_can_sign(None)
    assert refused.id == "studio.E009"
    assert "not valid at time of signing" in refused.msg
