"""Who makes pictures. A new provider is one line here."""

from typing import Final, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from studio import storage
from studio.flow import price_list
from studio.providers.base import Provider, Remote
from studio.providers.errors import Declined
from studio.providers.hiapi import Account, Hiapi
from studio.providers.local import Local


def _hiapi() -> Hiapi:
    account = Account(**settings.HIAPI_ACCOUNT)
    try:
        return Hiapi(account, storage.read, price_list.current)
    except Declined as no:
        seen = ",".join(account.models)
        allowed = f"{no.values['known']}, with commas between them"
        raise ImproperlyConfigured(f"HIAPI_MODELS is {seen!r}. Allowed: {allowed}.") from no


ENGINES: Final[dict[str, Provider]] = {
    "local": Local(storage.read),
    "hiapi": _hiapi(),
}


def is_remote(name: str) -> bool:
    """Whether it takes money and time, and may fail to answer."""
    return not ENGINES[name].trusted and hasattr(ENGINES[name], "glance")


def remote(name: str) -> Remote:
    return cast(Remote, ENGINES[name])


def model_name(engine: str, key: str) -> str:
    """As people know it; one that is not offered any more is named by its key."""
    known = ENGINES[engine].models() if engine in ENGINES else ()
    named = {one.key: one.name for one in known} | {one.draft: f"{one.name}, from words" for one in known}
    return named.get(key, key)


def offered() -> list[str]:
    """Engines that a shoot may choose, the usual one first."""
    there = [name for name in ENGINES if not is_remote(name) or settings.HIAPI_KEY]
    return sorted(there, key=lambda name: name != settings.ENGINE)
