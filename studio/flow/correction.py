"""A person corrects a cut-out with the brush; a worker makes it anew. The last are kept, the newest holds."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio import queue, storage
from studio.imaging.cutout import strokes
from studio.imaging.cutout.strokes import BadStrokes
from studio.imaging.errors import Refused
from studio.models import FINAL, Correction, Packshot, Render, User

REPLACED_LIVES: Final = timedelta(days=1)
KEPT: Final = 50  # corrections of a packshot; its page shows the last dozen
DIGITS: Final = 5  # of a share: finer than a pixel of any packshot


@dataclass(frozen=True)
class Asked:
    """`others` came in between, unseen by the person; this one holds, and they can be gone back to."""

    correction: Correction
    others: list[Correction]


def ask(packshot: Packshot, person: User | None, drawn: str, seen: int = 0) -> Asked:
    """Keeps what was drawn, as JSON, and has the cut-out made of it. `[]` asks for the automatic one again.

    `seen` is the newest correction that the person knew of. Raises Refused("strokes_refused").
    """
    try:
        rows = [_row(stroke) for stroke in strokes.read(drawn)]
    except BadStrokes as bad:
        raise Refused("strokes_refused", reason=str(bad).removesuffix(".")) from bad
    with transaction.atomic():
        others = list(packshot.corrections.filter(pk__gt=seen).select_related("asked_by"))
        correction = packshot.corrections.create(strokes=rows, asked_by=person)
        queue.cut_out(packshot.pk)
        _forget_old(packshot)
    return Asked(correction, others)


def can_correct(packshot: Packshot) -> bool:
    """Whether there is a cut-out to draw over. A tiny packshot has none, whatever is drawn."""
    return bool(packshot.cutout) and packshot.cutout_reason != "tiny"


def forget_replaced() -> None:
    """Removes cut-outs that gave way a day ago, unless a picture under way may have been ordered with one."""
    under_way = Render.objects.filter(packshot=OuterRef("packshot")).exclude(state__in=FINAL)
    old = Correction.objects.filter(done_at__lt=timezone.now() - REPLACED_LIVES).exclude(replaced="")
    for correction in old.exclude(Exists(under_way)):
        storage.delete([correction.replaced])
        Correction.objects.filter(pk=correction.pk).update(replaced="")


def _forget_old(packshot: Packshot) -> None:
    """Rows that nobody goes back to, once nothing needs the cut-out that they replaced."""
    old = packshot.corrections.order_by("-pk").values_list("pk", flat=True)[KEPT:]
    packshot.corrections.filter(pk__in=list(old), replaced="").exclude(done_at=None).delete()


def _row(stroke: strokes.Stroke) -> dict[str, Any]:
    points = [[round(x, DIGITS), round(y, DIGITS)] for x, y in stroke.points]
    return asdict(stroke) | {"points": points}
