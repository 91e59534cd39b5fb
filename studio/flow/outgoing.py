"""The files of an archive one after the other, each with all that is told of it; or why one is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone

from studio import storage
from studio.flow import final, naming, uncut
from studio.flow.listing import Piece, crc32_of
from studio.flow.selection import GONE, Shape, replaced, shapes
from studio.flow.uncut import Sealed
from studio.models import Attempt, Chosen, Cut, Export, Placement, Render, State, Verdict

AT_ONCE: Final = 200  # pictures read from the database at a time
_ENDINGS: Final = {"JPEG": "jpg", "JPG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
_RELATED: Final = (
    "render__product", "render__scene_version__scene", "render__shoot", "render__packshot", "render__parent",
)  # fmt: skip


@dataclass(frozen=True)
class Outgoing:
    """One file. `price` is what was charged for its picture in micro-dollars, in each of its files."""

    wish: str
    render: Render
    placement: Placement | None
    cut: Cut | None
    width: int
    height: int
    sealed: Sealed
    at: datetime
    price: int


@dataclass(frozen=True)
class Missing:
    """Why what was asked for is not there: a code and values for its sentence. `files` of them at once."""

    name: str
    reason: str
    values: dict[str, Any]
    files: int = 1

    def kept(self) -> dict[str, Any]:
        return {"name": self.name, "reason": self.reason, "values": self.values, "files": self.files}


def files(export: Export) -> Iterator[Outgoing | Missing]:
    """Everything that was asked for, in the order in which it was chosen."""
    renders = export.renders.all()
    shaped, finals = shapes(renders), replaced(renders)
    for rows in _chunks(export):
        prices = _prices(rows)
        for row in rows:
            if row.render is None:
                yield Missing(row.label, "picture_deleted", {}, row.files)
                continue
            row.render.brand = export.brand
            shape = shaped[row.render.shoot_id, row.render.ratio]
            yield from _files(export, row, row.render, shape, finals, prices.get(row.render.pk, 0))


def wish(
    template: str, render: Render, placement: Placement | None, extension: str, size: tuple[int, int]
) -> str:
    """What the file would be called if it were the only one. A final has the name of what it replaces."""
    take = final.origin(render).take
    facts = naming.facts(render, placement, extension, *size) | {"take": take}
    return naming.path(naming.with_take(template or naming.DEFAULT, take), facts)


def usual_ending(placement: Placement | None) -> str:
    """Before a file is there: the first format of ours that the channel names."""
    names = placement.format_names if placement else ("PNG",)
    return next((_ENDINGS[name] for name in names if name in _ENDINGS), "jpg")


def slots(shape: Shape) -> list[Placement | None]:
    """The placements, and None for the uncut picture, which comes first."""
    return [*([None] if shape.uncut else []), *shape.placements]


def _chunks(export: Export) -> Iterator[list[Chosen]]:
    last = 0
    rows = export.chosen.select_related(*_RELATED).prefetch_related("render__cuts__placement").order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield chunk
        last = chunk[-1].pk


def _prices(rows: Sequence[Chosen]) -> dict[int | None, int]:
    paid = Attempt.objects.filter(render__in=[row.render_id for row in rows], price_charged__gt=0)
    return dict(paid.order_by().values_list("render").annotate(Sum("price_charged")))


def _files(
    export: Export, row: Chosen, render: Render, shape: Shape, finals: dict[int, Render], price: int
) -> Iterator[Outgoing | Missing]:
    cuts = {cut.placement_id: cut for cut in render.cuts.all()}
    for place in slots(shape):
        cut = cuts.get(place.pk) if place else None
        name = wish(export.template, render, place, _ending(render, place, cut), _pixels(render, place))
        reason, values = _why_not(export, render, place, cut, finals.get(render.pk))
        sealed = None if reason else _sealed(row, render, cut)
        if sealed is None:
            yield Missing(name, reason, values) if reason else _gone(name, cut)
            continue
        at = cut.made_at if cut else render.finished_at or timezone.now()
        yield Outgoing(name, render, place, cut, *_pixels(render, place), sealed, at, price)


def _gone(name: str, cut: Cut | None) -> Missing:
    return Missing(name, GONE, {"cut": cut.pk} if cut else {})


def _ending(render: Render, place: Placement | None, cut: Cut | None) -> str:
    if place is None and render.picture:
        return naming.extension_of(render.picture)
    return (cut.extension if cut else "") or usual_ending(place)


def _pixels(render: Render, place: Placement | None) -> tuple[int, int]:
    return (place.width, place.height) if place else (render.width or 0, render.height or 0)


def _why_not(
    export: Export, render: Render, place: Placement | None, cut: Cut | None, best: Render | None
) -> tuple[str, dict[str, Any]]:
    """The code of why this file stays out, with its values; an empty one if it goes out."""
    if render.state != State.DONE:
        return render.failure or render.state, render.failure_values
    if best is not None:
        return final.REPLACED, {"before": render.resolution, "resolution": best.resolution}
    if place and cut is None:
        return "cut_failed", {}
    if cut and not cut.file:
        return cut.failure, cut.failure_values
    if cut and export.skip_failing and cut.verdict == Verdict.FAILURE:
        return "left_out", {}
    return "", {}


def _sealed(row: Chosen, render: Render, cut: Cut | None) -> Sealed | None:
    """The file as it goes out; None when it is not there, or not whole."""
    if cut is None:
        return _sealed_uncut(row, render)
    if storage.size(cut.file) != cut.bytes:
        return None
    return Sealed(cut.bytes, crc32_of_cut(cut), cut.sha256, (Piece(cut.file, 0, cut.bytes),))


def _sealed_uncut(row: Chosen, render: Render) -> Sealed | None:
    if storage.size(render.picture) < 0:
        return None
    if not row.uncut:
        seal(row, render)
    sealed = uncut.opened(row.uncut or {})
    return sealed if all(_is_whole(piece) for piece in sealed.pieces) else None


def _is_whole(piece: bytes | Piece) -> bool:
    return isinstance(piece, bytes) or storage.size(piece.key) >= piece.start + piece.length


def seal(row: Chosen, render: Render) -> None:
    """Reads the uncut picture once and keeps how it goes out. Raises FileNotFoundError."""
    row.uncut = uncut.seal(render)
    Chosen.objects.filter(pk=row.pk).update(uncut=row.uncut)


def crc32_of_cut(cut: Cut) -> int:
    """Cuts made by older versions have none: then it is read, and kept."""
    if cut.crc32 is None:
        with storage.open_file(cut.file) as file:
            _, cut.crc32 = crc32_of(file)
        Cut.objects.filter(pk=cut.pk).update(crc32=cut.crc32)
    return cut.crc32
