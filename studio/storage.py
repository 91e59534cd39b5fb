"""Where files live. A key is made by us, never from a name that came from outside."""

import io
import os
import uuid
from collections.abc import Iterable
from typing import BinaryIO, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage


def save(data: "bytes | File[bytes]", folder: str, extension: str) -> str:
    """Stores bytes under a fresh key and gives the key. The row that names it is written afterwards.

    What cannot be stored to its end is removed.
    """
    name = uuid.uuid4().hex
    key = f"{folder}/{name[:2]}/{name}.{extension}"
    try:
        return default_storage.save(key, ContentFile(data) if isinstance(data, bytes) else data)
    except OSError:
        default_storage.delete(key)
        raise


def read(key: str) -> bytes:
    with open_file(key) as file:
        return file.read()


def open_file(key: str) -> BinaryIO:
    """The stored file, open for reading. Raises FileNotFoundError."""
    return cast(BinaryIO, default_storage.open(key))


def open_raw(key: str) -> io.FileIO:
    """The stored file for those who read large blocks of many: without a buffer. Raises FileNotFoundError."""
    return open(_path(key), "rb", buffering=0)


def exists(key: str) -> bool:
    return default_storage.exists(key)


def size(key: str) -> int:
    """In bytes; -1 when it is not there."""
    try:
        return os.path.getsize(_path(key))
    except FileNotFoundError:
        return -1


def delete(keys: Iterable[str]) -> None:
    """Removes files; one that is gone already is no error."""
    for key in keys:
        default_storage.delete(key)


def _path(key: str) -> str:
    """Looking at each key for a way out of the folder takes as long as opening it; ours have none."""
    return os.path.join(cast(FileSystemStorage, default_storage).location, key)
