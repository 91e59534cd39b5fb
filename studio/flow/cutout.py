"""The product alone, cut out once per packshot and once more for each correction; its pictures use that."""

import io
import json
import logging
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image

from studio import queue, storage
from studio.flow import disk
from studio.flow.hold import held
from studio.flow.intake import limits
from studio.imaging import decoder
from studio.imaging.cutout import Cutout, cut_out, strokes
from studio.imaging.encode import png, webp
from studio.imaging.errors import Refused
from studio.messages import DOUBTS
from studio.models import Correction, Packshot
from studio.models.lease import LeasedQuerySet

log = logging.getLogger(__name__)
TURN: Final = 2.0  # seconds of cutting out before the queue's next message has its turn
TRIES: Final = 3  # ahead of its use; after these it is tried when it is first used
REST: Final = timedelta(seconds=60)  # after a try that failed
LEAST_CONFIDENCE: Final = 0.15  # under this there is nothing that could be called a product
CORRECTED: Final = "corrected"  # the reason of a cut-out that a person has drawn over
THUMB: Final = 480  # longest side in pixels
_KNOWN: Final = ("cutout", "cutout_thumb", "cutout_confidence", "cutout_reason", "box")


def work() -> None:
    """Cuts out what came in, for a while; the rest waits behind whatever waits by then."""
    end = time.monotonic() + TURN
    while not disk.low() and (claimed := due().claim(1)):
        with held(claimed):
            fine = _make_ahead(claimed[0])
        if not fine:
            Packshot.objects.filter(pk=claimed[0].pk).update(lease_until=timezone.now() + REST)
        if time.monotonic() > end or queue.stopping():
            break
    if due().exists() and not disk.low():
        queue.cut_out_packshots()


def due() -> LeasedQuerySet[Packshot]:
    """Packshots without a cut-out, or with a correction that waits to become one."""
    corrected = Correction.objects.filter(done_at=None).values("packshot")
    waiting = Q(cutout="") | Q(pk__in=corrected)
    return LeasedQuerySet(Packshot).free().filter(waiting, stumbles__lt=TRIES).order_by("pk")


def prepare(packshot_id: int) -> None:
    """Makes the cut-out ahead of its use; a packshot that is gone meanwhile is no error."""
    if packshot := Packshot.objects.filter(pk=packshot_id).first():
        _make_due(packshot)


def ensure(packshot: Packshot) -> str:
    """The storage key of the newest cut-out, made now if need be. Raises Refused when there is none."""
    packshot.refresh_from_db(fields=_KNOWN)
    _make_due(packshot)
    if (packshot.cutout_confidence or 0) < LEAST_CONFIDENCE:
        raise Refused(packshot.cutout_reason or "nothing_found", file=packshot.file_name)
    return packshot.cutout


def is_hopeless(packshot: Packshot) -> bool:
    """Whether it is known that there is no cut-out. False before the first try."""
    known = packshot.cutout_confidence
    return known is not None and known < LEAST_CONFIDENCE


def is_doubtful(packshot: Packshot) -> bool:
    """Whether it is known that the cut-out may not be clean."""
    return packshot.cutout_reason in DOUBTS


def is_due(packshot: Packshot) -> bool:
    """Whether there is none yet, or a correction waits to become one."""
    return not packshot.cutout or packshot.corrections.filter(done_at=None).exists()


def pixels(packshot: Packshot) -> NDArray[np.uint8]:
    """The cut-out as (H, W, 4) straight RGBA. Raises Refused."""
    with Image.open(io.BytesIO(storage.read(ensure(packshot))), formats=("PNG",)) as image:
        return np.asarray(image)


def of_file(data: bytes) -> Cutout:
    """The cut-out of a file that is not in the studio, on its own upright pixel grid. Raises Refused."""
    pixels = decoder.shared().decode(data, limits())
    return cut_out(
        np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, len(pixels.mode))
    )


def _make_ahead(packshot: Packshot) -> bool:
    """Whether it went well. Each try is counted before it: a packshot may be what kills its workers."""
    rows = Packshot.objects.filter(pk=packshot.pk)
    rows.update(stumbles=packshot.stumbles + 1)
    try:
        _make_due(packshot)
    except Exception as error:
        if disk.is_full(error):
            rows.update(stumbles=packshot.stumbles)
        else:
            log.exception("Packshot %s could not be cut out", packshot.pk)
        return False
    rows.update(stumbles=0)
    return True


def _make_due(packshot: Packshot) -> None:
    while is_due(packshot):
        _make(packshot)


def _make(packshot: Packshot) -> None:
    """Two makers at once both succeed; the first one's file stays. What came in meanwhile is made next."""
    correction = packshot.corrections.last()
    result = _corrected(_pixels(storage.read(packshot.picture)), correction)
    files: dict[str, str] = {}
    said = {"cutout_confidence": result.confidence, "cutout_reason": result.reason, "box": _box(result)}
    try:
        _store(files, Image.fromarray(result.rgba))
        put = _put(packshot, correction, files | said)
    except Exception:  # no room for the second file, or for the row
        storage.delete(files.values())
        raise
    storage.delete(filter(None, [packshot.cutout_thumb] if put else files.values()))
    packshot.refresh_from_db(fields=_KNOWN)


def _store(files: dict[str, str], image: Image.Image) -> None:
    """Notes each key in `files` as soon as its file is there."""
    files["cutout"] = storage.save(png(image), "cutouts", "png")
    files["cutout_thumb"] = storage.save(webp(image, THUMB), "thumbs", "webp")


@transaction.atomic
def _put(packshot: Packshot, correction: Correction | None, made: dict[str, Any]) -> bool:
    """False, and nothing changes, when another maker was first or a later correction came in.

    The file that gives way is not removed: an order that is frozen may name it.
    """
    if packshot.corrections.last() != correction:
        return False
    if not Packshot.objects.filter(pk=packshot.pk, cutout=packshot.cutout).update(**made):
        return False
    waiting = packshot.corrections.filter(done_at=None)
    if correction and not correction.done_at:
        waiting.filter(pk=correction.pk).update(replaced=packshot.cutout, replaced_box=packshot.box)
        waiting.update(done_at=timezone.now())
    return True


def _corrected(pixels: NDArray[np.uint8], correction: Correction | None) -> Cutout:
    if not (correction and correction.strokes):
        return cut_out(pixels)
    drawn = strokes.read(json.dumps(correction.strokes))
    result = cut_out(pixels, strokes.paint(drawn, *pixels.shape[:2]))
    if not (result.rgba[..., 3] > 127).any():  # all of it was brushed away
        return replace(result, confidence=0.0, reason="nothing_found")
    return result


def _box(result: Cutout) -> list[float] | None:
    return [round(side, 5) for side in result.box] if result.confidence else None


def _pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))
