"""Chosen pictures leave the house as one archive."""

import hashlib
import re
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, count
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, Final

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from studio import queue, storage
from studio.flow import cut as cuts
from studio.flow import disk, final, provenance
from studio.flow.hold import held
from studio.models import Brand, Cut, Export, Placement, Render, Review, Shoot, State, User

TRIES: Final = 3
CUTTING: Final = 40.0  # seconds; the queue cuts a task off at 120
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same pictures give the same archive


Missing = dict[str, Any]  # name, reason (a code), and values for its sentence


@dataclass(frozen=True)
class Entry:
    """One file of an archive: its name, the storage key of its bytes, and the packet to be put into them."""

    name: str
    key: str
    xmp: bytes = b""


def request(
    brand: Brand, person: User | None, renders: Iterable[Render], shoot: Shoot | None = None
) -> Export:
    """Asks for an archive; a worker builds it. An unfinished one of the same shoot is given again.

    Raises Refused("disk_low").
    """
    disk.need_room()
    with transaction.atomic():
        unfinished = Export.objects.filter(shoot=shoot, state__in=("queued", "building"))
        if shoot and (running := unfinished.first()):
            return running
        export = Export.objects.create(brand=brand, shoot=shoot, created_by=person)
        export.renders.set([render.pk for render in renders])
        queue.build_exports()
    return export


def work() -> None:
    """Builds what is due, one archive after the other. Below the disk's floor they wait."""
    while not disk.low() and (rows := Export.objects.due().claim(1)):
        with held(rows):
            build(rows[0])


def finish(export: Export) -> None:
    """Builds this archive now, or waits for the worker that has it already."""
    rows = Export.objects.filter(pk=export.pk)
    while rows.filter(state__in=("queued", "building")).exists():
        if claimed := rows.due().claim(1):
            with held(claimed):
                build(claimed[0])
        else:
            time.sleep(0.3)


def build(export: Export) -> None:
    """Makes missing cuts, writes the archive, stores it, then says so. A third failure is final.

    Cuts are made for a while only, then the archive gives way; what was cut stays, and counts as no try.
    """
    if not export.mine(state__in=("queued", "building")).update(state="building"):
        return
    if not _cut_for_a_while(export):
        queue.build_exports()
        return
    export.mine().update(tries=export.tries + 1)
    if export.tries + 1 > TRIES:
        export.mine().update(state="failed", failure="export_failed", finished_at=timezone.now())
        return
    try:
        entries, missing = _collect(export)
        with tempfile.TemporaryFile(dir=settings.DATA) as file:
            write(entries, file)
            _finish(export, file, len(entries), missing)
    except OSError as error:
        if not disk.is_full(error):
            raise
        export.mine().update(state="failed", failure="disk_full", finished_at=timezone.now())


def chosen(brand: Brand, shoot: Shoot | None = None) -> list[Render]:
    """What an archive of a shoot holds, or of a whole brand: the finished pictures that nobody rejected."""
    renders = shoot.renders.all() if shoot else brand.renders.filter(state=State.DONE)
    return list(renders.exclude(review=Review.REJECTED).exclude(state=State.CANCELLED))


def write(entries: list[Entry], file: IO[bytes]) -> None:
    """Writes an uncompressed zip: pictures do not get smaller. The same entries give the same bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, _EPOCH)
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as target, _opened(entry) as file:
                while block := file.read(1 << 20):
                    target.write(block)


def _opened(entry: Entry) -> BinaryIO:
    return provenance.open_marked(entry.key, entry.xmp)


def entries_of(render: Render) -> Iterator[Entry | Missing]:
    """The files of one render: its cuts, or the uncut picture where no placement was asked for.

    A final has the names of the picture it was made from. What cannot be given comes as
    `{"name": …, "reason": code}`.
    """
    if render.state != State.DONE:
        yield {"name": name_of(render), "reason": render.failure or render.state}
        return
    named = final.origin(render)
    made = list(render.cuts.select_related("placement"))
    if not made or render.ratio in render.shoot.ratios:
        name = name_of(named, extension=_suffix(render.picture))
        yield _present(Entry(name, render.picture, provenance.packet_of(render)))
    for cut in made:
        yield _entry(named, cut)


def name_of(render: Render, placement: Placement | None = None, extension: str = "", sku: str = "") -> str:
    """`MUG-0114_cafe-counter_meta_stories.jpg`, the ratio for an uncut picture; `_t2` for a second take."""
    place = placement.slug if placement else render.ratio.replace(":", "x")
    take = f"_t{render.take}" if render.take > 1 else ""
    stem = f"{_safe(sku or render.product.sku)}_{render.scene_version.scene.slug}_{place}{take}"
    return f"{stem}.{extension or _suffix(render.picture)}"


def _suffix(key: str) -> str:
    return PurePosixPath(key).suffix[1:] or "png"


def _cut_for_a_while(export: Export) -> bool:
    """Makes what is missing of the archive's cuts. False when time ran out before all were made."""
    end = time.monotonic() + CUTTING
    for render in export.renders.filter(state=State.DONE, cuts_due=True).order_by("pk"):
        if time.monotonic() > end:
            return False
        cuts.prepare(render)
    return True


def forget_expired() -> None:
    """Removes archives that nobody fetched in time; asking again builds them anew."""
    for export in Export.objects.expired():
        storage.delete([export.file])
        Export.objects.filter(pk=export.pk).update(file="")


def _collect(export: Export) -> tuple[list[Entry], list[Missing]]:
    entries: list[Entry] = []
    missing: list[Missing] = []
    rows = export.renders.select_related("product", "scene_version__scene", "shoot", "parent").order_by("pk")
    wanted = list(rows)
    replaced = final.replaced(wanted)
    for render in wanted:
        if render.pk in replaced:
            missing.extend(_left_out(render, replaced[render.pk]))
            continue
        for entry in entries_of(render):
            if isinstance(entry, Entry):
                entries.append(entry)
            else:
                missing.append(entry)
    return list(_unique(entries)), missing


def _left_out(render: Render, best: Render) -> Iterator[Missing]:
    """Its files, which now are those of its final."""
    values = {"before": render.resolution, "resolution": best.resolution}
    for entry in entries_of(render):
        name = entry.name if isinstance(entry, Entry) else entry["name"]
        yield {"name": name, "reason": final.REPLACED, "values": values}


def _entry(named: Render, cut: Cut) -> Entry | Missing:
    name = name_of(named, cut.placement, cut.extension or "jpg")
    if not cut.file:
        return {"name": name, "reason": cut.failure, "values": cut.failure_values}
    return _present(Entry(name, cut.file))


def _present(entry: Entry) -> Entry | Missing:
    return entry if storage.exists(entry.key) else {"name": entry.name, "reason": "file_gone"}


def _unique(entries: list[Entry]) -> Iterator[Entry]:
    """Two SKUs may become one name on a disk that ignores case; the second gets a number that is free."""
    seen: set[str] = set()
    for entry in entries:
        stem, dot, suffix = entry.name.rpartition(".")
        wishes = chain([entry.name], (f"{stem}_{number}{dot}{suffix}" for number in count(2)))
        name = next(wish for wish in wishes if wish.casefold() not in seen)
        seen.add(name.casefold())
        yield replace(entry, name=name)


def _finish(export: Export, file: IO[bytes], files: int, missing: list[Missing]) -> None:
    size = file.tell()
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    key = storage.save(File(file), "exports", "zip")
    now = timezone.now()
    won = export.mine(state="building").update(
        state="done" if files else "failed",
        failure="" if files else "export_empty",
        file=key,
        bytes=size,
        sha256=sha256,
        count=files,
        missing=missing,
        finished_at=now,
        expires_at=now + timedelta(days=settings.EXPORT_DAYS),
    )
    if not won:
        storage.delete([key])


def _safe(text: str) -> str:
    """Letters, digits and a few signs, in any script; safe on every disk and never empty."""
    plain = re.sub(r"[^\w.\-]+", "-", unicodedata.normalize("NFC", text)).strip("-. ")
    return plain[:80] or "product"
