"""The provider's prices as they were last read. What cannot be read, or is too old, counts as unknown."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import lru_cache
from typing import Final

from django.utils import timezone

from studio.models import PriceList
from studio.providers.prices import Prices, parse

TOO_OLD: Final = timedelta(hours=24)


_held: ContextVar[dict[str, PriceList | None] | None] = ContextVar("price lists", default=None)


@contextmanager
def once() -> Iterator[None]:
    """Inside, the newest list is asked for once: a page that shows many prices shows those of one moment."""
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def newest(engine: str = "hiapi") -> PriceList | None:
    """Without its document, which is large."""
    held = _held.get()
    if held is None:
        return _read(engine)
    if engine not in held:
        held[engine] = _read(engine)
    return held[engine]


def current(engine: str = "hiapi") -> Prices | None:
    """None when no list was read within a day, or the last one made no sense."""
    newest_one = newest(engine)
    if newest_one is None or newest_one.problem or timezone.now() - newest_one.seen_at > TOO_OLD:
        return None
    return _parsed(newest_one.pk)


def _read(engine: str) -> PriceList | None:
    return PriceList.objects.filter(engine=engine).defer("document").first()


@lru_cache(maxsize=4)
def _parsed(pk: int) -> Prices:
    """A list never changes, so it is parsed once in a process."""
    return parse(bytes(PriceList.objects.get(pk=pk).document))
