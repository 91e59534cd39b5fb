"""Looks at the database ten times a second meanwhile: money, states, and when nothing may be submitted."""

import sqlite3
import time
from collections import defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from studio.models.render import MOVES
from tests.living import Studio

EVERY: Final = 0.1
_MONEY = """
SELECT (SELECT monthly_budget FROM studio_brand WHERE slug = 'studio'),
       (SELECT COALESCE(SUM(price_charged), 0) FROM studio_attempt),
       (SELECT COALESCE(SUM(reserved), 0) FROM studio_render)
"""
_STATES = """
SELECT id, state, (SELECT count(*) FROM studio_attempt WHERE render_id = studio_render.id) FROM studio_render
"""
_GATE = """
SELECT down_since IS NOT NULL OR paused_at IS NOT NULL OR closed_by <> '', probe_at
FROM studio_gate WHERE engine = 'hiapi'
"""


@dataclass
class Spell:
    """A span in which the gate was seen shut at every look. Seconds since the epoch."""

    begin: float
    end: float


@dataclass
class Seen:
    """What the looks have found. `overspent` and `backwards` should stay empty."""

    looks: int = 0
    overspent: list[tuple[int, int, int]] = field(default_factory=list)
    backwards: list[tuple[int, str, str]] = field(default_factory=list)
    shut: list[Spell] = field(default_factory=list)
    probes: list[str] = field(default_factory=list)


class Watch:
    """`with Watch(studio) as watch:`; then `watch.seen`."""

    def __init__(self, studio: Studio) -> None:
        self.seen, self._path = Seen(), studio.data / "studio.sqlite3"
        self._states: dict[int, tuple[str, int]] = {}
        self._stop, self._is_shut = Event(), False
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=20)) as database:
            while not self._stop.wait(EVERY):
                with suppress(sqlite3.OperationalError):  # a full disk refuses even readers
                    self._look(database)

    def _look(self, database: sqlite3.Connection) -> None:
        database.execute("BEGIN")
        money, gate = database.execute(_MONEY).fetchone(), database.execute(_GATE).fetchone()
        states = database.execute(_STATES).fetchall()
        database.execute("COMMIT")
        self.seen.looks += 1
        if money[0] is not None and money[1] + money[2] > money[0]:
            self.seen.overspent.append(money)
        for render, state, attempts in states:
            self._note_state(render, state, attempts)
        self._note_gate(*(gate or (0, None)))

    def _note_state(self, render: int, state: str, attempts: int) -> None:
        before, tried = self._states.get(render, (state, attempts))
        if before != state and state not in ways(before, again=attempts > tried):
            self.seen.backwards.append((render, before, state))
        self._states[render] = state, attempts

    def _note_gate(self, shut: int, probe_at: str | None) -> None:
        if shut and not self._is_shut:
            self.seen.shut.append(Spell(time.time(), time.time()))
        if shut:
            self.seen.shut[-1].end = time.time()
        self._is_shut = bool(shut)
        if probe_at and probe_at not in self.seen.probes[-1:]:
            self.seen.probes.append(probe_at)


def ways(state: str, again: bool) -> set[str]:
    """Every state that may follow between two looks. A failed picture begins anew for another purchase."""
    found: set[str] = set()
    ahead: dict[str, set[str]] = defaultdict(set, {str(key): set(map(str, to)) for key, to in MOVES.items()})
    if not again and state != "failed":
        ahead["failed"] = set()
    waiting = [state]
    while waiting:
        new = ahead[waiting.pop()] - found
        found |= new
        waiting += new
    return found
