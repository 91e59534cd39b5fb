"""A living Studio for a test, and the figures at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rounds import figures
from tests.faults.visitor import ADMIN
from tests.living import Studio, eventually


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """It is ready, has an admin, and is stopped afterwards with nothing left of it."""
    living = Studio(tmp_path / "data", **ADMIN).start()
    eventually(lambda: living.status("/readyz") == 200, within=45)
    yield living
    living.stop()
    assert living.processes() == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if lines := list(figures()):
        terminalreporter.section("fault figures")
    for line in lines:
        terminalreporter.write_line(line)
