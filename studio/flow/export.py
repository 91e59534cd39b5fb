"""Chosen pictures leave the house as one archive.

What was asked for is kept first, picture by picture. Then all workers cut what is not cut yet; at the end one
of them freezes the listing, from which the archive is streamed as often as it is wanted.
"""

import hashlib
import logging
import tempfile
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.timezone import localtime

from studio import queue, storage
from studio.flow import cut as cuts
from studio.flow import disk, manifest, naming, outgoing, selection
from studio.flow.hold import held
from studio.flow.listing import Archive, Writer, crc32_of
from studio.flow.outgoing import Missing
from studio.flow.zip_layout import Member
from studio.imaging.errors import Refused
from studio.models import Brand, Chosen, Export, Render, Review, Shoot, State, User

log = logging.getLogger(__name__)
TRIES: Final = 3
TURN: Final = 2.0  # seconds of cutting before the queue's next message has its turn
AT_ONCE: Final = 500  # rows written or removed at a time
REMEMBERED: Final = timedelta(days=90)  # beyond an archive's end: so long it can be asked for again
WHOLE: Final = 60  # seconds for which a listing whose files were all there is believed


def request(
    brand: Brand,
    person: User | None,
    renders: Iterable[Render],
    shoot: Shoot | None = None,
    template: str = "",
    skip_failing: bool = False,
) -> Export:
    """Asks for an archive; workers build it. An unfinished one of the same pictures is given again.

    Without a template it is the brand's own. Raises Refused("disk_low"), and those of naming.check.
    """
    disk.need_room()
    template = naming.check(template or brand.export_template or naming.DEFAULT)
    wishes: dict[str, Any] = {"shoot": shoot, "template": template, "skip_failing": skip_failing}
    rows = _rows(renders)
    with transaction.atomic():
        if shoot and (running := _unfinished(rows, wishes)):
            return running
        export = Export.objects.create(brand=brand, created_by=person, **wishes)
        _choose(export, rows)
        queue.build_exports()
    return export


def remember(brand: Brand, template: str) -> None:
    """The brand's next archives are named like this unless somebody says otherwise."""
    Brand.objects.filter(pk=brand.pk).update(export_template=naming.check(template))


def again(export: Export, person: User | None) -> Export:
    """The same pictures, unless they are gone or were rejected meanwhile, under the same names.

    Raises Refused("export_forgotten") for an archive of long ago, and what `request` raises.
    """
    if export.promised and not export.chosen.exists():
        raise Refused("export_forgotten")
    renders = export.renders.exclude(review=Review.REJECTED)
    return request(export.brand, person, renders, export.shoot, export.template, export.skip_failing)


def work() -> None:
    """Gives each archive that is due its turn, so that none waits for another. They wait for room."""
    had: list[int] = []
    while not disk.low() and (claimed := Export.objects.due().exclude(pk__in=had).claim(1)):
        had.append(claimed[0].pk)
        _take_turn(claimed)


def finish(export: Export) -> None:
    """Builds this archive now, or waits for the worker that has it already."""
    rows = Export.objects.filter(pk=export.pk)
    while rows.filter(state__in=("queued", "building")).exists():
        if not _take_turn(rows.due().claim(1)):
            time.sleep(0.3)


def to_be_cut(export: Export) -> int:
    """How many of its pictures are not cut yet."""
    return export.renders.filter(state=State.DONE, cuts_due=True).count()


def cut_all(export: Export) -> None:
    """Cuts what the archive needs and nobody else is cutting, beside whoever builds it."""
    while _cut_one(export):
        pass


def _take_turn(claimed: list[Export]) -> bool:
    """Whether there was one, and it came to its end. Trouble with one holds up no other."""
    if not claimed:
        return False
    with held(claimed):
        try:
            return build(claimed[0])
        except Exception:
            log.exception("Archive %s could not be built", claimed[0].pk)
            return False


def build(export: Export) -> bool:
    """Makes what is missing, freezes the listing, then says so. A third failure is final.

    It cuts for a turn only, then gives way: False. What was cut stays, and counts as no try.
    """
    if not export.mine(state__in=("queued", "building")).update(state="building"):
        return True
    try:
        if not _prepared(export):
            return False
    except Exception:
        if _tried(export):
            return True
        raise
    if _tried(export):
        return True
    try:
        with tempfile.TemporaryFile(dir=settings.DATA) as file:
            _finish(export, file, *freeze(export, file))
    except OSError as error:
        if not disk.is_full(error):
            raise
        export.mine().update(state="failed", failure="disk_full", finished_at=timezone.now())
    return True


def _tried(export: Export) -> bool:
    """Counts a try; whether that was one too many."""
    export.tries += 1
    export.mine().update(tries=export.tries)
    if export.tries <= TRIES:
        return False
    export.mine().update(state="failed", failure="export_failed", finished_at=timezone.now())
    return True


def freeze(export: Export, file: IO[bytes]) -> tuple[int, int, list[Missing]]:
    """Writes the listing. The archive's bytes, its files without the manifests, and what is missing."""
    names, writer, count = naming.Names(), Writer(file), 0
    missing: list[Missing] = []
    with manifest.begun(export) as told:
        for one in outgoing.files(export):
            if isinstance(one, Missing):
                missing.append(one)
                continue
            name, sealed = names.give(one.wish), one.sealed
            at = localtime(one.at).replace(tzinfo=None)
            writer.add(Member(name, at, sealed.size, sealed.crc32), sealed.pieces)
            told.add(name, one)
            count += 1
        told.finish(missing)
        for name, table in zip(naming.OWN, (told.table, told.tree), strict=True):
            _add_whole(writer, name, table, export)
    return writer.finish(), count, missing


def progress(export: Export) -> tuple[int, int]:
    """How many of its files are there to be packed, and how many were asked for."""
    rows = export.chosen.filter(Q(render__cuts_due=True) | Q(uncut={}), render__state=State.DONE)
    waiting = rows.aggregate(files=Sum("files"))["files"] or 0
    return max(0, export.promised - waiting), export.promised


def opened(export: Export, goes_on: bool = False) -> Archive | None:
    """The archive to be read. None when it is not there, or when files of it went: then it is built anew.

    How many went is in `export.lost` then. Raises nothing: whoever asked sees the export's page. A download
    that `goes_on` in parts does not look for every file at each of them.
    """
    try:
        archive = Archive(export.file) if export.file else None
    except FileNotFoundError:  # the listing itself, which is made anew like any other
        begun_again(export, [export.file])
        return None
    if archive is None or (goes_on and cache.get(f"whole-{export.file}")):
        return archive
    if lost := archive.lost():
        archive.close()
        begun_again(export, lost)
        return None
    cache.set(f"whole-{export.file}", True, WHOLE)
    return archive


def begun_again(export: Export, lost: list[str]) -> None:
    """A finished archive that lost files goes back into the queue. Whoever notices first does it."""
    rows = Export.objects.filter(pk=export.pk, state="done", file=export.file)
    export.lost = len(lost)
    if rows.update(state="queued", file="", tries=0):
        cuts.made_anew(lost)
        storage.delete([export.file])
        queue.build_exports()


def forget_expired() -> None:
    """Removes archives that nobody fetched in time; asking again builds them anew."""
    for export in Export.objects.expired():
        if Export.objects.filter(pk=export.pk, file=export.file).update(file=""):
            storage.delete([export.file])


def forget_chosen() -> int:
    """Removes some of what was chosen for archives that ended long ago. Gives how many pictures' rows.

    Who took how many files when, under which names, stays on the archive's row.
    """
    ended = Export.objects.ended_before(timezone.now() - REMEMBERED)
    some = Chosen.objects.filter(export__in=ended.order_by()).order_by("pk").values_list("pk", flat=True)
    gone, _ = Chosen.objects.filter(pk__in=list(some[:AT_ONCE])).delete()
    wordy = ended.exclude(missing=[]).order_by("pk").values_list("pk", flat=True)
    Export.objects.filter(pk__in=list(wordy[:AT_ONCE])).update(missing=[])
    return gone


def kept_keys() -> Iterable[str]:
    """The stored files that archives are made of: nobody may remove them before the archive expires."""
    for file in Export.objects.exclude(file="").values_list("file", flat=True):
        try:
            with Archive(file) as archive:
                yield from (piece.key for piece in archive.pieces())
        except FileNotFoundError:
            continue


def _unfinished(renders: QuerySet[Render], wishes: dict[str, Any]) -> Export | None:
    """One of the very same pictures, under way."""
    wanted = set(renders.values_list("pk", flat=True))
    for export in Export.objects.filter(state__in=("queued", "building"), **wishes):
        if set(export.chosen.values_list("render", flat=True)) == wanted:
            return export
    return None


def _rows(renders: Iterable[Render]) -> QuerySet[Render]:
    if isinstance(renders, QuerySet):
        return renders
    return Render.objects.filter(pk__in=[render.pk for render in renders])


def _choose(export: Export, renders: QuerySet[Render]) -> None:
    """Keeps each picture with what it was called and how many files it is to give."""
    shaped, rows = selection.shapes(renders), []
    fields = ("pk", "shoot", "ratio", "product__sku", "scene_version__scene__name")
    for pk, shoot, ratio, sku, scene in renders.order_by("pk").values_list(*fields):
        shape = shaped[shoot, ratio]
        facts: dict[str, Any] = {"files": shape.files, "uncut": {} if shape.uncut else None}
        rows.append(Chosen(export=export, render_id=pk, label=f"{sku}, {scene}, {ratio}", **facts))
    Chosen.objects.bulk_create(rows, batch_size=AT_ONCE)
    export.promised = sum(row.files for row in rows)
    Export.objects.filter(pk=export.pk).update(promised=export.promised)


def _prepared(export: Export) -> bool:
    """Whether all is cut and read. If not, it helps for a turn, and has all other workers help."""
    end = time.monotonic() + TURN
    due = export.renders.filter(state=State.DONE, cuts_due=True)
    if due.exists():
        queue.cut_renders(settings.WORKERS)
    while _cut_one(export) or _read_some(export, end):
        if time.monotonic() > end:
            queue.build_exports()
            return False
    return not due.exists()


def _cut_one(export: Export) -> bool:
    """Cuts one picture that nobody else is cutting. False when there is none."""
    rows = cuts.due().filter(pk__in=export.renders.values("pk")).order_by("pk").claim(1)
    with held(rows):
        for render in rows:
            cuts.prepare(render)
    return bool(rows)


def _read_some(export: Export, end: float) -> bool:
    """Reads uncut pictures for their sums until `end`. False when there is none to be read."""
    read = False
    done = export.chosen.filter(uncut={}, render__state=State.DONE)
    for row in done.select_related("render__product", "render__scene_version__scene")[:AT_ONCE]:
        if row.render and storage.exists(row.render.picture):
            outgoing.seal(row, row.render)
            read = True
        if time.monotonic() > end:
            break
    return read


def _add_whole(writer: Writer, name: str, file: IO[bytes], export: Export) -> None:
    size, crc32 = crc32_of(file)
    file.seek(0)
    writer.add_file(Member(name, localtime(export.created_at).replace(tzinfo=None), size, crc32), file)


def _finish(export: Export, file: IO[bytes], size: int, count: int, missing: list[Missing]) -> None:
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    key = storage.save(File(file), "exports", "listing") if count else ""
    now = timezone.now()
    won = export.mine(state="building").update(
        state="done" if count else "failed",
        failure="" if count else "export_empty",
        file=key,
        bytes=size,
        sha256=sha256,
        count=count,
        missing=[one.kept() for one in missing],
        finished_at=now,
        expires_at=now + timedelta(days=settings.EXPORT_DAYS),
    )
    if not won:
        storage.delete(filter(None, [key]))
