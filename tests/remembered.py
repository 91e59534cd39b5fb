"""What takes seconds and is the same each time: made once for all processes of a test run, kept in files."""

import hashlib
import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

Made = TypeVar("Made")


def shelf(factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run, the same for each of its processes."""
    base = factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "remembered"
    path.mkdir(exist_ok=True)
    return path


def remembered(make: Callable[..., Made], shelf: Path) -> Callable[..., Made]:
    """`make`, which is called once for the same arrays; everybody gets their own copy of what it gave."""

    def look(*arrays: NDArray[np.generic] | None) -> Made:
        path = shelf / f"{make.__name__}-{_digest(arrays)}"
        if path.exists():
            kept: Made = pickle.loads(path.read_bytes())
            return kept
        made = make(*arrays)
        part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        part.write_bytes(pickle.dumps(made))
        part.replace(path)
        return made

    return look


def _digest(arrays: tuple[NDArray[np.generic] | None, ...]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(b"none" if array is None else f"{array.dtype} {array.shape} ".encode())
        digest.update(b"" if array is None else array.tobytes())
    return digest.hexdigest()
