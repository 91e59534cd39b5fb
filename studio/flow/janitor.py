"""Stored files that no row and no archive names are removed: what a killed process left behind.

A file may be older than its row by the time it takes to write one, so only old files are looked at, and the
rows are read after the folder. Folders that are not ours are never entered.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from studio import storage
from studio.flow import export
from studio.models import Attempt, Correction, Cut, Export, Import, Packshot, Render, SceneVersion

log = logging.getLogger(__name__)
OLD: Final = timedelta(hours=1)
AT_ONCE: Final = 2000  # files removed in one turn
SUSPICIOUS: Final = (
    100  # more than these, and more than there are named ones: the rows are wrong, not the files
)

# Every column that holds a storage key, and where its files lie.
KEYS: Final[tuple[tuple[type[Model], str], ...]] = (
    (Packshot, "original"), (Packshot, "picture"), (Packshot, "thumb"), (Packshot, "cutout"),
    (Packshot, "cutout_thumb"), (Correction, "replaced"),
    (Packshot, "reference"), (Render, "reference"), (Attempt, "sheet"),
    (Render, "picture"), (Render, "screen"), (Render, "thumb"), (Attempt, "result"),
    (Cut, "file"), (Export, "file"), (Import, "table"), (Import, "archive"), (SceneVersion, "preview"),
)  # fmt: skip
FOLDERS: Final = (
    "originals", "packshots", "thumbs", "cutouts", "pictures", "screens", "cuts", "exports", "previews",
    "references", "health", "incoming", "imports",
)  # fmt: skip
OUTDATED: Final = "exports/", ".zip"  # archives stored whole, as they were once: no row can name one
PACKED: Final = ("pictures", "cuts")  # what archives are made of


def sweep() -> int:
    """Removes up to AT_ONCE old files that nothing names. Gives how many."""
    return sum(_sweep(folder) for folder in FOLDERS)


def _sweep(folder: str) -> int:
    old = [key for key in _files(folder) if _is_old(key)]
    if not old:
        return 0
    named = _named(folder)
    astray = [key for key in old if key not in named]
    odd = [key for key in astray if not _is_outdated(key)]
    if len(odd) > max(SUSPICIOUS, len(named)):
        log.error("%s files in %s are named by no row: more than half. None was removed.", len(odd), folder)
        astray = [key for key in astray if _is_outdated(key)]
    gone = list(islice(astray, AT_ONCE))
    storage.delete(gone)
    return len(gone)


def _is_outdated(key: str) -> bool:
    folder, ending = OUTDATED
    return key.startswith(folder) and key.endswith(ending)


def _files(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _files(f"{folder}/{inner}")


def _is_old(key: str) -> bool:
    try:
        return default_storage.get_modified_time(key) < timezone.now() - OLD
    except FileNotFoundError:  # somebody else removed it
        return False


def _named(folder: str) -> set[str]:
    packed = export.kept_keys() if folder in PACKED else ()
    return set(packed) | {key for model, column in KEYS for key in _column(model, column, folder)}


def _column(model: type[Model], column: str, folder: str) -> Any:
    rows = model._default_manager.filter(**{f"{column}__startswith": f"{folder}/"})
    return rows.values_list(column, flat=True).iterator()
