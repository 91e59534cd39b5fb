"""The media folder as tests need it: counted, aged, or on a disk that fills up."""

import errno
import os
import time
from typing import Any

from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

HOURS = 3600


class Budget:
    """How many bytes the disk still takes."""

    left = 10**9


class SmallDisk(FileSystemStorage):
    """Writes until the budget is used up, then fails as a full disk does, with a part of the file written."""

    budget = Budget()

    def _save(self, name: str, content: Any) -> str:
        whole = content.read()
        part = whole[: self.budget.left]
        key = super()._save(name, ContentFile(part))
        self.budget.left -= len(part)
        if len(part) < len(whole):
            raise OSError(errno.ENOSPC, "No space left on device")
        return key


def small_disk(settings: LazySettings, location: str) -> Budget:
    SmallDisk.budget = Budget()
    backend = {"BACKEND": "tests.stores.SmallDisk", "OPTIONS": {"location": location}}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    return SmallDisk.budget


def files(folder: str = "") -> list[str]:
    """The keys of all stored files."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    inside = [files(os.path.join(folder, one)) for one in folders]
    return sorted([os.path.join(folder, name) for name in names] + [key for keys in inside for key in keys])


def age(*keys: str, hours: float = 2) -> None:
    """Makes stored files look as old as that."""
    at = time.time() - hours * HOURS
    for key in keys:
        os.utime(default_storage.path(key), (at, at))
