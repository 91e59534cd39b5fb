"""The calls of a month as a table for a spreadsheet: no keys, tokens or addresses of results in it."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from studio.flow.spreadsheet import Line, safe
from studio.models import Attempt, Brand
from studio.web.month import Month
from studio.web.spend import attempts

HEAD: Final = (
    "ended (UTC)", "picture", "SKU", "scene", "shape", "resolution", "engine", "model", "cause", "number",
    "outcome", "times sent", "asked by", "estimated (USD)", "charged (USD)", "task",
)  # fmt: skip


def lines(brand: Brand, month: Month) -> Iterator[str]:
    """One line a call, the oldest first, read from the database as it goes out."""
    writer = csv.writer(Line())
    yield writer.writerow(HEAD)
    rows = attempts(brand, month).select_related(
        "render__product", "render__scene_version__scene", "asked_by"
    )
    deferred = rows.defer("request", "token", "key", "address")
    for attempt in deferred.order_by("ended_at", "pk").iterator(chunk_size=500):
        yield writer.writerow(map(safe, _cells(attempt)))


def _cells(attempt: Attempt) -> Iterable[Any]:
    render = attempt.render
    yield f"{attempt.ended_at:%Y-%m-%d %H:%M:%S}"
    yield from (
        (render.pk, render.product.sku, render.scene_version.scene.name, render.ratio, render.resolution)
        if render
        else ("deleted", "", "", "", "")
    )
    yield from (attempt.engine, attempt.model, attempt.get_cause_display(), attempt.number)
    yield from (attempt.outcome, attempt.sends, attempt.asked_by.label if attempt.asked_by else "")
    yield from (_usd(attempt.price_estimated), _usd(attempt.price_charged or 0), attempt.task_id)


def _usd(micro_dollars: int) -> str:
    return f"{Decimal(micro_dollars) / 1_000_000:.6f}"
