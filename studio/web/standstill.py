"""Why bought pictures wait, in words for everybody: their engine is paused, closed or silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from studio.models import Gate, Shoot
from studio.web import gates, makers, words


@dataclass(frozen=True)
class Standstill:
    """`HiAPI is paused`, and `it is resumed` is what ends it."""

    kind: str
    what: str
    end: str

    def of(self, pictures: int) -> str:
        """`HiAPI is paused; 8 pictures wait until it is resumed.`"""
        return (
            f"{self.what}; {words.count(pictures, 'picture')} wait{'s' * (pictures == 1)} until {self.end}."
        )

    @property
    def ahead(self) -> str:
        """For a plan that is not launched yet."""
        return f"You may launch; its pictures wait until {self.end}."


_KINDS: Final = {
    "paused": ("{engine} is paused by an admin", "it is resumed"),
    "closed": ("{engine} is closed", "it is opened again"),
    "silent": ("{engine} does not answer", "it answers again"),
    "keyless": ("{engine} has no key", "it has one"),
    "model": ("{engine} refuses {model}", "it is taken again"),
}


def known() -> dict[str, Gate]:
    """Every gate by its engine: one question."""
    return {gate.engine: gate for gate in Gate.objects.all()}


def of(shoot: Shoot, known: Mapping[str, Gate]) -> Standstill | None:
    """What keeps this shoot's pictures from being asked for; None when nothing does."""
    if not makers.bought(shoot.engine):
        return None
    gate = known.get(shoot.engine) or Gate(engine=shoot.engine)
    kind = gates.kind_of(gate)
    if kind not in _KINDS and shoot.model in gate.closed_models:
        kind = "model"
    if kind not in _KINDS:
        return None
    engine = makers.name(shoot.engine)
    model = makers.full_name(shoot.engine, shoot.model).removeprefix(f"{engine}, ")
    what, end = (text.format(engine=engine, model=model) for text in _KINDS[kind])
    return Standstill(kind, what, end)
