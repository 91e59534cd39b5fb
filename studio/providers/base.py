"""What a maker of pictures looks like from inside.

A new one is a file here, a file of tests, and a line in flow/engines.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from studio.providers.errors import Declined


@dataclass(frozen=True)
class Order:
    """One picture, as we want it.

    References are what the provider's `wants` says: storage keys, or addresses that it can reach.
    """

    prompt: str
    ratio: str
    resolution: str
    references: tuple[str, ...]
    scene: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    model: str = ""
    free: tuple[float, float, float, float] = (
        0,
        0,
        0,
        0,
    )  # shares at top, bottom, left, right without product
    callback: str = ""  # where the provider may tell us that it is finished; empty: it cannot reach us


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
class Ready:
    """Made, and to be fetched from this address before it expires."""

    address: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Working:
    """Not finished; `seconds` is when it is polite to ask again."""

    seconds: float


@dataclass(frozen=True)
class Task:
    """A task as the provider lists it: `news` is how it goes."""

    task_id: str
    model: str
    created_at: datetime | None
    news: "Working | Ready | Finished | Declined"


@dataclass(frozen=True)
class Glance:
    """One page of the provider's own list of tasks, newest first. `more` is whether older ones follow."""

    tasks: list[Task]
    more: bool


@dataclass(frozen=True)
class Model:
    """One choice of model. `references` is the least and the most; (0, 0) draws from words alone."""

    key: str
    name: str
    references: tuple[int, int]
    draft: str = ""  # key of the model that draws a first picture where there is no packshot


@dataclass(frozen=True)
class Quote:
    """What one picture costs in micro-dollars, or a code of messages.py that says why nobody knows.

    A listed price of zero comes as amount 0 with the problem "price_zero": somebody has to confirm it.
    """

    amount: int | None
    problem: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A callback that was understood. `fresh` is False when its clock is too far from ours."""

    task_id: str
    status: str
    signed: bool
    fresh: bool


class Provider(Protocol):
    """`batch` calls go out together; `wants` says which picture of the product it starts from."""

    batch: int
    wants: Literal["cutout", "picture"]
    trusted: bool  # its bytes are our own and need no sandbox

    def models(self) -> Sequence[Model]:
        """What can be chosen, the usual one first; empty where there is nothing to choose."""

    def refuses(self, order: Order) -> Declined | None:
        """Why this order cannot be made, with the nearest that can; None when it can."""

    def quote(self, order: Order) -> Quote:
        """The price as it stands now."""

    def prepare(self, order: Order) -> bytes:
        """The exact order, now and at every repetition. Raises Declined for an impossible one."""

    def submit(self, request: bytes, key: str) -> Taken | Finished | Ready:
        """Sends what was prepared. The same key and bytes never buy twice. Raises ProviderError."""

    def look(self, task_id: str) -> Working | Finished | Ready:
        """How a taken order goes. Raises ProviderError; Declined when the task failed."""


class Remote(Provider, Protocol):
    """A provider across a network, who takes money and time."""

    def body_sha256(self, request: bytes) -> str:
        """Of the body that `submit` sends for this request: what is frozen is what goes out."""

    def keeps_keys(self, model: str) -> bool:
        """Whether the same key and bytes may be sent again without being bought again."""

    def names(self, model: str) -> tuple[str, ...]:
        """What the provider may call this model in its list of tasks. Raises Declined."""

    def reference_limits(self, model: str) -> tuple[int, int]:
        """The least and the most references that this model takes."""

    def glance(self, page: int) -> Glance:
        """A page of up to a hundred tasks. Raises Wait or Unheard."""

    def fetch(self, address: str, into: BinaryIO) -> None:
        """Streams a result. Raises Declined("result_gone"), or Wait or Unheard when it may work later."""

    def hear(self, headers: Mapping[str, str], body: bytes, now: float) -> Heard:
        """Checks and reads a callback. Raises Forged."""

    def fetch_prices(self) -> bytes:
        """The price document as it is served, at most 4 MB. Raises Wait or Unheard."""

    def price_print(self, document: bytes, model: str = "") -> str:
        """64 characters, the same for documents with the same prices: of this model, or of all we know."""
