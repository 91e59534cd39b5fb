"""Faults as data: where, which, how often. What each kind does stands in the *_faults files."""

import random
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

NEEDED = {
    "accept_then_kill_client": ("allow",), "redirect": ("to",), "output_url": ("url",), "act": ("act",),
    "accept_then_act": ("act",),
}  # fmt: skip


@dataclass
class Fault:
    """`hits` counts how often it struck; `options` are the kind's own."""

    point: str
    kind: str
    times: int | None
    chance: float
    after: int
    when: Callable[[Any], bool] | None
    options: dict[str, Any]
    dice: random.Random
    seen: int = 0
    hits: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self, subject: Any) -> bool:
        with self._lock:
            if self.times is not None and self.hits >= self.times:
                return False
            if self.when and not self.when(subject):
                return False
            self.seen += 1
            if self.seen <= self.after or self.dice.random() >= self.chance:
                return False
            self.hits += 1
            return True

    def get(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)


class Faults:
    """`kinds` names those that exist at each point, so that a misspelt one is found at once."""

    def __init__(self, seed: int, kinds: Mapping[str, Collection[str]]) -> None:
        self._seed, self._kinds = seed, kinds
        self.active: list[Fault] = []

    def on(
        self,
        point: str,
        kind: str,
        *,
        times: int | None = None,
        chance: float = 1.0,
        after: int = 0,
        when: Callable[[Any], bool] | None = None,
        **options: Any,
    ) -> Fault:
        """From now on, `kind` happens at `point`: at most `times` times, with this chance, not before `after`
        others that fit, and only if `when(request)` says so (`when(task)` for task, callback and file).
        Of several that fit, the one that was set first strikes. ValueError for a kind that is not there."""
        if kind not in self._kinds.get(point, ()):
            there = {name: sorted(kinds) for name, kinds in self._kinds.items()}
            raise ValueError(f"no fault {kind!r} at {point!r}; there is {there.get(point) or sorted(there)}")
        if missing := [name for name in NEEDED.get(kind, ()) if name not in options]:
            raise ValueError(f"{kind} needs {', '.join(missing)}")
        dice = random.Random(f"{self._seed}/{len(self.active)}/{point}/{kind}")
        fault = Fault(point, kind, times, chance, after, when, options, dice)
        self.active.append(fault)
        return fault

    def clear(self, point: str = "") -> None:
        self.active = [one for one in self.active if point and one.point != point]

    def pick(self, point: str, subject: Any) -> Fault | None:
        return next((one for one in self.active if one.point == point and one.strikes(subject)), None)

    def pick_all(self, point: str, subject: Any) -> list[Fault]:
        return [one for one in self.active if one.point == point and one.strikes(subject)]
