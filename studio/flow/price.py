"""Prices are read often, kept with their date, and never guessed."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from studio.flow import price_list
from studio.flow.engines import ENGINES, is_remote, remote
from studio.flow.order import sketch
from studio.imaging.errors import Refused
from studio.models import Attempt, Basis, PriceList, Render, Shoot
from studio.providers.base import Quote
from studio.providers.errors import Declined, ProviderError
from studio.providers.prices import PriceError, parse

log = logging.getLogger(__name__)
READ_EVERY: Final = timedelta(minutes=5)
TRY_EVERY: Final = timedelta(seconds=20)  # of one process, while they cannot be had
KEPT_FOR: Final = timedelta(hours=1)
FRESH: Final = timedelta(seconds=2)  # a launch reads again what is older

_not_before: dict[str, datetime] = {}


def quote(engine: str, model: str, ratio: str, resolution: str, *, drawn: bool = False) -> Quote:
    """What one picture costs now. A listed zero counts once an admin has confirmed it."""
    try:
        told = ENGINES[engine].quote(sketch(engine, model, ratio, resolution, drawn=drawn))
    except Declined as no:
        return Quote(None, no.code, no.values)
    if told.problem not in ("price_zero", "price_unknown"):
        return told
    newest = price_list.newest(engine)
    if told.problem == "price_unknown":
        return Quote(None, (newest.problem if newest else "") or "price_unknown")
    confirmed = newest is not None and model in newest.zeros
    return Quote(0) if confirmed else Quote(None, "price_zero", told.values)


def agreed(told: Quote, seen: int | None) -> int:
    """The price, if it is known and what the person saw. Raises Refused."""
    if told.amount is None:
        raise Refused(told.problem or "price_unknown", **told.values)
    if seen is not None and seen != told.amount:
        raise Refused("price_changed", before=seen, now=told.amount)
    return told.amount


def quote_of(render: Render) -> Quote:
    """What one more purchase of this picture costs."""
    drawn = render.basis == Basis.WORDS
    return quote(render.engine, render.model, render.ratio, render.resolution, drawn=drawn)


def read_at(engine: str) -> datetime | None:
    """When the prices were last read. None for an engine without any."""
    newest = price_list.newest(engine) if is_remote(engine) else None
    return newest.seen_at if newest else None


def due(engine: str, older_than: timedelta = READ_EVERY) -> bool:
    """Whether the prices should be read again."""
    rest = _not_before.get(engine)
    if not settings.HIAPI_KEY or (rest and timezone.now() < rest):
        return False
    seen = read_at(engine)
    return seen is None or timezone.now() - seen >= older_than


def refresh(engine: str, older_than: timedelta = FRESH) -> None:
    """Reads the prices now if the last reading is older. Failing to reach them changes nothing."""
    if is_remote(engine) and due(engine, older_than):
        keep(engine, read(engine))


def read(engine: str) -> bytes | None:
    """The document as it is served; None when it could not be had. Takes time, asks no database."""
    try:
        return remote(engine).fetch_prices()
    except ProviderError as error:
        _not_before[engine] = timezone.now() + TRY_EVERY
        log.warning("Prices were not read this time: %s", error.code)
        return None


def keep(engine: str, document: bytes | None) -> None:
    """The same prices are one row, seen again, whatever else has changed in the document."""
    if document is None:
        return
    sha256 = remote(engine).price_print(document)
    newest = price_list.newest(engine)
    if newest and newest.sha256 == sha256:
        PriceList.objects.filter(pk=newest.pk).update(seen_at=timezone.now())
        return
    zeros = _still_confirmed(engine, newest, document)
    PriceList.objects.create(
        engine=engine, sha256=sha256, document=document, problem=_problem(document), zeros=zeros
    )
    _forget(engine)


def _still_confirmed(engine: str, before: PriceList | None, document: bytes) -> list[str]:
    """Models whose zero a person has confirmed, and of which the new document says just the same."""
    if before is None or not before.zeros or _problem(document):
        return []
    price_print, old = remote(engine).price_print, bytes(before.document)
    return [model for model in before.zeros if price_print(old, model) == price_print(document, model)]


def _forget(engine: str) -> None:
    """Lists by which nothing was bought, once nobody can be buying by them any more."""
    bought_by = Attempt.objects.exclude(price_list=None).values("price_list")
    old = PriceList.objects.filter(engine=engine, seen_at__lt=timezone.now() - KEPT_FOR)
    old.exclude(pk__in=bought_by).delete()


def confirm_zero(model: str, engine: str = "hiapi") -> None:
    """An admin says that this model really costs nothing, as the newest list has it."""
    newest = price_list.newest(engine)
    if newest and model not in newest.zeros:
        newest.zeros = [*newest.zeros, model]
        newest.save(update_fields=["zeros"])


def of(shoot: Shoot, model: str, *, drawn: bool = False) -> Quote:
    """The price of one picture of this plan by this model: the dearest of its shapes."""
    ratios = shoot.all_ratios() or ["1:1"]
    quotes = [quote(shoot.engine, model, ratio, shoot.resolution, drawn=drawn) for ratio in ratios]
    unknown = next((one for one in quotes if one.amount is None), None)
    return unknown or max(quotes, key=lambda one: one.amount or 0)


def _problem(document: bytes) -> str:
    try:
        parse(document)
    except PriceError as error:
        return error.code
    return ""
