"""The locks: one set of versions for everybody, with hashes, and from wherever they can be had."""

import re
import tomllib
from pathlib import Path

import pytest

from studio import __version__

HOME = Path(__file__).parent.parent
LOCKS = {path.stem: path.read_text() for path in (HOME / "requirements").glob("*.txt")}


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][\w.-]*==[\w.]+)", LOCKS[lock], re.MULTILINE))


def test_tests_run_on_the_versions_that_people_run() -> None:
    """`bin/setup dev` notes that runtime is installed too, and would be wrong if they differed."""
    assert len(pins("runtime")) > 10
    assert pins("runtime") < pins("credentials") < pins("dev")


def test_files_name_the_version_that_is_released() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())
    assert project["project"]["version"] == __version__


def test_every_library_that_is_asked_for_is_locked() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())
    asked = {"runtime": project["project"]["dependencies"], "dev": project["dependency-groups"]["dev"]}
    asked["credentials"] = [*asked["runtime"], *project["project"]["optional-dependencies"]["credentials"]]
    for lock, wanted in asked.items():
        names = {re.split(r"[<>=!]", line)[0] for line in wanted}
        assert names <= {pin.split("==")[0] for pin in pins(lock)}


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCKS[lock])[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCKS[lock]
    assert not re.search(r"^--(index|extra|find)", LOCKS[lock], re.MULTILINE)
