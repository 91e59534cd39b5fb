"""Engines and their models by the names that people know."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from studio.flow.engines import ENGINES, is_remote, model_name, offered, remote
from studio.flow.order import able
from studio.flow.shoot import models
from studio.models import Shoot

NAMES: Final = {"local": "Embedded engine", "hiapi": "HiAPI"}
NAMED: Final = 3  # models that a sentence names


@dataclass(frozen=True)
class Choice:
    key: str
    name: str
    picked: bool


@dataclass(frozen=True)
class Choices:
    """`engines` is empty where there is nothing to choose, `models` likewise."""

    engines: list[Choice]
    models: list[Choice]


def choices(shoot: Shoot) -> Choices:
    there = offered()
    several = len(there) > 1 or shoot.engine not in there
    engines = [Choice(key, name(key), key == shoot.engine) for key in there] if several else []
    known = models(shoot.engine) if shoot.engine in there else ()
    return Choices(engines, [Choice(one.key, one.name, one.key == shoot.model) for one in known])


def name(engine: str) -> str:
    return NAMES.get(engine, engine)


def full_name(engine: str, model: str) -> str:
    """`HiAPI, GPT Image 2`."""
    return f"{name(engine)}, {model_name(engine, model)}" if model else name(engine)


def most_references(engine: str, model: str) -> int:
    """How many pictures it is shown at most."""
    return remote(engine).reference_limits(model)[1] if bought(engine) else 1


def others(engine: str, ratios: Collection[str], resolution: str) -> dict[str, str]:
    """`{"others": "another model: GPT Image 2.5 Flare"}`: what makes all these shapes; else empty."""
    names = able(engine, ratios, resolution)
    return {"others": f"another model: {' or '.join(names[:NAMED])}"} if names else {}


def bought(engine: str) -> bool:
    """Whether its pictures take money."""
    return engine in ENGINES and is_remote(engine)
