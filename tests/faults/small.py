"""A disk of a few megabytes, which a test fills to the last byte and frees again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator["Disk"]:
    """Mounted on `folder`. Where that is not allowed the test is skipped, and fails in CI."""
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        impossible("only root on Linux may mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    answer = subprocess.run(mount, capture_output=True, text=True, check=False)
    if answer.returncode:
        impossible(f"mounting a small disk is refused here: {answer.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def impossible(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"

    @property
    def left(self) -> int:
        """Bytes."""
        told = os.statvfs(self.folder)
        return told.f_bavail * told.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Takes all room but so many bytes, rounded up to whole blocks."""
        with self.filler.open("ab") as filler:
            while (size := self.left - leave) > 0:
                with suppress(OSError):  # somebody else was quicker with the last block
                    os.posix_fallocate(filler.fileno(), os.fstat(filler.fileno()).st_size, size)

    def free(self) -> None:
        self.filler.unlink(missing_ok=True)
