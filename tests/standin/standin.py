"""The stand-in as tests hold it: a context manager with an address, a ledger, a clock and faults."""

import threading
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.standin import life
from tests.standin.callbacks import Plan
from tests.standin.clock import Clock
from tests.standin.routes import answer
from tests.standin.server import HOST, Listener
from tests.standin.trap import Trap
from tests.standin.world import Options, World

KEY, OTHER_KEY = "sk-standin", "sk-somebody-else"


class StandIn:
    """`with StandIn(seed=1, latency=(0.2, 0.6)) as hiapi:` serves on a free port of 127.0.0.1.

    Options are those of `Options`, and: port, secret (signs callbacks), ignore_keys, rpm, concurrency, ledger
    (a file for its rows), speed (of its clock). Exit raises what went wrong inside the stand-in itself.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        secret: str = "",
        ignore_keys: bool = False,
        rpm: int | None = None,
        concurrency: int | None = None,
        ledger: Path | None = None,
        speed: float = 1.0,
        **options: Any,
    ) -> None:
        accounts = {KEY: "ours", OTHER_KEY: "theirs"}
        self.world = World(Options(**options), secret, ledger, Clock(speed=speed), accounts)
        self.world.keys.ignored = ignore_keys
        self.world.limits.rpm, self.world.limits.concurrency = rpm, concurrency
        self.world.refuse_connections = self.refuse_connections
        self.key, self.other_key, self._port = KEY, OTHER_KEY, port
        self.options, self.ledger, self.faults = self.world.options, self.world.ledger, self.world.faults
        self.clock, self.keys, self.limits = self.world.clock, self.world.keys, self.world.limits
        self.callbacks, self.prices, self.tasks = self.world.callbacks, self.world.prices, self.world.tasks

    def start(self) -> "StandIn":
        self._listener = Listener(self._port, partial(answer, self.world), self.world.stopping)
        self.world.url = self.url
        self.world.scheduler.start()
        return self

    def stop(self) -> None:
        self.world.stopping.set()
        self._listener.stop()
        self.world.scheduler.stop()
        if "trap" in self.__dict__:
            self.trap.close()
        self.ledger.close()

    def __enter__(self) -> "StandIn":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and self.errors:
            raise self.errors[0]

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def place(self) -> str:
        """host:port, as STUDIO_FETCH_ALLOW names it."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    site_url = url

    @property
    def errors(self) -> list[BaseException]:
        return self.world.scheduler.errors

    def environment(self) -> dict[str, str]:
        """With which Studio uses this stand-in."""
        values = {
            "HIAPI_API_KEY": self.key,
            "HIAPI_BASE_URL": self.url,
            "HIAPI_SITE_URL": self.site_url,
            "STUDIO_FETCH_ALLOW": self.place,
            "HIAPI_WEBHOOK_SECRET": self.callbacks.secret,
            "HIAPI_IDEMPOTENCY": "ignored" if self.keys.ignored else "",
        }
        return {name: value for name, value in values.items() if value}

    def advance(self, seconds: float) -> None:
        """Moves the clock and comes back when all that fell due was done."""
        self.clock.advance(seconds)
        self.settle()

    def run(self, speed: float) -> None:
        """From now on the clock goes `speed` times as fast; 0 stops it."""
        self.clock.run(speed)
        self.world.scheduler.poke()

    def settle(self, within: float = 15.0) -> None:
        """Until everything that is due has happened, callbacks under way included."""
        self.world.scheduler.poke()
        self.world.scheduler.settle(within)

    @property
    def places(self) -> dict[str, str]:
        """Where a result's redirect may lead: `faults.on("file", "redirect", to=hiapi.places["trap"])`."""
        return {
            "same_host": "{path}?moved=1",
            "other_host": f"http://localhost:{self.port}{{path}}?moved=1",
            "trap": self.trap.url,
            "file": "file:///etc/passwd",
            "loop": "{path}",
        }

    @cached_property
    def trap(self) -> Trap:
        """Another port on this machine, which nobody may visit: `hiapi.trap.visits`."""
        return Trap()

    def expire(self) -> None:
        """Every address that was given out for a picture stops working now, whatever it promised."""
        for task in self.tasks:
            task.gone = len(task.expiries)

    def call_back(self, id: str, url: str = "", **plan: Any) -> None:
        """Sends the callback of a task once more, in any way that `Plan` knows: `copies=10`, `stale=301` …"""
        task = self.tasks.get(id)
        if task is None:
            raise KeyError(id)
        self.callbacks.announce(url or str(task.order.callback), life.shown(self.world, task), Plan(**plan))

    def close_idle(self, seconds: float) -> None:
        """New connections that say nothing for so long are closed."""
        self._listener.idle = seconds

    def bar(self, model: str) -> None:
        """The key may not use this model (permission_denied)."""
        self.world.barred.add(model)

    def refuse_connections(self, seconds: float) -> None:
        """Nobody can connect for so long; what is open breaks. Comes back at once."""
        threading.Thread(target=self._be_deaf, args=(seconds,), daemon=True).start()

    def _be_deaf(self, seconds: float) -> None:
        self.go_down()
        self.world.stopping.wait(seconds)
        if not self.world.stopping.is_set():
            self.come_back()

    def go_down(self) -> None:
        """Refuses connections until `come_back()`. Tasks go on meanwhile."""
        self._listener.deaf()

    def come_back(self) -> None:
        self._listener.hear()
