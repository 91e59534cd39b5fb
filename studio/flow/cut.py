"""One picture, cut for each placement it was asked for."""

import hashlib
import logging
import time
import zlib
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from PIL import Image

from studio import queue, storage
from studio.flow import channel, disk, located
from studio.flow.hold import held
from studio.flow.picture import keep_screen, pixels
from studio.flow.provenance import encoded
from studio.imaging import crop
from studio.imaging.channel_check import Piece
from studio.imaging.credentials import NotSigned
from studio.imaging.errors import Refused
from studio.imaging.ground import suited
from studio.models import Cut, Placement, Render, State, Verdict
from studio.models.render import RenderQuerySet

log = logging.getLogger(__name__)
TRIES: Final = 3
REST: Final = timedelta(seconds=60)
NO_ROOM: Final = timedelta(seconds=20)  # until the disk is asked again
TURN: Final = 2.0  # seconds of cutting before the queue's next message has its turn


def work() -> None:
    """Cuts finished renders for their placements, for a while. Pictures that arrive come first."""
    end = time.monotonic() + TURN
    while rows := due().order_by("pk").claim(1):
        with held(rows):
            prepare(rows[0])
        if time.monotonic() > end or _arriving():
            queue.cut_renders()
            return


def due() -> RenderQuerySet:
    """Finished and not cut yet; one that stumbled has a rest first."""
    rested = Q(look_again_at=None) | Q(look_again_at__lte=timezone.now())
    return Render.objects.filter(rested, cuts_due=True, state=State.DONE)


def prepare(render: Render) -> None:
    """Makes the copy for screens and cuts for every placement of its shoot that has its ratio.

    Each try is counted before it: a picture may be what kills its workers.
    """
    rows = Render.objects.filter(pk=render.pk, cuts_due=True)
    if render.stumbles >= TRIES:
        rows.update(cuts_due=False)
        return
    rows.update(stumbles=render.stumbles + 1)
    try:
        _finish(render)
    except Exception as error:
        log.exception("Render %s could not be cut", render.pk)
        _later(render, stumbled=not (disk.is_full(error) or isinstance(error, NotSigned)))
    else:
        rows.update(cuts_due=False, stumbles=0)


def missing(render: Render) -> list[Placement]:
    """The placements of the render's shoot that it has not been cut for yet."""
    have = render.cuts.values("placement")
    return list(render.shoot.placements.filter(ratio=render.ratio).exclude(pk__in=have))


def of(render: Render, placements: list[Placement]) -> list[Cut]:
    """The cuts for these placements, made now where they are missing."""
    have = set(render.cuts.values_list("placement_id", flat=True))
    ensure(render, [place for place in placements if place.pk not in have])
    return list(render.cuts.filter(placement__in=placements).select_related("placement"))


def ensure(render: Render, placements: list[Placement], image: Image.Image | None = None) -> list[Cut]:
    """Cuts the render for these placements. A cut that cannot be made is kept with its reason."""
    if not placements:
        return []
    image = image or pixels(render)
    located.find(render, image)
    cuts = [_cut(render, image, place) for place in placements]
    Render.objects.filter(pk=render.pk).update(updated_at=timezone.now())
    return cuts


def made_anew(lost: list[str]) -> None:
    """Cuts whose files went are due again, where their pictures are still there."""
    for cut in Cut.objects.filter(file__in=lost).select_related("render"):
        if storage.exists(cut.render.picture):
            cut.delete()
            Render.objects.filter(pk=cut.render_id).update(cuts_due=True, stumbles=0)


def _finish(render: Render) -> None:
    placements = missing(render)
    if render.screen and not placements:
        return
    image = pixels(render)
    if not render.screen:
        keep_screen(render, image)
    ensure(render, placements, image)


def _arriving() -> bool:
    return Render.objects.due().filter(state__in=(State.RUNNING, State.COLLECTING)).exists()


def _later(render: Render, stumbled: bool) -> None:
    """Once more after a rest; given up at the third time, but not for want of room or certificate."""
    stumbles = render.stumbles + stumbled
    again = Render.objects.filter(pk=render.pk, cuts_due=True)
    later = timezone.now() + (REST if stumbled else NO_ROOM)
    again.update(stumbles=stumbles, cuts_due=stumbles < TRIES, look_again_at=later)


def _cut(render: Render, image: Image.Image, place: Placement) -> Cut:
    rule, product = channel.rule_of(place), tuple(render.box) if render.box else None
    image = suited(image, rule.background)
    piece = crop.cut(image, (place.width, place.height), product, rule.safe, rule.background.fill)
    try:
        file = encoded(piece.image, place.format_names, place.max_bytes, render)
    except Refused as refusal:
        reason = {"failure": refusal.code, "failure_values": refusal.values}
        return _keep(Cut(render=render, placement=place, verdict=Verdict.FAILURE, **reason))
    found = channel.findings(file.data, rule, Piece(piece.box, image.size, piece.product))
    cut = Cut(
        render=render,
        placement=place,
        file=storage.save(file.data, "cuts", file.extension),
        extension=file.extension,
        media_type=file.media_type,
        width=piece.image.width,
        height=piece.image.height,
        bytes=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
        frame=list(piece.box),
        crc32=zlib.crc32(file.data),
        findings=found,
        verdict=channel.worst(found),
    )
    return _keep(cut)


def _keep(cut: Cut) -> Cut:
    """Whoever cut it first has the row; the other's file goes."""
    try:
        with transaction.atomic():
            cut.save(force_insert=True)
    except IntegrityError:
        storage.delete([cut.file] if cut.file else [])
        return Cut.objects.get(render=cut.render, placement=cut.placement)
    return cut
