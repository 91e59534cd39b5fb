"""What an import decided is done, row by row; stopped anywhere, it goes on from there."""

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch

from studio import queue, storage
from studio.flow import bundle, intake, sku
from studio.flow.bundle import Bundle
from studio.flow.import_verdict import differs
from studio.imaging.errors import Refused
from studio.models import Import, ImportFile, ImportRow, Product, RowVerdict
from studio.providers.errors import ProviderError
from studio.providers.fetch import fetch
from studio.providers.http import Http

ROWS: Final = 20  # taken up at once
FETCHING: Final = 4  # addresses at the same moment; as many files lie in memory


class _Ahead:
    """Fetches the addresses of files in their order, a few ahead of what is asked for."""

    def __init__(self, rows: list[ImportRow]) -> None:
        self._files = (file for row in rows for file in row.files.all() if file.address)
        self._asked: dict[int, Future[bytes]] = {}
        self._pool = ThreadPoolExecutor(FETCHING)

    def __enter__(self) -> "_Ahead":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def read(self, file: ImportFile) -> bytes:
        """Raises ProviderError."""
        for following in islice(self._files, FETCHING - len(self._asked)):
            self._asked[following.pk] = self._pool.submit(_fetch, following.address)
        return self._asked.pop(file.pk).result()


def _fetch(address: str) -> bytes:
    return fetch(_http(settings.FETCH_ALLOW), address, settings.UPLOAD_BYTES)


def go_on(imported: Import, end: float) -> bool:
    """Works rows off until `end`, a time of time.monotonic(). True when none is left."""
    with _bundle(imported) as archive:
        while rows := _next(imported):
            with _Ahead(rows) as ahead:
                for row in rows:
                    if not _apply(imported, row, end, archive, ahead):
                        return False
    return True


def _next(imported: Import) -> list[ImportRow]:
    open_files = Prefetch("files", ImportFile.objects.filter(reason="", done=False))
    rows = imported.rows.filter(done=False).select_related("product")
    return list(rows.prefetch_related(open_files)[:ROWS])


def _may_go_on(imported: Import, end: float) -> bool:
    """Whether there is time, it is still ours, and nobody has stopped it."""
    return time.monotonic() < end and not queue.stopping() and imported.mine(state="running").exists()


@contextmanager
def _bundle(imported: Import) -> Iterator[Bundle | None]:
    if not imported.archive:
        yield None
        return
    with storage.open_file(imported.archive) as file, bundle.opened(file, settings.UPLOAD_BYTES) as archive:
        yield archive


@cache
def _http(allow: frozenset[str]) -> Http:
    return Http(allow)


def _apply(imported: Import, row: ImportRow, end: float, archive: Bundle | None, ahead: _Ahead) -> bool:
    """The product, then its pictures. False when time is up or the disk is low; then the rest waits.

    Raises Refused("disk_full"), which is no fault of the row.
    """
    if not _may_go_on(imported, end):
        return False
    product = _product(imported, row)
    for number, file in enumerate(row.files.all()):
        if number and not _may_go_on(imported, end):
            return False
        try:
            _receive(imported, file, product, archive, ahead)
        except Refused as refusal:
            if refusal.code == "disk_low":
                return False
            if refusal.code == "disk_full":
                raise
            file.refuse(refusal.code, refusal.values)
        except ProviderError as error:
            file.refuse(
                error.code, {name: value for name, value in error.values.items() if name != "seconds"}
            )
        file.keep("sha256", "reason", "values", "done", "brought")
    _end(row)
    return True


@transaction.atomic
def _product(imported: Import, row: ImportRow) -> Product:
    """Makes it, or changes what the check said would be changed, and no more.

    The row tells at once who made it: whoever goes on after a stop finds the product there.
    """
    product = _known(imported, row)
    if not product:
        product, row.verdict = _new(imported, row), RowVerdict.NEW
    elif row.product:
        _change(row, product)
    else:  # it came since the check, maybe with a picture alone
        row.changes = _unsaid(row, product)
        row.verdict = RowVerdict.CHANGED if row.changes else RowVerdict.UNCHANGED
        _change(row, product)
    row.product = product
    row.keep("product", "verdict", "changes")
    return product


def _change(row: ImportRow, product: Product) -> None:
    changed = [
        name for name in ("name", "description") if name in row.changes and differs(row, product, name)
    ]
    for name in changed:
        setattr(product, name, getattr(row, name))
    if changed:
        product.save(update_fields=changed)


def _unsaid(row: ImportRow, product: Product) -> list[str]:
    """What nobody has said of the product yet and the row does; the check could not foresee it."""
    bare = {"name": product.name == intake.title(product.sku), "description": not product.description}
    return [name for name, unsaid in bare.items() if unsaid and differs(row, product, name)]


def _known(imported: Import, row: ImportRow) -> Product | None:
    """Whom the check has found, unless the SKU became another's; else who came since, whatever the case."""
    if row.product and row.product.sku.casefold() == row.sku.casefold():
        return row.product
    return next(iter(sku.named(imported.brand_id, row.sku)), None)


def _new(imported: Import, row: ImportRow) -> Product:
    said = {"name": row.name or intake.title(row.sku), "description": row.description}
    return Product.objects.create(
        brand_id=imported.brand_id, sku=row.sku, created_by_id=imported.created_by_id, **said
    )


def _receive(
    imported: Import, file: ImportFile, product: Product, archive: Bundle | None, ahead: _Ahead
) -> None:
    data = ahead.read(file) if file.address else _read(archive, file)
    arrival = intake.receive(imported.brand, imported.created_by, file.name, data, product)
    if arrival.product.pk != product.pk:
        raise Refused("file_same_as", sku=arrival.product.sku)
    file.sha256, file.done = hashlib.sha256(data).hexdigest(), True
    file.brought = arrival.news != "duplicate"


def _read(archive: Bundle | None, file: ImportFile) -> bytes:
    if archive is None or file.entry is None:
        raise Refused("source_not_here", file=file.name)
    return archive.read(file.entry)


def _end(row: ImportRow) -> None:
    """The verdict is about the product as it is now; pictures that failed have reasons of their own."""
    if row.verdict != RowVerdict.NEW:
        brought = ImportFile.objects.filter(row=row, brought=True)  # row.files has the open ones alone
        came = ["packshots"] if brought.exists() else []
        row.changes = [name for name in row.changes if name != "packshots"] + came
        row.verdict = RowVerdict.CHANGED if row.changes else RowVerdict.UNCHANGED
    row.done = True
    row.keep("verdict", "changes", "done")
