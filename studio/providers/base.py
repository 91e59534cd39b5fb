"""What a maker of pictures looks like from inside.

A new one is a file here, a file of tests, and a line in flow/engines.py.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Order:
    """One picture, as we want it. References are storage keys of the kind that the provider asks for."""

    prompt: str
    ratio: str
    resolution: str
    references: tuple[str, ...]
    scene: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    model: str = ""


@dataclass(frozen=True)
class Taken:
    """The provider works on it; ask again with this id."""

    task_id: str


@dataclass(frozen=True)
class Finished:
    """The picture, and where the product stands in it (x, y, w, h as fractions) when that is known."""

    data: bytes
    media_type: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Working:
    """Not finished; `seconds` is when it is polite to ask again."""

    seconds: float


class Provider(Protocol):
    """`batch` rows are claimed together; `wants` says which picture of the product it starts from."""

    batch: int
    wants: Literal["cutout", "picture"]
    trusted: bool  # its bytes are our own and need no sandbox

    def price(self, order: Order) -> int | None:
        """Micro-dollars for one picture; None when nobody knows."""

    def prepare(self, order: Order) -> bytes:
        """The exact bytes to send, now and at every repetition. Raises Declined for an impossible order."""

    def submit(self, request: bytes, key: str) -> Taken | Finished:
        """Sends the bytes. The same key and bytes never buy twice. Raises ProviderError."""

    def look(self, task_id: str) -> Working | Finished:
        """How a taken order goes. Raises ProviderError."""
