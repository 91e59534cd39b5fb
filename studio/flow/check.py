"""Would HiAPI make pictures for this studio? What can be known beforehand; nothing is bought for it."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from studio.messages import say
from studio.models import Gate
from studio.providers import check, dialects
from studio.providers.account import Account
from studio.providers.check import Finding as Finding  # what the command prints
from studio.providers.errors import Declined

ENGINE: Final = "hiapi"
HERE: Final = ("127.0.0.1", "localhost", "::1")


def findings() -> list[Finding]:
    """Key, models, prices and schemas as HiAPI shows them; our own address; whoever stopped the engine."""
    account = Account(**settings.HIAPI_ACCOUNT)
    return [*check.findings(account), *_address(account), *_callbacks(account), *_gate()]


def _address(account: Account) -> Iterator[Finding]:
    """Whether HiAPI can reach us."""
    if not settings.PUBLIC_URL:
        yield Finding("address", True, "No STUDIO_PUBLIC_URL: HiAPI is asked how tasks go, and sent pictures")
        if names := _by_link(account):
            yield _bad("address", f"Without STUDIO_PUBLIC_URL there are no links, which {names} needs")
    elif urlsplit(settings.PUBLIC_URL).hostname in HERE and urlsplit(account.base_url).hostname not in HERE:
        yield _bad("address", f"{settings.PUBLIC_URL} can be reached from this machine only")
    else:
        yield Finding("address", True, f"HiAPI is told to call at {settings.PUBLIC_URL}")


def _by_link(account: Account) -> str:
    """Names of offered models that take pictures by link alone."""
    try:
        rows = dialects.load(account.models)
    except Declined:
        return ""
    return ", ".join(row.name for row in rows.rows.values() if row.offered and row.most and not row.data_urls)


def _callbacks(account: Account) -> Iterator[Finding]:
    """Whether callbacks are signed, and whether they come."""
    if not settings.PUBLIC_URL:
        return
    if account.secrets:
        yield Finding("secret", True, "Callbacks have to be signed")
    else:
        yield _bad("secret", "Callbacks are not signed: HIAPI_WEBHOOK_SECRET is empty")
    gate = Gate.objects.filter(engine=ENGINE).first()
    if gate and gate.deaf_since:
        since = f"{gate.deaf_since:%Y-%m-%d %H:%M} UTC"
        yield _bad("deaf", f"Tasks have ended since {since} and no callback came, or none was signed rightly")
    elif gate and gate.heard_at:
        yield Finding("deaf", True, f"The last callback came at {gate.heard_at:%Y-%m-%d %H:%M} UTC")


def _gate() -> Iterator[Finding]:
    """What was stopped, by the provider's own answer or by a person."""
    gate = Gate.objects.filter(engine=ENGINE).first()
    if gate is None:
        return
    if gate.closed_by:
        message = say(gate.closed_by, **gate.closed_values)
        yield _bad("closed", f"{message.headline}, so nothing is asked for. {message.action}", bars=True)
    for model, code in gate.closed_models.items():
        yield _bad("closed", f"{say(code).headline}, so nothing is asked of {model}")
    if gate.paused_at:
        yield _bad("paused", f"An admin has paused it at {gate.paused_at:%Y-%m-%d %H:%M} UTC", "admin", True)
    if gate.down_since:
        yield _bad("down", f"It has not answered since {gate.down_since:%Y-%m-%d %H:%M} UTC", "nobody")


def _bad(code: str, sentence: str, who: str = "operator", bars: bool = False) -> Finding:
    return Finding(code, False, sentence, who, bars)
