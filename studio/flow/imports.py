"""Products come in by the hundred: a list, an archive of packshots, a dry run, then the work itself."""

import hashlib
import logging
import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from studio import queue, storage
from studio.flow import (
    bundle,
    disk,
    import_apply,
    import_match,
    import_plan,
    import_verdict,
    mapping,
    quota,
    table,
)
from studio.flow.hold import held
from studio.flow.intake import clean_name, limits
from studio.flow.mapping import Mapping
from studio.imaging.errors import Refused
from studio.imaging.header import accept
from studio.models import Brand, Import, ImportFile, ImportRow, RowVerdict, User
from studio.models.imports import ImportQuerySet

log = logging.getLogger(__name__)
TURN: Final = 15.0  # seconds of work before the queue's next message has its turn
TRIES: Final = 3
PART: Final = 500  # rows written at once
KEPT: Final = timedelta(days=7)  # the files of an import that nobody goes on with
OPEN: Final = ("draft", "checked", "done")  # states in which nobody works on it
AGAIN: Final = (  # reasons that may have passed
    "fetch_gone", "fetch_trouble", "fetch_unreached", "fetch_moved", "brand_bytes", "brand_packshots",
    "decoder_died", "decoder_slow", "product_gone",
)  # fmt: skip


def begin(brand: Brand, person: User | None) -> Import:
    """An empty draft."""
    return Import.objects.create(brand=brand, created_by=person, expires_at=timezone.now() + KEPT)


def give(imported: Import, file: "File[bytes]") -> None:
    """Takes a list or an archive; what it is, its content says. The one before it of the same kind goes.

    Raises Refused. Nothing changes then.
    """
    disk.need_room()
    head = file.read(8)
    file.seek(0)
    name = clean_name(file.name or "")
    with disk.refusing_when_full():
        if bundle.looks_like(head):
            _take_archive(imported, file, name)
        else:
            _take_table(imported, file, name)


def choose(imported: Import, chosen: Mapping, headless: bool = False) -> None:
    """Says which column is what, and whether the first line is data; checks every row. Raises Refused."""
    read = read_table(imported, headless)
    mapping.check(chosen, read)
    _change(imported, mapping=chosen, headless=headless, table_rows=len(read.lines))
    check(imported)


def check(imported: Import) -> None:
    """Asks for the dry run. Raises Refused when there is nothing to check."""
    if not imported.files_stored:
        raise Refused("nothing_to_import")
    _change(imported, state="checking", planned=False, failure="", stumbles=0)
    queue.work_on_imports()


def apply(imported: Import) -> None:
    """Asks for the work itself; what is under way already goes on."""
    _move(imported, "checked", "running", todo=_open(imported))


def stop(imported: Import) -> None:
    """No further row is begun. What came in stays, and the rest can be imported later."""
    _move(imported, "running", "checked")
    _move(imported, "checking", "draft")


def retry(imported: Import) -> None:
    """Tries again what failed for a reason that may have passed."""
    with transaction.atomic():
        failed = failed_for_now(imported)
        imported.rows.filter(pk__in=failed.values("row")).update(reason="", values={}, done=False)
        failed.update(reason="", values={})
        _move(imported, "done", "running", todo=_open(imported))


def failed_for_now(imported: Import) -> Any:
    """Files that may be had at another try: a queryset."""
    failed = imported.files.filter(reason__in=AGAIN, done=False).exclude(row=None)
    return failed if imported.archive else failed.exclude(address="")


def counts(imported: Import) -> dict[str, int]:
    """How many rows have each verdict, and how many of those to be worked off are done."""
    by_verdict = dict(imported.rows.order_by().values_list("verdict").annotate(Count("pk")))
    found = {verdict.value: by_verdict.get(verdict.value, 0) for verdict in RowVerdict}
    found["all"] = sum(by_verdict.values())
    found["open"] = _open(imported)
    return found


def packshots(imported: Import) -> dict[str, int]:
    """How many pictures of the rows that are not left out came, are open, were here already, or failed.

    `again` are those of the open ones that failed in an import before, and are tried once more. A picture
    that a row has twice is one.
    """
    before = ImportFile.objects.filter(row=OuterRef("row"), number__lt=OuterRef("number"))
    twin = Exists(before.filter(sha256=OuterRef("sha256")).exclude(sha256=""))
    files = imported.files.exclude(row=None).exclude(row__verdict=RowVerdict.PROBLEM)
    is_open = Q(reason="", done=False)
    return files.aggregate(
        came=Count("pk", Q(brought=True)),
        open=Count("pk", is_open),
        again=Count("pk", is_open & Q(row__verdict=RowVerdict.UNCHANGED)),
        here=Count("pk", Q(~twin, done=True, brought=False)),
        failed=Count("pk", ~Q(reason="")),
    )


def troubled(imported: Import) -> QuerySet[ImportRow]:
    """Rows that somebody has to mend: they were left out, or a picture of theirs failed."""
    bad = ImportFile.objects.filter(row=OuterRef("pk")).exclude(reason="")
    return imported.rows.filter(~Q(reason="") | Exists(bad))


def delete(imported: Import) -> None:
    """Removes its rows and files; products and packshots that came in stay."""
    files = imported.files_stored
    Import.objects.filter(pk=imported.pk).delete()
    storage.delete(files)


def read_table(imported: Import, headless: bool) -> table.Table:
    """The list as it came, by its first line or without. Raises Refused when it is gone."""
    try:
        return table.read(storage.read(imported.table), headless)
    except FileNotFoundError:
        raise Refused("archive_gone", days=KEPT.days) from None


def forget_expired() -> None:
    """Removes files that nobody needs any more; what became of the rows stays.

    What was only checked cannot be imported without them, and says so.
    """
    for imported in Import.objects.expired():
        checked = Import.objects.expired().filter(pk=imported.pk, state="checked")
        checked.update(state="draft", failure="archive_gone", failure_values={"days": KEPT.days})
        _forget_files(imported, Import.objects.expired())


def work() -> None:
    """Takes a turn, and leaves a nudge when there is more to do; after trouble the heartbeat gives it."""
    if take_turn() and waiting().exists() and not disk.low():
        queue.work_on_imports()


def waiting() -> ImportQuerySet:
    """What is due, unless as many as may be are under way."""
    return Import.objects.due().fewer_than(max(1, settings.WORKERS // 2)).order_by("?")


def take_turn() -> bool:
    """Checks and imports what is due, for a while. False when one stumbled, which then has a rest.

    One after the other has its turn, in no order, so that none waits for the whole of another. Half
    of the workers are left alone: an import may wait for slow servers. Below the disk's floor it waits.
    """
    end = time.monotonic() + TURN
    while not disk.low() and (rows := waiting().claim(1)):
        with held(rows):
            if not _take_turn(rows[0], end):
                return False
        if time.monotonic() > end or queue.stopping():
            break
    return True


def finish(imported: Import) -> None:
    """Works on this import now until somebody has to decide something."""
    while Import.objects.filter(pk=imported.pk, state__in=("checking", "running")).exists():
        for claimed in Import.objects.due().filter(pk=imported.pk).claim(1):
            with held([claimed]):
                _take_turn(claimed, time.monotonic() + TURN)


def _take_archive(imported: Import, file: "File[bytes]", name: str) -> None:
    if (file.size or 0) > settings.ARCHIVE_BYTES:
        raise Refused("archive_bytes", bytes=file.size, limit=settings.ARCHIVE_BYTES)
    listed = _entries(file)
    file.seek(0)
    key, before = storage.save(file, "imports", "zip"), imported.archive
    told = {"archive_name": name, "archive_files": len(listed), "archive_bytes": file.size or 0}
    _give(imported, before, key, archive=key, **told)


def _take_table(imported: Import, file: "File[bytes]", name: str) -> None:
    if (file.size or 0) > table.BYTES:
        raise Refused("table_bytes", bytes=file.size, limit=table.BYTES)
    data = file.read()
    read, headless = _read_new(data)
    key, before = storage.save(data, "imports", "csv"), imported.table
    guessed: dict[str, Any] = {"mapping": mapping.guess(read), "headless": headless}
    _give(imported, before, key, table=key, table_name=name, table_rows=len(read.lines), **guessed)


def _read_new(data: bytes) -> tuple[table.Table, bool]:
    """The table, and whether its first line is data: one line alone may be, too. Raises Refused."""
    try:
        read = table.read(data)
    except Refused as refusal:
        if refusal.code != "table_no_rows" or not mapping.alone_is_data(table.read(data, headless=True)):
            raise
        return table.read(data, headless=True), True
    headless = mapping.is_data(read)
    return (table.read(data, headless=True) if headless else read), headless


def _give(imported: Import, before: str, key: str, **fields: Any) -> None:
    try:
        fields |= {"state": "draft", "planned": False, "failure": "", "expires_at": timezone.now() + KEPT}
        with transaction.atomic():
            if size := fields.get("archive_bytes"):
                quota.hold(imported.brand)
                quota.check_archive(imported, size)
            _change(imported, **fields)
    except BaseException:
        storage.delete([key])
        raise
    if before:
        storage.delete([before])


def _change(imported: Import, **fields: Any) -> None:
    """Only while nobody works on it. Raises Refused."""
    if not Import.objects.filter(pk=imported.pk, state__in=OPEN).update(**fields):
        raise Refused("import_under_way")
    for name, value in fields.items():
        setattr(imported, name, value)


def _open(imported: Import) -> int:
    return imported.rows.filter(done=False).count()


def _move(imported: Import, before: str, after: str, **fields: Any) -> None:
    moved = {"state": after, "stumbles": 0, "failure": ""} | fields
    if Import.objects.filter(pk=imported.pk, state=before).update(**moved):
        imported.state = after
        if after == "running":
            queue.work_on_imports()


def _entries(file: Any) -> list[bundle.Entry]:
    return bundle.entries(file, settings.ARCHIVE_BYTES, settings.UPLOAD_BYTES)


def _take_turn(imported: Import, end: float) -> bool:
    """One turn of work, and whether it went well; counted before, because it may be what kills its worker."""
    try:
        imported.mine().update(stumbles=imported.stumbles + 1)
        if imported.stumbles >= TRIES:
            _give_up(imported, "import_failed", {})
            return True
        with disk.refusing_when_full():
            _check(imported, end) if imported.state == "checking" else _run(imported, end)
    except Refused as refusal:
        _halt(imported) if refusal.code == "disk_full" else _give_up(imported, refusal.code, refusal.values)
    except FileNotFoundError:
        _give_up(imported, "archive_gone", {"days": KEPT.days})
    except Exception:
        log.exception("Import %s stumbled", imported.pk)
        return False
    imported.mine().update(stumbles=0)
    return True


def _halt(imported: Import) -> None:
    """Without room it waits while the disk is low. Where a quota is used up instead, somebody has to act."""
    if not disk.low():
        before = {"checking": "draft", "running": "checked"}[imported.state]
        full = {"failure": "disk_full", "failure_values": {}}
        imported.mine(state=imported.state).update(state=before, **full)


def _give_up(imported: Import, code: str, values: dict[str, Any]) -> None:
    imported.mine().update(state="draft", failure=code, failure_values=values)


def _check(imported: Import, end: float) -> None:
    if not imported.planned:
        _plan(imported)
    if _read_all(imported, end):
        import_verdict.judge(imported)
        imported.mine(state="checking", planned=True).update(state="checked")


def _plan(imported: Import) -> None:
    """Writes down the rows and the files; an earlier plan of the same import goes."""
    entries: list[bundle.Entry] = []
    if imported.archive:
        with storage.open_file(imported.archive) as file:
            entries = bundle.sorted_out(file, _entries(file))
    columns = {name: int(column) for name, column in imported.mapping.items()}
    listed = bool(imported.table)
    if listed:
        rows = import_plan.of_table(read_table(imported, imported.headless), columns)
    else:
        rows = import_plan.of_entries(entries)
    files = import_match.files(rows, entries, bool(imported.archive), listed)
    imported.files.all().delete()
    imported.rows.all().delete()
    for wanted in rows:
        wanted.row.imported, wanted.row.sources = imported, wanted.sources
    _write(ImportRow, [wanted.row for wanted in rows])
    for picture in files:
        picture.imported = imported
    _write(ImportFile, files)
    same = {"table": imported.table, "archive": imported.archive, "mapping": imported.mapping}
    same["headless"] = imported.headless
    imported.mine(**same).update(planned=True)  # unless they were replaced meanwhile


def _write(model: Any, rows: list[Any]) -> None:
    """In parts, so that nobody waits long for the write lock; a plan that was not ended is made again."""
    for start in range(0, len(rows), PART):
        model.objects.bulk_create(rows[start : start + PART])


def _read_all(imported: Import, end: float) -> bool:
    """Reads each file of the archive that is wanted: is it whole, is it a picture, which bytes are it.

    False when time ran out before all were read.
    """
    unread = imported.files.filter(entry__isnull=False, sha256="", reason="")
    if not unread.exists():
        return True
    with storage.open_file(imported.archive) as file, bundle.opened(file, settings.UPLOAD_BYTES) as archive:
        # A cursor that stays open is a snapshot: whoever else writes meanwhile locks us out of writing.
        while batch := list(unread[:PART]):
            for one in batch:
                if time.monotonic() > end:
                    return False
                _look_into(one, archive)
    return True


def _look_into(file: ImportFile, archive: bundle.Bundle) -> None:
    try:
        data = archive.read(file.entry or 0)
        accept(data, limits())
        file.sha256 = hashlib.sha256(data).hexdigest()
    except Refused as refusal:
        file.refuse(refusal.code, refusal.values)
    file.keep("sha256", "reason", "values")


def _run(imported: Import, end: float) -> None:
    if not import_apply.go_on(imported, end):
        return
    now = timezone.now()
    ended = imported.mine(state="running").update(state="done", finished_at=now, expires_at=now + KEPT)
    if ended and not troubled(imported).exists():
        _forget_files(imported, Import.objects.all())


def _forget_files(imported: Import, among: ImportQuerySet) -> None:
    if among.filter(pk=imported.pk).update(table="", archive=""):
        storage.delete(imported.files_stored)
