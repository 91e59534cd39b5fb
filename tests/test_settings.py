"""A setting that cannot be meant is refused with its name, the value seen and what is allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio import env

HOME = Path(__file__).parent.parent
STRONG = "a-long-key-that-nobody-guesses-0123456789-and-that-is-used-in-no-other-place"
PRODUCTION = {"STUDIO_ENV": "production", "STUDIO_HOSTS": "studio.example", "STUDIO_SECRET_KEY": STRONG}


def read(
    folder: Path, code: str = "import studio.settings", **values: str
) -> subprocess.CompletedProcess[str]:
    """Starts a process that only reads the settings, with these values and nothing of ours beside them."""
    ours = ("STUDIO_", "DJANGO_", "HIAPI_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=HOME,
        env=kept | {"STUDIO_DATA": str(folder)} | values,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("seen", ["0", "70000", "-1", "8000.5", "٣", "eight"])
def test_a_number_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, seen: str) -> None:
    monkeypatch.setitem(env.values, "PORT", seen)
    with pytest.raises(ImproperlyConfigured, match="PORT is .* Allowed: a whole number from 1 to 65535"):
        env.number("PORT", 8000, 1, 65535)


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env.values, "PORT", " ")
    assert env.number("PORT", 8000, 1, 65535) == 8000


def test_white_space_around_a_value_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env.values, "STUDIO_HOSTS", " a.example ,, b.example\n")
    assert env.words("STUDIO_HOSTS", "") == ["a.example", "b.example"]


def test_an_unknown_choice_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env.values, "STUDIO_ENV", "staging")
    with pytest.raises(ImproperlyConfigured, match="STUDIO_ENV is 'staging'. Allowed: local or production"):
        env.choice("STUDIO_ENV", "local", ("local", "production"))


def test_reserved_names_are_refused_without_showing_what_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env.values, "DATABASE_URL", "postgres://studio:hunter2@db/studio")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is .* not available yet") as refusal:
        env.later("DATABASE_URL")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"STUDIO_BIND": "0.0.0.0"}, "STUDIO_BIND is '0.0.0.0'"),
        ({"STUDIO_PUBLIC_URL": "http://studio.example"}, "STUDIO_PUBLIC_URL is 'http://studio.example'"),
        (PRODUCTION | {"STUDIO_HOSTS": ""}, "STUDIO_HOSTS is ''"),
        (PRODUCTION | {"STUDIO_HOSTS": "*"}, "STUDIO_HOSTS is '*'"),
        (PRODUCTION | {"STUDIO_SECRET_KEY": ""}, "STUDIO_SECRET_KEY is ''"),
    ],
)
def test_what_is_unsafe_does_not_start(tmp_path: Path, values: dict[str, str], named: str) -> None:
    done = read(tmp_path, **values)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Allowed: " in done.stderr


def test_a_weak_key_is_refused_in_production_and_never_printed(tmp_path: Path) -> None:
    done = read(tmp_path, **PRODUCTION | {"STUDIO_SECRET_KEY": "hunter2"})
    assert "STUDIO_SECRET_KEY is '7 characters'" in done.stderr
    assert "hunter2" not in done.stderr


def test_two_keys_that_differ_are_refused_and_never_printed(tmp_path: Path) -> None:
    done = read(tmp_path, HIAPI_API_KEY="sk-first", HIAPI_TOKEN="sk-second")
    assert "HIAPI_TOKEN is 'another key than HIAPI_API_KEY'. Allowed: the same key, or empty." in done.stderr
    assert "sk-" not in done.stderr
    assert read(tmp_path, HIAPI_API_KEY="sk-first", HIAPI_TOKEN=" sk-first\n").returncode == 0
    assert read(tmp_path, HIAPI_TOKEN="sk-second").returncode == 0


def test_a_model_that_is_no_row_is_refused_with_those_that_are(tmp_path: Path) -> None:
    load = "import django; django.setup(); import studio.flow.engines"
    done = read(tmp_path, load, DJANGO_SETTINGS_MODULE="studio.settings", HIAPI_MODELS="foo")
    told = done.stderr.splitlines()[-1]
    assert "HIAPI_MODELS is 'foo'. Allowed: gi2-edit, gi2-edit-square," in told
    assert "with commas between them" in told


def test_a_certificate_or_key_that_cannot_be_read_is_refused_and_never_printed(tmp_path: Path) -> None:
    pem = tmp_path / "chain.pem"
    pem.write_text("chain")
    both = {"STUDIO_C2PA_CERTIFICATE": str(pem), "STUDIO_C2PA_KEY": str(pem)}
    assert read(tmp_path, **both).returncode == 0
    gone = read(tmp_path, **both | {"STUDIO_C2PA_KEY": "/nowhere.pem"})
    assert "STUDIO_C2PA_KEY is '/nowhere.pem'. Allowed: the path of a PEM file" in gone.stderr
    pasted = read(tmp_path, **both | {"STUDIO_C2PA_KEY": "-----BEGIN PRIVATE KEY----- hunter2"})
    assert "STUDIO_C2PA_KEY is 'a PEM itself'" in pasted.stderr
    assert "hunter2" not in pasted.stderr
    alone = read(tmp_path, STUDIO_C2PA_CERTIFICATE=str(pem))
    assert "STUDIO_C2PA_KEY is ''" in alone.stderr
    assert "go together" in alone.stderr


def test_the_key_is_made_once_and_only_for_the_owner_to_read(tmp_path: Path) -> None:
    read(tmp_path)
    made = (tmp_path / "secret-key").read_text()
    read(tmp_path)
    assert len(made) >= 50
    assert (tmp_path / "secret-key").read_text() == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_production_starts_with_a_strong_key_and_explicit_hosts(tmp_path: Path) -> None:
    assert read(tmp_path, **PRODUCTION).returncode == 0
