"""`python -m tests.standin`: a stand-in in the foreground, for a person or another process."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.standin.__main__ import options, parse
from tests.standin.client import submission
from tests.standin.standin import StandIn

HOME = Path(__file__).parents[2]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_settings_serves_and_stops(tmp_path: Path, end: signal.Signals) -> None:
    command = [
        sys.executable, "-m", "tests.standin", "--port", "0", "--seed", "3", "--latency", "0", "0.1",
        "--secret", "s" * 16,
        "--ignore-keys", "--pictures", "flat", "--ledger", str(tmp_path / "ledger"),
        "--fault", "create/refuse_503:times=1",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    settings = dict(process.stdout.readline().strip().split("=", 1) for _ in range(6))
    headers = {"Authorization": f"Bearer {settings['HIAPI_API_KEY']}"}
    with httpx.Client(base_url=settings["HIAPI_BASE_URL"], headers=headers, trust_env=False) as http:
        statuses = [http.post("/v1/tasks", json=submission()).status_code for _ in range(2)]
    process.send_signal(end)
    out, _ = process.communicate(timeout=10)
    assert (process.returncode, out, statuses) == (0, "", [503, 200])
    assert settings["HIAPI_SITE_URL"] == f"http://{settings['STUDIO_FETCH_ALLOW']}"
    assert (settings["HIAPI_WEBHOOK_SECRET"], settings["HIAPI_IDEMPOTENCY"]) == ("s" * 16, "ignored")
    assert len((tmp_path / "ledger").read_text().splitlines()) >= 3


def test_a_command_runs_with_settings_that_a_second_terminal_can_take_over(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f'echo "$HIAPI_BASE_URL $STUDIO_PUBLIC_URL $HIAPI_WEBHOOK_SECRET" > {seen}'
    command = [
        sys.executable, "-m", "tests.standin", "--port", "0", "--secret", "it's a signing key", "--",
        "sh", "-c", script,
    ]  # fmt: skip
    environment = os.environ | {"PORT": "8123"}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=True)
    lines = [line.strip() for line in done.stdout.splitlines() if line.startswith("  export ")]
    settings = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    told = f"{settings['HIAPI_BASE_URL']} http://127.0.0.1:8123 it's a signing key"
    assert seen.read_text().strip() == told
    assert settings["STUDIO_PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert settings["HIAPI_BASE_URL"] in done.stdout.splitlines()[0]
    assert "forgets its tasks" in done.stdout


def test_a_port_that_is_taken_is_told() -> None:
    with StandIn() as other:
        taken = other.url.rpartition(":")[2]
        command = [sys.executable, "-m", "tests.standin", "--port", taken]
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Port {taken} is taken; choose another with --port.\n"


def test_faults_have_options_of_their_own() -> None:
    assert options("create/hang") == {}
    assert options("create/x:times=3,chance=0.5,to=there") == {"times": 3, "chance": 0.5, "to": "there"}


def test_it_asks_for_nothing() -> None:
    asked = parse([])
    assert (asked.port, asked.seed, asked.latency, asked.fault) == (8011, 1, [3.0, 8.0], [])
