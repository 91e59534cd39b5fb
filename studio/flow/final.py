"""A final is the same picture with more pixels: in an archive it stands where that picture would."""

from collections.abc import Iterable
from typing import Final

from studio.models import RESOLUTIONS, Cause, Render, State

REPLACED: Final = "final_instead"  # the reason of a picture that is left out for its final


def origin(render: Render) -> Render:
    """What a final was made from in the end, as far as it is still known; any other picture itself."""
    while render.cause == Cause.FINAL and render.parent is not None:
        render = render.parent
    return render


def replaced(renders: Iterable[Render]) -> dict[int, Render]:
    """By the key of each of these pictures that has a finished final among them: that final.

    Of several the one with most pixels stands for all, the newest of equals. Unfinished ones do not count.
    """
    families: dict[int, list[Render]] = {}
    for render in (one for one in renders if one.state == State.DONE):
        families.setdefault(origin(render).pk, []).append(render)
    return {
        one.pk: best
        for family in families.values()
        if (best := max(family, key=_rank)).cause == Cause.FINAL
        for one in family
        if one is not best
    }


def _rank(render: Render) -> tuple[bool, int, int]:
    return render.cause == Cause.FINAL, RESOLUTIONS.index(render.resolution), render.pk
