"""The engine's gate in words: what happened, what to do, how fast it goes, what its prices are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import timezone

from studio.flow import price, price_list
from studio.flow.engines import model_name
from studio.flow.shoot import models
from studio.messages import Message, say
from studio.models import RESOLUTIONS, Gate, PriceList
from studio.web import makers, words

ENGINE: Final = "hiapi"


@dataclass(frozen=True)
class Barred:
    """A model that the provider refuses."""

    name: str
    message: Message


@dataclass(frozen=True)
class Priced:
    """A model with what one picture costs at each resolution; empty where it makes no square one.

    `zero` are resolutions that are listed at nothing, and nobody confirmed it.
    """

    key: str
    name: str
    prices: list[str]
    zero: list[str]
    problem: Message | None


@dataclass(frozen=True)
class State:
    """`kind` is open, closed, paused, draining, silent or keyless; `message` says what happened."""

    gate: Gate
    kind: str
    message: Message
    barred: list[Barred]
    models: list[Priced]
    prices: PriceList | None

    @property
    def may_reopen(self) -> bool:
        return bool(self.gate.closed_by or self.gate.closed_models)

    @property
    def heard(self) -> str:
        return words.ago(self.gate.heard_at) if self.gate.heard_at else "never"

    @property
    def deaf(self) -> Message | None:
        return deaf(self.gate)

    @property
    def public_url(self) -> str:
        return settings.PUBLIC_URL

    @property
    def read(self) -> str:
        return words.ago(self.prices.seen_at) if self.prices else "never"

    @property
    def price_problem(self) -> Message | None:
        return say(self.prices.problem) if self.prices and self.prices.problem else None

    @property
    def pace(self) -> list[tuple[str, str]]:
        told_to_wait = self.gate.not_before > timezone.now()
        return [
            ("Calls a minute", f"{settings.HIAPI_RPM:,} at most"),
            ("May be asked for at once", f"{min(settings.HIAPI_CONCURRENCY, 1 + self.gate.good)} now, "
                                         f"{settings.HIAPI_CONCURRENCY} at most"),
            ("Unanswered in a row", str(int(self.gate.troubles))),
            ("Told to wait", _in(self.gate.not_before) if told_to_wait else "no"),
        ]  # fmt: skip


@price_list.once()
def state() -> State:
    stored = Gate.objects.filter(engine=ENGINE).select_related("paused_by").first()
    gate = stored or Gate(engine=ENGINE)  # nothing was ever sent
    kind = kind_of(gate)
    return State(
        gate=gate,
        kind=kind,
        message=message(gate, kind),
        barred=[Barred(makers.full_name(ENGINE, key), say(code)) for key, code in gate.closed_models.items()],
        models=_models(),
        prices=price_list.newest(ENGINE),
    )


def barred(gate: Gate) -> list[Message]:
    """Models that were closed alone, each with the reason and the way out."""
    closed = gate.closed_models.items()
    return [say("model_closed", model=makers.full_name(ENGINE, model), reason=code) for model, code in closed]


def deaf(gate: Gate) -> Message | None:
    """Tasks have ended and no callback came, although there is an address for them."""
    if not settings.PUBLIC_URL or not gate.deaf_since:
        return None
    return say("callbacks_missing", address=settings.PUBLIC_URL)


def kind_of(gate: Gate) -> str:
    """What bars it first."""
    if not settings.HIAPI_KEY:
        return "keyless"
    if gate.closed_by:
        return "closed"
    if gate.paused_at:
        return "draining" if gate.draining else "paused"
    return "silent" if gate.down_since else "open"


def message(gate: Gate, kind: str) -> Message:
    if kind == "keyless":
        return say("no_key")
    if kind == "closed":
        return say(gate.closed_by, **gate.closed_values)
    if kind == "open":
        return Message("HiAPI takes orders", "Nobody closed it and it answers.", "")
    who = f" by {gate.paused_by.label}" if gate.paused_by else ""
    return {
        "paused": Message(
            f"Paused{who}",
            "Nothing is sent. What runs is still collected; shoots may be launched and wait.",
            "Resume when the reason is gone.",
        ),
        "draining": Message(
            f"Draining{who}",
            "What is queued is made; nothing new is launched.",
            "Resume when the reason is gone.",
        ),
        "silent": Message(
            "HiAPI does not answer",
            f"Several calls in a row went unanswered, the last {_ago(gate.down_since)}. "
            "It is asked every half minute whether it is back.",
            "Nothing to do: it goes on by itself.",
        ),
    }[kind]


def _models() -> list[Priced]:
    """Those that can be chosen, and those that draw from words beside them."""
    edits, drafts = [one.key for one in models(ENGINE)], [one.draft for one in models(ENGINE) if one.draft]
    return [_priced(key) for key in edits] + [_priced(key, drawn=True) for key in dict.fromkeys(drafts)]


def _priced(key: str, *, drawn: bool = False) -> Priced:
    told = {size: price.quote(ENGINE, key, "1:1", size, drawn=drawn) for size in RESOLUTIONS}
    usual = told["1K"]
    problem = say(usual.problem, **usual.values) if usual.problem else None
    prices = [
        "" if one.problem in ("model_choice", "price_zero") else words.price(one.amount)
        for one in told.values()
    ]
    zero = [size for size, one in told.items() if one.problem == "price_zero"]
    return Priced(key, model_name(ENGINE, key), prices, zero, problem)


def _ago(moment: datetime | None) -> str:
    return words.ago(moment) if moment else "a moment ago"


def _in(moment: datetime) -> str:
    return f"for {words.took((moment - timezone.now()).total_seconds())}"
