"""How often a test repeats its fault, and the figures that are shown when all tests have ended.

`STUDIO_FAULT_ROUNDS=1` repeats nothing: what CI has time for. Without it every test makes all its rounds.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS: dict[str, list[float]] = defaultdict(list)


def rounds(full: int) -> range:
    most = int(os.environ.get("STUDIO_FAULT_ROUNDS") or full)
    return range(max(1, min(full, most)))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Notes how long something took that succeeded."""
    started = time.monotonic()
    yield
    SECONDS[what].append(time.monotonic() - started)


def figures() -> Iterator[str]:
    for what, seconds in SECONDS.items():
        yield f"{what}: {len(seconds)} times, slowest {max(seconds):.1f} s"
