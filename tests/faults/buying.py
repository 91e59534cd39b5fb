"""A living Studio that buys its pictures from the stand-in. At the end of the block the books must agree."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.faults.invariants import Books, assert_invariants
from tests.faults.visitor import ADMIN
from tests.faults.watch import Watch
from tests.faults.work import change, count, done, manage, rows
from tests.living import Studio, eventually, free_port
from tests.standin import StandIn
from tests.standin.kill import is_under

PRICE: Final = 30_000
RATIOS: Final = ["1:3", "3:1", "9:21", "21:9", "1:2", "2:1", "9:16", "16:9", "2:3", "3:2"]
USUAL: Final = {"HIAPI_RPM": "100000", "HIAPI_CONCURRENCY": "8"}
_ORDER = """
from studio.flow import shoot
from studio.models import Brand, Scene
brand = Brand.objects.get(slug="studio")
brand.monthly_budget = (brand.monthly_budget or 0) + {money}
brand.save(update_fields=["monthly_budget"])
products = brand.products.order_by("pk")[:1]
plan = shoot.plan(brand, None, products)
scenes = Scene.objects.published().filter(slug="paper-sweep")
shoot.choose(plan, products=products, scenes=scenes, placements=[], ratios={ratios!r},
             resolution="1K", takes={takes})
assert shoot.launch(plan, None)
"""


@dataclass
class Shop:
    studio: Studio
    hiapi: StandIn
    watch: Watch

    def order(self, pictures: int) -> None:
        """Launches a shoot of so many: up to ten, a multiple of ten, or of five. The budget fits exactly."""
        shapes = next(shapes for shapes in (10, 5, pictures) if pictures % shapes == 0)
        ratios, takes = RATIOS[:shapes], pictures // shapes
        manage(
            self.studio, "shell", "-c",
            _ORDER.format(money=pictures * PRICE, ratios=ratios, takes=takes),
        )  # fmt: skip

    def warm_up(self) -> None:
        """As after so many good calls that as much as is allowed goes out at once."""
        change(self.studio, "UPDATE studio_gate SET good = 1000")

    def end(self, pictures: int, within: float) -> None:
        """When so many are done."""
        eventually(lambda: done(self.studio) == pictures, within)

    def undecided(self) -> int:
        return count(self.studio, "studio_render WHERE state = 'unsure' AND look_again_at IS NULL")

    def states(self) -> dict[str, int]:
        return dict(rows(self.studio, "SELECT state, count(*) FROM studio_render GROUP BY state"))

    def agree(self) -> Books:
        return assert_invariants(self.studio, self.hiapi, self.watch)

    def is_ours(self, pid: int) -> bool:
        return is_under(pid, self.studio.launcher.pid)

    def is_ours_at_rest(self, pid: int) -> bool:
        """The same, once everything that is on its way to the stand-in has arrived."""
        sold = -1
        while sold != len(self.hiapi.ledger.paid):
            sold = len(self.hiapi.ledger.paid)
            time.sleep(1)
        return self.is_ours(pid)


@contextmanager
def buying(
    folder: Path, *, callbacks: bool = True, settings: dict[str, str] | None = None, **options: Any
) -> Iterator[Shop]:
    """`settings` are Studio's, `options` the stand-in's. Without callbacks Studio has to ask."""
    port = free_port()
    ours = {"STUDIO_PUBLIC_URL": f"http://127.0.0.1:{port}"} if callbacks else {}
    folder.mkdir(exist_ok=True)
    usual: dict[str, Any] = {"pictures": "flat", "latency": (0.3, 1.0), "secret": "0123456789abcdef"}
    with StandIn(**usual | options) as hiapi:
        told = ADMIN | hiapi.environment() | USUAL | ours | (settings or {})
        studio = Studio(folder / "data", port, **told).start()
        try:
            eventually(lambda: studio.status("/readyz") == 200, within=90)
            with Watch(studio) as watch:
                shop = Shop(studio, hiapi, watch)
                yield shop
                shop.agree()
        finally:
            studio.stop()
            assert studio.processes() == []
