"""One picture, cut for each placement it was asked for."""

import hashlib
import io
import logging
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from studio import storage
from studio.flow import disk
from studio.imaging import crop
from studio.imaging.encode import encode
from studio.imaging.errors import Refused
from studio.models import Cut, Placement, Render, State

log = logging.getLogger(__name__)
TRIES: Final = 3


def prepare(render_id: int) -> None:
    """Cuts a finished render for every placement of its shoot that has its ratio."""
    render = Render.objects.filter(pk=render_id, state=State.DONE).first()
    if render is None:
        return
    try:
        ensure(render, missing(render))
    except Exception as error:
        log.exception("Render %s could not be cut", render.pk)
        _later(render, stumbled=not disk.is_full(error))
    else:
        Render.objects.filter(pk=render.pk).update(cuts_due=False)


def missing(render: Render) -> list[Placement]:
    """The placements of the render's shoot that it has not been cut for yet."""
    have = render.cuts.values("placement")
    return list(render.shoot.placements.filter(ratio=render.ratio).exclude(pk__in=have))


def of(render: Render, placements: list[Placement]) -> list[Cut]:
    """The cuts for these placements, made now where they are missing."""
    have = set(render.cuts.values_list("placement_id", flat=True))
    ensure(render, [place for place in placements if place.pk not in have])
    return list(render.cuts.filter(placement__in=placements).select_related("placement"))


def ensure(render: Render, placements: list[Placement]) -> list[Cut]:
    """Cuts the render for these placements. A cut that cannot be made is kept with its reason."""
    if not placements:
        return []
    image = Image.open(io.BytesIO(storage.read(render.picture)))
    cuts = [_cut(render, image, place) for place in placements]
    Render.objects.filter(pk=render.pk).update(updated_at=timezone.now())
    return cuts


def _later(render: Render, stumbled: bool) -> None:
    """Once more at the heartbeat's next look; given up at the third time, unless it was for want of room."""
    stumbles = render.stumbles + stumbled
    again = Render.objects.filter(pk=render.pk, cuts_due=True)
    again.update(stumbles=stumbles, cuts_due=stumbles < TRIES, updated_at=timezone.now())


def _cut(render: Render, image: Image.Image, place: Placement) -> Cut:
    product = tuple(render.box) if render.box else None
    piece = crop.cut(image, (place.width, place.height), product, crop.Safe(*place.safe))
    try:
        file = encode(piece.image, place.format_names, place.max_bytes)
    except Refused as refusal:
        reason = {"failure": refusal.code, "failure_values": refusal.values}
        return _keep(Cut(render=render, placement=place, **reason))
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
        frame=[piece.box.x, piece.box.y, piece.box.width, piece.box.height],
        findings=_findings(render, piece),
    )
    return _keep(cut)


def _findings(render: Render, piece: crop.Cut) -> list[dict[str, object]]:
    """What a person should know before using the file."""
    found: list[dict[str, object]] = []
    if piece.upscaled:
        found.append({"code": "upscaled", "width": piece.box.width})
    if render.box and not _holds(piece.box, render.box, render.width or 0, render.height or 0):
        found.append({"code": "product_cut"})
    return found


def _holds(window: crop.Box, product: list[float], across: int, down: int) -> bool:
    """Whether the product (fractions of the picture) is wholly inside the window, give or take a pixel."""
    x, y, width, height = product
    left, top = x * across - window.x, y * down - window.y
    right, bottom = left + width * across, top + height * down
    return bool(left >= -1 and top >= -1 and right <= window.width + 1 and bottom <= window.height + 1)


def _keep(cut: Cut) -> Cut:
    """Whoever cut it first has the row; the other's file goes."""
    try:
        with transaction.atomic():
            cut.save(force_insert=True)
    except IntegrityError:
        storage.delete([cut.file] if cut.file else [])
        return Cut.objects.get(render=cut.render, placement=cut.placement)
    return cut
