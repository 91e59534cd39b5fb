"""How fast and how much at once: one budget for all processes and machines, kept in the engine's Gate.

Whoever sends anything asks here first. Embedded engines need no permit.
"""

import hashlib
import logging
import random
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.flow import notice
from studio.flow.engines import is_remote, model_name
from studio.imaging.errors import Refused
from studio.models import HELD, Gate, Render, State, User
from studio.models.render import RenderQuerySet
from studio.providers.errors import Declined, ProviderError, Wait

log = logging.getLogger(__name__)

BURST: Final = 20  # at most a twentieth of a minute's calls go out at once
SILENCES: Final = 5  # unanswered calls in a row that open the breaker
ABOUT_ONE: Final = ("still_processing", "model_unavailable", "own_pace")  # they hold up no other call
MODEL_SENDS: Final = 8  # of one picture, over more than half an hour, before its model is paused
STORM: Final = 0.25  # how much of a silence an answer is that makes no sense: twenty in a row
PROBE_EVERY: Final = timedelta(seconds=30)
GENTLE_FOR: Final = timedelta(seconds=60)
GENTLE: Final = timedelta(seconds=6.5)  # between calls while it comes back: at most ten in the first minute
MOMENT: Final = timedelta(seconds=2)
SHORTLY: Final = 5.0  # seconds that a call may be held back which has its turn already
LONGEST: Final = 3600.0  # seconds that a provider can make us wait
RETURN: Final = 12.0  # seconds in which as many as may be on their way at once come back from waiting
APART: Final = 1.5  # seconds between two of them at most


def claim_to_send(engine: str, due: RenderQuerySet, most: int) -> list[Render]:
    """Claims pictures that may be asked for now: within pace, calls at once, and what a person allows.

    While the gate is shut, or the model closed, only those that a callback spares the call.
    """
    if not is_remote(engine):
        return due.in_turn().claim(most)
    if most <= 0 or not settings.HIAPI_KEY or not due.exists():
        return []
    with transaction.atomic():
        gate = _locked(engine)
        closed = list(gate.closed_models)
        told = notice.told(due.filter(model__in=closed) if gate.open else due).claim(most)
        if not gate.open:
            return told
        due, most = due.exclude(model__in=closed), most - len(told)
        room, interval = _room(gate, due)
        claimed = due.in_turn().claim(min(most, room)) if room > 0 else []
        if claimed:
            gate.spend(len(claimed), interval)
            _stay_gentle(gate)
    return told + claimed


def claim_told(engine: str, due: RenderQuerySet, most: int) -> list[Render]:
    """Claims running pictures of which a callback told: what is made must be fetched before it expires."""
    return _claim_to_look(engine, notice.told_running(due), most, spared=0)


def claim_to_look(engine: str, due: RenderQuerySet, most: int) -> list[Render]:
    """Claims running pictures to be looked at one by one; at a slow pace most are left to the list."""
    return _claim_to_look(engine, due, most, spared=_burst() // 2)


def _claim_to_look(engine: str, due: RenderQuerySet, most: int, spared: int) -> list[Render]:
    """`spared` permits are left for calls of another kind."""
    if most <= 0 or not due.exists():
        return []
    with transaction.atomic():
        gate = _locked(engine)
        room = min(most, _permits(gate) - spared) if _answers(gate) else 0
        claimed = due.order_by("look_again_at").claim(room) if room > 0 else []
        if claimed:
            gate.spend(len(claimed), _interval(gate))
    return claimed


def soon() -> bool:
    """Whether something waits for a permit that comes in a moment, so that going away is not worth it."""
    return any(_soon(gate) for gate in Gate.objects.all() if is_remote(gate.engine) and gate.open)


def turn_of_list(engine: str, every: timedelta) -> Gate | None:
    """Takes the turn to read a page of the list, and the permit for it. None when there is none now."""
    now = timezone.now()
    with transaction.atomic():
        gate = _locked(engine)
        if gate.list_at > now or not _permits(gate):
            return None
        gate.spend(1, _interval(gate))
        Gate.change(engine, list_at=now + every)
    return gate


def reserve(engine: str, most: float = SHORTLY) -> float:
    """Takes the next permit for a call that cannot be left to another turn. Gives the seconds until it holds.

    Raises Wait when that is longer than `most`; then nothing was taken.
    """
    with transaction.atomic():
        gate = _locked(engine)
        interval, at_once = _interval(gate), 1 if _gentle(gate) else _burst()
        holds_at = max(gate.not_before, gate.next_at - (at_once - 1) * interval)
        seconds = max(0.0, (holds_at - timezone.now()).total_seconds())
        if seconds > most:
            raise Wait("own_pace", seconds)
        gate.spend(1, interval)
    return seconds


def is_shut(engine: str) -> bool:
    return is_remote(engine) and not Gate.of(engine).open


def note_good(engine: str) -> None:
    """A call was taken: more may go out at once."""
    if is_remote(engine):
        Gate.count_good(engine, settings.HIAPI_CONCURRENCY)


def note_answered(engine: str) -> None:
    """A question was answered: what went unanswered before it was not the last in a row."""
    rows = Gate.objects.filter(engine=engine, troubles__gt=0, down_since=None)
    if rows.exists():
        rows.update(troubles=0)


def note_trouble(engine: str, model: str, error: ProviderError, sends: int = 1) -> None:
    """Slows down, opens the breaker or closes the gate, for everybody.

    `sends` is how often the same picture was asked for: a model that stays away is paused in the end.
    """
    if not is_remote(engine):
        return
    if isinstance(error, Wait) and error.told:
        _put_off_probe(engine, error.seconds)
    if isinstance(error, Declined):
        if error.stops == "all" or (error.stops and model):
            _close(engine, model, error)
        return
    if error.code == "model_unavailable" and sends >= MODEL_SENDS:
        _close(engine, model, Declined(error.code, stops="model"))
    if error.code in ABOUT_ONE:
        return
    log.warning("%s from %s, status %s", error.code, engine, error.values.get("status") or "unknown")
    if isinstance(error, Wait) and (error.code == "provider_busy" or not error.down):
        until = timezone.now() + timedelta(seconds=error.seconds)
        Gate.objects.filter(engine=engine, not_before__lt=until).update(not_before=until, good=0)
    if not isinstance(error, Wait):
        _count_silence(engine, 1 if error.code == "no_answer" else STORM)
    elif error.down:
        _count_silence(engine, 1)


def later(seconds: float) -> datetime:
    """Not before it was asked for, and not everybody at the same moment."""
    seconds = min(max(seconds, 0.5), LONGEST)
    return timezone.now() + timedelta(seconds=seconds + random.uniform(0, max(2.0, seconds / 5)))  # noqa: S311


def probe_due(engine: str) -> bool:
    """Whether it is this caller's turn to see if an engine that went silent answers again. Takes a permit."""
    now = timezone.now()
    rows = Gate.objects.filter(engine=engine, probe_at__lte=now).exclude(down_since=None)
    if not rows.exists():
        return False
    with transaction.atomic():
        gate = _locked(engine)
        if not _permits(gate) or not rows.update(probe_at=now + PROBE_EVERY):
            return False
        gate.spend(1, _interval(gate))
    return True


def came_back(engine: str) -> None:
    """It answers again: gently at first."""
    gentle_until = timezone.now() + GENTLE_FOR
    Gate.change(engine, down_since=None, probe_at=None, troubles=0, good=0, gentle_until=gentle_until)


def pause(engine: str, person: User, *, draining: bool = False) -> None:
    """Submits nothing more; what runs is collected. Draining: what is queued is made, nothing is launched."""
    Gate.of(engine)
    Gate.change(engine, paused_at=timezone.now(), paused_by=person, draining=draining)


def resume(engine: str) -> None:
    Gate.change(engine, paused_at=None, paused_by=None, draining=False)


def reopen(engine: str) -> None:
    """Somebody has mended what closed it. The first call goes out alone."""
    fields: dict[str, Any] = {"closed_by": "", "closed_values": {}, "closed_at": None, "closed_models": {}}
    Gate.change(engine, good=0, key_print="", **fields)


def reopen_for_new_key(engine: str) -> None:
    """What a key closed, one model or everything, does not stay closed for another key."""
    gate = Gate.of(engine)
    if gate.key_print and gate.key_print != _key_print():
        reopen(engine)


def needs_open(engine: str, model: str = "") -> tuple[str, dict[str, object]]:
    """The code that bars a launch with this model, and its values; empty when nothing does."""
    if not is_remote(engine):
        return "", {}
    if not settings.HIAPI_KEY:
        return "no_key", {}
    gate = Gate.of(engine)
    if gate.closed_by:
        return "gate_closed", {"reason": gate.closed_by}
    if model in gate.closed_models:
        return "model_closed", {"model": model_name(engine, model), "reason": gate.closed_models[model]}
    return ("draining", {}) if gate.draining else ("", {})


def check_open(engine: str, model: str = "") -> None:
    """Raises Refused when nothing more may be ordered now."""
    code, values = needs_open(engine, model)
    if code:
        raise Refused(code, **values)


def _locked(engine: str) -> Gate:
    Gate.of(engine)
    return Gate.objects.select_for_update().get(engine=engine)


def _soon(gate: Gate) -> bool:
    """The gate is read without a lock: this is only a guess."""
    next_call = max(gate.not_before, gate.next_at - (_burst() - 1) * _interval(gate))
    if next_call > timezone.now() + MOMENT or _gentle(gate):
        return False
    waiting = Render.objects.due().filter(engine=gate.engine, state__in=(State.QUEUED, *HELD))
    return waiting.exclude(model__in=list(gate.closed_models)).exists()


def _room(gate: Gate, due: RenderQuerySet) -> tuple[int, timedelta]:
    """How many may go out now, and how far apart: one by one while some were told to wait."""
    permits = _permits(gate) - _owed_to_the_list(gate)
    room, interval = min(permits, _slots(gate)), _interval(gate)
    if not due.filter(state=State.QUEUED).exclude(failure="").exists():
        return room, interval
    apart = timedelta(seconds=min(APART, RETURN / settings.HIAPI_CONCURRENCY))
    return min(room, int(gate.next_at <= timezone.now())), max(interval, apart)


def _owed_to_the_list(gate: Gate) -> int:
    """One permit is left for its next page: what is made is learned of before more is bought.

    Not while the engine comes back: so few calls go out then that the list would take them all.
    """
    due = gate.list_at <= timezone.now() and not _gentle(gate)
    return int(due and Render.objects.filter(engine=gate.engine, state=State.RUNNING).exists())


def _slots(gate: Gate) -> int:
    """Calls that may be on their way beside those that are; one more for each that was taken lately."""
    now = timezone.now()
    sending = Render.objects.filter(
        engine=gate.engine, state__in=(State.QUEUED, *HELD), lease_until__gt=now
    ).count()
    allowed = min(settings.HIAPI_CONCURRENCY, 1 + gate.good)
    return allowed - sending


def _permits(gate: Gate) -> int:
    if gate.not_before > timezone.now():
        return 0
    return gate.permits(_interval(gate), 1 if _gentle(gate) else _burst())


def _burst() -> int:
    return max(1, settings.HIAPI_RPM // BURST)


def _interval(gate: Gate) -> timedelta:
    """Between calls, so that no minute sees more than the limit, bursts included."""
    usual = timedelta(seconds=60 / max(1, settings.HIAPI_RPM - _burst()))
    return max(usual, GENTLE) if _gentle(gate) else usual


def _gentle(gate: Gate) -> bool:
    return gate.gentle_until is not None and gate.gentle_until > timezone.now()


def _answers(gate: Gate) -> bool:
    return not gate.down_since and gate.closed_by != "key_refused"


def _stay_gentle(gate: Gate) -> None:
    """The gentle minute begins anew with each order until one is taken: looks may have had the first."""
    if _gentle(gate) and not gate.good:
        Gate.change(gate.engine, gentle_until=timezone.now() + GENTLE_FOR)


def _count_silence(engine: str, weight: float) -> None:
    Gate.objects.filter(engine=engine).update(troubles=F("troubles") + weight)
    now = timezone.now()
    silent = Gate.objects.filter(engine=engine, troubles__gte=SILENCES, down_since=None)
    if silent.update(down_since=now, probe_at=now + PROBE_EVERY, good=0):
        log.warning("%s does not answer: nothing more is asked until it does", engine)
        gate = Gate.objects.get(engine=engine)
        _put_off_probe(engine, (gate.not_before - now).total_seconds())


def _put_off_probe(engine: str, seconds: float) -> None:
    """While it is down nobody asks earlier than it asked for."""
    until = timezone.now() + timedelta(seconds=seconds)
    Gate.objects.filter(engine=engine, probe_at__lt=until).update(probe_at=until)


def _close(engine: str, model: str, error: Declined) -> None:
    with transaction.atomic():
        gate = _locked(engine)
        gate.key_print = _key_print()
        what = f"{model} of {engine}" if error.stops == "model" else engine
        log.warning("%s is closed until an admin opens it again: %s", what, error.code)
        if error.stops == "model":
            gate.closed_models = gate.closed_models | {model: error.code}
            gate.save(update_fields=["closed_models", "key_print"])
            return
        gate.closed_by, gate.closed_values, gate.closed_at = error.code, error.values, timezone.now()
        gate.good = 0
        gate.save(update_fields=["closed_by", "closed_values", "closed_at", "good", "key_print"])


def _key_print() -> str:
    return hashlib.sha256(settings.HIAPI_KEY.encode()).hexdigest()[:16]
