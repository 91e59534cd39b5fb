"""The fault tests' own rules: in CI none is left out, and each meets its fault at least once."""

import pytest

from tests.faults.rounds import rounds
from tests.faults.small import impossible


@pytest.mark.parametrize(("told", "made"), [("", 20), ("1", 1), ("0", 1), ("-3", 1), ("50", 20)])
def test_every_fault_is_met_at_least_once(monkeypatch: pytest.MonkeyPatch, told: str, made: int) -> None:
    monkeypatch.setenv("STUDIO_FAULT_ROUNDS", told)
    assert len(rounds(20)) == made


@pytest.mark.parametrize(
    ("ci", "ends"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)], ids=["ci", "elsewhere"]
)
def test_what_cannot_be_tried_fails_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, ci: str, ends: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends, match="no disk"):
        impossible("no disk")
