"""A child is started, asked to stop, killed when it does not, and cleaned up after."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.launcher import child
from studio.launcher.child import Child

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('ready', flush=True)
time.sleep(60)
"""


@pytest.fixture
def made() -> Iterator[Callable[..., Child]]:
    """Makes children and leaves none behind."""
    children: list[Child] = []

    def make(*command: str) -> Child:
        children.append(Child("test", command))
        return children[-1]

    yield make
    for one in children:
        if one.process:
            one.process.kill()
            end_of(one)


def end_of(one: Child, within: float = 5) -> int:
    """Looks until the child has ended, as the launcher does."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if (code := one.look()) is not None:
            return code
        time.sleep(0.02)
    raise AssertionError(f"still running after {within} s")


def appears(path: Path) -> str:
    until = time.monotonic() + 5
    while not (path.exists() and path.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.02)
    return path.read_text().strip()


def lives(pid: str) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_it_tells_how_it_ended(made: Callable[..., Child]) -> None:
    one = made("sh", "-c", "exit 75")
    one.start()
    assert end_of(one) == 75
    assert one.process is None


def test_it_stops_when_asked(made: Callable[..., Child]) -> None:
    one = made("sleep", "60")
    one.start()
    one.ask_to_stop(grace=60)
    assert end_of(one) == -15


def test_one_that_does_not_hear_is_killed_when_its_time_is_up(
    made: Callable[..., Child], tmp_path: Path
) -> None:
    one = made("sh", "-c", f'exec "{sys.executable}" -c "{STUBBORN}" > {tmp_path / "out"}')
    one.start()
    assert appears(tmp_path / "out") == "ready"
    one.ask_to_stop(grace=0.3)
    asked_at = time.monotonic()
    assert end_of(one) == -9
    assert time.monotonic() - asked_at >= 0.3


def test_asking_twice_does_not_grant_more_time(made: Callable[..., Child]) -> None:
    one = made("sleep", "60")
    one.start()
    one.ask_to_stop(grace=1)
    first = one.kill_at
    one.ask_to_stop(grace=100)
    assert one.kill_at == first
    end_of(one)


def test_only_the_leader_is_asked_and_what_it_leaves_is_killed(
    made: Callable[..., Child], tmp_path: Path
) -> None:
    one = made("sh", "-c", f"trap 'exit 0' TERM; sleep 60 & echo $! > {tmp_path / 'pid'}; wait")
    one.start()
    left = appears(tmp_path / "pid")
    assert lives(left)
    one.ask_to_stop(grace=60)
    assert end_of(one) == 0
    until = time.monotonic() + 2
    while lives(left) and time.monotonic() < until:
        time.sleep(0.02)
    assert not lives(left)


def test_one_that_ends_is_started_again_and_later_each_time(
    made: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "DELAYS", (0.0, 0.1, 0.2))
    one = made("true")
    waits = []
    for _ in range(4):
        while one.tend() is None:
            time.sleep(0.01)
        waits.append(round(one.start_at - time.monotonic(), 1))
    assert waits == [0.1, 0.2, 0.2, 0.2]


def test_numerical_libraries_get_one_thread(made: Callable[..., Child], tmp_path: Path) -> None:
    one = made("sh", "-c", f"echo $OPENCV_FOR_THREADS_NUM $OMP_NUM_THREADS > {tmp_path / 'out'}")
    one.start()
    assert appears(tmp_path / "out") == "1 1"
    end_of(one)
