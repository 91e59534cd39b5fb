"""Room on the disk: nothing new is begun below the floor, and a full disk is a sentence."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db import OperationalError

from studio.imaging.errors import Refused

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def free() -> int:
    """Bytes."""
    return shutil.disk_usage(settings.DATA).free


def low() -> bool:
    return free() < settings.DISK_FLOOR


def need_room() -> None:
    """Raises Refused("disk_low") below the floor."""
    if low():
        raise Refused("disk_low", free=free(), limit=settings.DISK_FLOOR)


def is_full(error: BaseException | None) -> bool:
    """Whether there was no room left, for a file or for a row."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, OperationalError) and "disk is full" in str(error)


@contextmanager
def refusing_when_full() -> Iterator[None]:
    """Raises Refused("disk_full") in place of the error."""
    try:
        yield
    except (OSError, OperationalError) as error:
        if is_full(error):
            raise Refused("disk_full") from error
        raise
