"""Everything the stand-in knows, put together: options, clock, tasks, prices, ledger, faults."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from PIL import Image

from tests.standin import create_faults, file_faults, price_faults, read_faults
from tests.standin.callbacks import PLANS, Callbacks
from tests.standin.clock import Clock, Scheduler
from tests.standin.faults import Faults
from tests.standin.keys import Keys
from tests.standin.ledger import Ledger
from tests.standin.limits import Limits
from tests.standin.pricing import PriceList
from tests.standin.reply_faults import ANY
from tests.standin.task import Shelf

TASK_FAULTS = ("fail", "TASK_FAILED", "TASK_TIMEOUT", "STORAGE_UNAVAILABLE", "MODEL_UNAVAILABLE")
OUTCOMES = (*TASK_FAULTS, "no_error", "no_code", "stuck", "slow", "no_output")
CHAT = (*ANY, "parts", "https", "bare_data_url", "no_image", "two_images")
WEEK = 7 * 86400.0


@dataclass
class Options:
    """What may be set at the start and changed later.

    latency: seconds from acceptance to the end, drawn for each task in turn from the seed.
    pictures: "drawn", with the reference in a scene, or "flat", which costs nothing.
    lifetime: seconds for which a result's address works; renew: a later read gives a fresh one.
    charge_failed: whether a failed task costs (no source says).
    leniencies: disputed rules that are off, such as "square_4k".
    chat_latency: seconds a chat completion takes.
    weight: bytes that a PNG has at least.
    """

    seed: int = 1
    latency: tuple[float, float] = (0.2, 0.6)
    pictures: str = "drawn"
    extension: str = "png"
    lifetime: float = WEEK
    renew: bool = False
    expired_status: int = 403
    charge_failed: bool = True
    keep_references: bool = False
    leniencies: frozenset[str] = frozenset()
    chat_latency: float = 0.05
    weight: int = 0


@dataclass
class World:
    options: Options
    secret: str
    ledger_path: Path | None
    clock: Clock
    keys_to_accounts: dict[str, str]
    barred: set[str] = field(default_factory=set)
    balance: int | None = None
    url: str = ""
    refuse_connections: Callable[[float], None] = lambda _: None

    def __post_init__(self) -> None:
        self.stopping = threading.Event()
        self.scheduler = Scheduler(self.clock)
        self.ledger = Ledger(self.clock.now, self.ledger_path)
        self.callbacks = Callbacks(self.scheduler, self.ledger, self.secret)
        self.keys, self.limits, self.tasks = Keys(self.clock.now), Limits(), Shelf()
        self.prices = PriceList()
        self.faults = Faults(self.options.seed, KINDS)
        self.chats = count()
        self.pictures: dict[str, Image.Image] = {}
        self.reference_bytes: dict[str, bytes] = {}
        self.chat_pictures: dict[str, bytes] = {}


KINDS = {
    "create": create_faults.KINDS,
    "detail": read_faults.DETAIL,
    "list": read_faults.LIST,
    "models": ANY,
    "schema": ANY,
    "catalogue": ANY,
    "pricing": price_faults.KINDS,
    "chat": CHAT,
    "task": OUTCOMES,
    "callback": tuple(PLANS),
    "file": file_faults.KINDS,
}
