"""Callbacks at a living Studio: ten times each, contradictory, too early, forged, and never."""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.faults.buying import Shop, buying
from tests.faults.rounds import SECONDS, rounds
from tests.faults.work import count, rows
from tests.forgeries import Forgery, forgeries, mutations
from tests.living import eventually
from tests.standin import life
from tests.standin.callbacks import Plan, opposite
from tests.standin.task import Task

pytestmark = pytest.mark.faults
CONNECTIONS: Final = 8
WHOLE: Final = len(rounds(2)) > 1  # rather than once around
PATIENCE: Final = 1 if WHOLE else 3  # once around, others use the machine, too
SECRET: Final = "0123456789abcdef"
MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Delivery:
    """A callback as it goes out, and when: seconds of a steady clock, infinity for the end of all."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Told:
    status: int
    seconds: float


def deliveries(shop: Shop, task: Task, dice: random.Random, contradict: bool) -> list[Delivery]:
    """Ten of one task that has ended; three of them say the opposite where it is contradicted."""
    shown = life.shown(shop.hiapi.world, task)
    told = [opposite(shown) if contradict and number < 3 else shown for number in range(10)]
    dice.shuffle(told)
    bodies = [json.dumps(one).encode() for one in told]
    path = urlsplit(str(task.order.callback)).path
    return [Delivery(path, body, shop.hiapi.callbacks.headers(body, Plan(), 0)) for body in bodies]


def postman(port: int, post: "SimpleQueue[Delivery | None]") -> list[Told]:
    """Delivers over one connection until there is nothing more."""
    connection, told = HTTPConnection("127.0.0.1", port, timeout=30), []
    while (one := post.get()) is not None:
        begin = time.monotonic()
        connection.request("POST", one.path, one.body, one.headers)
        answer = connection.getresponse()
        answer.read()
        told.append(Told(answer.status, time.monotonic() - begin))
    connection.close()
    return told


def note(what: str, told: Sequence[Told]) -> float:
    """The 95th percentile, in seconds; it is among the figures, too."""
    slowest = sorted(one.seconds for one in told)
    p95 = slowest[int(len(slowest) * 0.95)]
    SECONDS[f"{what}: p95"].append(p95)
    SECONDS[f"{what}: slowest"].append(slowest[-1])
    return p95


def test_ten_deliveries_of_each_task_settle_it_once(tmp_path: Path) -> None:
    """Shuffled over eight connections as tasks end, every fifth task contradicted."""
    for turn in rounds(3):
        with buying(tmp_path / str(turn), latency=(4.0, 9.0), seed=turn) as shop:
            shop.hiapi.faults.on("callback", "never")
            shop.order(100)
            told = deliver(shop, 100, random.Random(turn))
            shop.end(100, within=60)
            assert {one.status for one in told} == {200}
            assert len(told) == 1000
            p95 = note("a thousand callbacks over eight connections", told)
            assert p95 <= 0.2 * PATIENCE
            assert max(one.seconds for one in told) <= 1.0 * PATIENCE
            assert len(shop.hiapi.ledger.paid) == count(shop.studio, "studio_attempt") == 100
            assert count(shop.studio, "studio_notice WHERE remark = 'told_failed'") == 20
            assert_no_link_is_logged(shop)


def assert_no_link_is_logged(shop: Shop) -> None:
    """The provider has followed them all."""
    log = shop.studio.log.read_text()
    links = {urlsplit(one.source).path.split("/")[2] for one in shop.hiapi.ledger.references}
    assert links
    assert not [one for one in links if one in log]


def deliver(shop: Shop, tasks: int, dice: random.Random) -> list[Told]:
    """Ten callbacks of each task, as soon as some more have ended."""
    post: SimpleQueue[Delivery | None] = SimpleQueue()
    known: set[str] = set()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        postmen = [pool.submit(postman, shop.studio.port, post) for _ in range(CONNECTIONS)]
        try:
            eventually(lambda: _post_some(shop, known, post, dice) == tasks, within=120)
        finally:
            for _ in postmen:
                post.put(None)
        return [one for each in postmen for one in each.result()]


def _post_some(shop: Shop, known: set[str], post: "SimpleQueue[Any]", dice: random.Random) -> int:
    """How many tasks have been told of by now."""
    ended = [task for task in shop.hiapi.tasks if task.is_final and task.id not in known]
    known |= {task.id for task in ended}
    letters = [one for task in ended for one in deliveries(shop, task, dice, task.number % 5 == 0)]
    dice.shuffle(letters)
    for one in letters:
        post.put(one)
    return len(known)


def test_a_hundred_callbacks_that_come_before_the_answer_find_their_pictures(tmp_path: Path) -> None:
    """0 to 500 ms early; twenty tasks of somebody else's are kept and harm nobody."""
    for turn in rounds(3):
        with buying(tmp_path / str(turn), seed=turn) as shop:
            for step in range(6):
                fifth = lambda task, step=step: task.number % 6 == step  # noqa: E731
                shop.hiapi.faults.on("callback", "early", seconds=step / 10, when=fifth)
            shop.order(100)
            eventually(lambda: len(shop.hiapi.ledger.paid) == 100, 60)
            began = time.monotonic()
            foreign = [foreigner(shop, number) for number in range(20)]
            shop.end(100, within=30)
            SECONDS["a hundred early callbacks: from the last order to the last picture"].append(
                time.monotonic() - began
            )
            matched = (
                "SELECT max((julianday(finished_at) - julianday(started_at)) * 86400) FROM studio_render"
            )
            assert rows(shop.studio, matched)[0][0] <= 10
            assert set(foreign) == {200}
            assert count(shop.studio, "studio_notice WHERE remark = 'task_foreign'") == 20
            assert sum(shop.hiapi.ledger.polls().values()) <= 200


def foreigner(shop: Shop, number: int) -> int:
    """The status of a callback that is signed rightly and about a task that nobody here asked for."""
    body = json.dumps({"taskId": f"tk-foreign-{number}", "status": "success"}).encode()
    address = f"{shop.studio.address}/callbacks/hiapi/foreign-{number}/"
    return shop.hiapi.callbacks.send(address, body, shop.hiapi.callbacks.headers(body, Plan(), 0))


@pytest.mark.parametrize("way", ["never", "wrongly_signed", "unsigned"])
def test_where_no_callback_comes_through_the_list_finishes_everything(tmp_path: Path, way: str) -> None:
    """A hundred tasks of a minute; of a third of that when there is time for once around only."""
    if way != "never" and not WHOLE:
        pytest.skip("in all rounds only")
    seconds = 60 if WHOLE else 20
    with buying(tmp_path / way, latency=(seconds, seconds)) as shop:
        shop.hiapi.faults.on("callback", way)
        shop.warm_up()
        shop.order(100)
        eventually(lambda: sum(task.is_final for task in shop.hiapi.tasks) == 100, seconds + 60)
        ended = time.monotonic()
        shop.end(100, within=90)
        SECONDS[f"callbacks {way}: from the last task's end to the last picture"].append(
            time.monotonic() - ended
        )
        ledger = shop.hiapi.ledger
        assert max(ledger.polls().values(), default=0) <= 12
        each = ledger.per_second("/v1/tasks", "GET")
        assert sum(each.values()) / (max(each) - min(each) + 1) <= 2
        SECONDS[f"callbacks {way}: questions in the busiest second"].append(max(each.values()))
        assert rows(shop.studio, "SELECT deaf_since IS NOT NULL FROM studio_gate") == [(1,)]
        assert {one.status for one in ledger.callbacks} == (set() if way == "never" else {401})


def test_forgeries_change_nothing_and_never_break_anything(tmp_path: Path) -> None:
    for turn in rounds(3):
        with buying(tmp_path / str(turn), latency=(60, 60), settings=_two_secrets()) as shop:
            shop.order(1)
            eventually(lambda: count(shop.studio, "studio_render WHERE state = 'running'") == 1, 30)
            path = urlsplit(str(next(iter(shop.hiapi.tasks)).order.callback)).path
            before = state(shop)
            sent = [*forgeries(), *mutations(500, seed=turn)]
            told = [tell(shop, path, one) for one in sent]
            assert state(shop) == before
            assert [
                one for one, answer in zip(sent, told, strict=True) if not 400 <= answer.status < 500
            ] == []
            assert note("forged callbacks", told) <= 0.05 * PATIENCE
            assert unread(shop, path, f"Content-Length: {2 * MIB}") < 2 * MIB
            assert unread(shop, path, "Transfer-Encoding: chunked") < 2 * MIB
            assert state(shop) == before
            shop.hiapi.run(speed=100)
            shop.end(1, within=30)


def _two_secrets() -> dict[str, str]:
    return {"HIAPI_WEBHOOK_SECRET": f"0123456789abcdef0123456789abcdef,{SECRET}"}


def state(shop: Shop) -> list[Any]:
    render = "SELECT state, failure, updated_at FROM studio_render"
    gate = "SELECT closed_by, heard_at, deaf_since, troubles FROM studio_gate"
    return [
        rows(shop.studio, render),
        rows(shop.studio, "SELECT task_id, outcome, price_charged FROM studio_attempt"),
        rows(shop.studio, gate),
        count(shop.studio, "studio_notice"),
    ]


def tell(shop: Shop, path: str, forgery: Forgery) -> Told:
    """Byte for byte over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", shop.studio.port, timeout=30)
    begin = time.monotonic()
    connection.putrequest("POST", path)
    for name, value in forgery.headers:
        connection.putheader(name, value.encode())
    connection.putheader("Content-Length", str(len(forgery.body)))
    connection.endheaders(forgery.body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return Told(answer.status, time.monotonic() - begin)


def unread(shop: Shop, path: str, header: str) -> int:
    """How many bytes of a body that is too large went out before it was refused with 413."""
    connection = HTTPConnection("127.0.0.1", shop.studio.port, timeout=30)
    connection.putrequest("POST", path)
    connection.putheader(*header.split(": "))
    connection.endheaders()
    piece = b"x" * 65536 if "Length" in header else b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0
    sock = connection.sock
    sock.settimeout(0.3)
    while sent < 2 * MIB:
        try:
            sock.sendall(piece)
            sent += 65536
            if sock.recv(12, 2):  # MSG_PEEK: an answer has come
                break
        except TimeoutError:
            continue
        except OSError:
            break
    sock.settimeout(30)
    assert connection.getresponse().status == 413
    connection.close()
    return sent
