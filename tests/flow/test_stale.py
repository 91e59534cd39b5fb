"""A worker sleeps through its lease at some point of a picture, another takes over, the first wakes up."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage
from django.forms.models import model_to_dict
from django.utils import timezone

from studio.flow import render as flow
from studio.flow.engines import ENGINES
from studio.models import Attempt, Brand, Render, State
from studio.providers.base import Finished, Order, Taken, Working
from tests import cast
from tests.engines import DONE, Scripted
from tests.stores import files

ROUNDS = 5  # of each kind; twenty at each point
AT_ONCE = ("prepare", "submit", "pictures", "thumbs")  # folders: when a file was stored in them
AFTER_A_WHILE = ("submit", "look", "pictures", "thumbs")


class Sleeper:
    """At its point the lease ends and another worker takes over; `left` are the rows as that left them."""

    def __init__(self, point: str, finishes: bool = True) -> None:
        self.point, self.finishes, self.awake = point, finishes, True
        self.left: list[dict[str, Any]] = []
        self.held: list[Render] = []

    def reach(self, point: str) -> None:
        if point == self.point and self.awake:
            self.awake = False
            Render.objects.exclude(lease="").update(lease_until=timezone.now() - timedelta(seconds=1))
            self.held = Render.objects.due().claim(1)
            if self.finishes:
                self.finish()
            self.left = rows()

    def finish(self) -> None:
        for render in self.held:
            while flow.advance(render):
                pass
            render.release()
        work()


class Engine(Scripted):
    """With `slow` it takes the order, and gives the picture when it is looked at."""

    def __init__(self, slow: bool) -> None:
        super().__init__(price=30_000)
        self.slow = slow
        self.sleeper = Sleeper("")

    def prepare(self, order: Order) -> bytes:
        self.sleeper.reach("prepare")
        return super().prepare(order)

    def submit(self, request: bytes, key: str) -> Taken | Finished:
        self.asked.append((request, key))
        self.sleeper.reach("submit")
        return Taken(f"task-{key}") if self.slow else DONE

    def look(self, task_id: str) -> Working | Finished:
        self.sleeper.reach("look")
        return DONE


class Storage(FileSystemStorage):
    def _save(self, name: str, content: Any) -> str:
        key = super()._save(name, content)
        engine = ENGINES["local"]
        assert isinstance(engine, Engine)
        engine.sleeper.reach(name.partition("/")[0])
        return key


def work() -> None:
    """Until nothing is due; what a provider works on is due at once."""
    claimed = True
    while claimed:
        Render.objects.filter(state=State.RUNNING, lease="").update(look_again_at=timezone.now())
        claimed = bool(rows := Render.objects.due().claim(2))
        for render in rows:
            while flow.advance(render):
                pass
            render.release()


def rows() -> list[dict[str, Any]]:
    both = (*Render.objects.order_by("pk"), *Attempt.objects.order_by("pk"))
    return [model_to_dict(row) for row in both]


@pytest.fixture
def engine(
    request: pytest.FixtureRequest, settings: LazySettings, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> Engine:
    slow = Engine(request.param)
    monkeypatch.setitem(ENGINES, "local", slow)
    options = {"BACKEND": "tests.flow.test_stale.Storage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": options}
    return slow


@pytest.mark.parametrize(
    ("engine", "point"),
    [(False, point) for point in AT_ONCE] + [(True, point) for point in AFTER_A_WHILE],
    indirect=["engine"],
)
@pytest.mark.parametrize("finishes", [True, False], ids=["finished", "held"])
def test_who_slept_through_the_lease_writes_nothing(
    brand: Brand, engine: Engine, point: str, finishes: bool
) -> None:
    """Meanwhile the other one has finished the picture, or holds it in the very same state."""
    shoot = cast.shoot(brand, launched=True)
    for _ in range(ROUNDS):
        sleeper = engine.sleeper = Sleeper(point, finishes)
        cast.render(shoot, reserved=30_000)
        work()
        assert sleeper.held, "another one took over"
        assert rows() == sleeper.left
        sleeper.finish()
    assert shoot.renders.filter(state=State.DONE).count() == ROUNDS
    assert [attempt.price_charged for attempt in Attempt.objects.all()] == [30_000] * ROUNDS
    assert len(set(engine.asked)) == ROUNDS, "whatever went out again was the same under the same key"
    for folder in ("pictures", "thumbs"):
        assert len(files(folder)) == ROUNDS
