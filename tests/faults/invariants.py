"""What must hold when the dust has settled: the stand-in's ledger, the database and the files agree."""

import hashlib
import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any, Final
from uuid import UUID

from studio.messages import say
from studio.models.render import FINAL
from tests.faults.visitor import Visitor
from tests.faults.watch import Watch
from tests.faults.work import manage
from tests.living import Studio, eventually
from tests.standin import StandIn

LOST: Final = ("result_lost", "result_unusable")
WINDOW: Final = 20 * 3600.0
ON_ITS_WAY: Final = 3.0  # seconds from claiming a picture to its POST, on a busy machine
PUBLIC_FILES: Final = ("secret-key",)
Row = dict[str, Any]
_SWEEP = """
import json
from studio.flow import janitor
janitor.sweep()
columns = [model._default_manager.values_list(column, flat=True) for model, column in janitor.KEYS]
print(json.dumps(sorted({key for column in columns for key in column if key})))
"""


@dataclass
class Books:
    """Both sides of the trade."""

    studio: Studio
    hiapi: StandIn
    watch: Watch

    @cached_property
    def renders(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("studio_render")}

    @cached_property
    def attempts(self) -> dict[str, Row]:
        """By key, as it was sent."""
        bought = (row for row in self._rows("studio_attempt") if row["engine"] == "hiapi")
        return {str(UUID(row["key"])): row for row in bought}

    def _rows(self, table: str) -> list[Row]:
        with closing(
            sqlite3.connect(f"file:{self.studio.data}/studio.sqlite3?mode=ro", uri=True)
        ) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY id")]


def assert_invariants(studio: Studio, hiapi: StandIn, watch: Watch) -> Books:
    """Waits until nothing moves any more, then I1 to I10."""
    eventually(lambda: _is_quiet(studio), 60)
    time.sleep(1)
    books = Books(studio, hiapi, watch)
    for invariant in INVARIANTS:
        invariant(books)
    return books


def i1_nothing_is_bought_twice(books: Books) -> None:
    paid = books.hiapi.ledger.paid_by_key()
    assert {key: len(tasks) for key, tasks in paid.items() if len(tasks) > 1} == {}
    assert paid.keys() <= books.attempts.keys(), "somebody else's purchase"
    confirmed = {key for key, attempt in books.attempts.items() if attempt["price_charged"]}
    unknown = {key for key, attempt in books.attempts.items() if not attempt["outcome"]}
    assert confirmed <= paid.keys(), "charged, and never bought"
    assert paid.keys() - confirmed <= unknown, "bought, and neither charged nor held"


def i2_nothing_is_silent(books: Books) -> None:
    for render in books.renders.values():
        assert render["state"] in (*FINAL, "unsure"), render
        assert render["state"] in ("done", "cancelled") or render["failure"], render
        assert render["state"] != "unsure" or (render["look_again_at"] is None and render["reserved"]), render


def i3_one_key_is_one_body(books: Books) -> None:
    for key, bodies in books.hiapi.ledger.bodies_by_key().items():
        assert bodies == {books.attempts[str(key)]["body_sha256"]}, key


def i4_what_was_made_is_stored_once_or_told_as_lost(books: Books) -> None:
    served = {(one.task, one.sha256) for one in books.hiapi.ledger.served}
    for task in books.hiapi.tasks:
        attempt = books.attempts[task.key]
        if task.status != "success" or not attempt["outcome"]:
            continue
        assert attempt["task_id"] == task.id
        render = books.renders[attempt["render_id"]]
        if attempt["outcome"] not in LOST:
            assert (attempt["outcome"], render["state"]) == ("done", "done")
            assert (task.id, render["sha256"]) in served
    pictures = Counter(one["picture"] for one in books.renders.values() if one["picture"])
    assert set(pictures.values()) <= {1}


def i5_money_agrees_to_the_last_micro_dollar(books: Books) -> None:
    assert books.watch.seen.looks > 0
    assert books.watch.seen.overspent == []
    unsettled = {key for key, attempt in books.attempts.items() if not attempt["outcome"]}
    in_doubt = [one for one in books.hiapi.ledger.paid if str(one.key) in unsettled]
    charged = sum(one["price_charged"] or 0 for one in books.attempts.values())
    assert charged == books.hiapi.ledger.spent() - sum(one.price for one in in_doubt)
    for one in in_doubt:
        assert books.renders[books.attempts[str(one.key)]["render_id"]]["reserved"] == one.price
    final = [one for one in books.renders.values() if one["state"] in FINAL]
    assert sum(one["reserved"] for one in final) == 0


def i6_no_state_goes_back(books: Books) -> None:
    assert books.watch.seen.backwards == []


def i7_every_file_has_a_row_and_every_row_its_file(books: Books) -> None:
    names = named(books.studio)  # after what a killed worker left behind was swept up
    assert files(books.studio) == names
    for render in books.renders.values():
        if render["state"] == "done":
            data = (books.studio.data / "media" / render["picture"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == render["sha256"]
    assert list(books.studio.data.glob("tmp*")) == []


def i8_nothing_goes_out_that_must_not(books: Books) -> None:
    posts = books.hiapi.ledger.posts()
    for spell in books.watch.seen.shut:
        astray = [one for one in posts if spell.begin + ON_ITS_WAY < one.real < spell.end]
        assert astray == [], spell
    first: dict[str | None, float] = {}
    for one in posts:
        assert one.real - first.setdefault(one.key, one.real) < WINDOW


def i9_no_secret_is_written_down(books: Books) -> None:
    secrets = [books.hiapi.key, books.hiapi.callbacks.secret]
    for path in books.studio.data.rglob("*"):
        if path.is_file() and path.name not in PUBLIC_FILES:
            data = path.read_bytes()
            assert not any(one and one.encode() in data for one in secrets), path
    log = books.studio.log.read_text()
    tokens = [one["token"] for one in books.attempts.values() if one["token"]]
    assert not any(one and one in log for one in [*secrets, *tokens, "/files/tasks/"])


def i10_people_see_it_within_five_seconds(books: Books) -> None:
    visitor = Visitor(books.studio)
    eventually(lambda: _is_shown(books, visitor), 5)
    for shoot in {one["shoot_id"] for one in books.renders.values()}:
        page = unescape(visitor.get(f"/shoots/{shoot}/").body.decode())
        for render in _of(books, shoot):
            if render["failure"]:
                assert _said_of(render) in page, render["failure"]


INVARIANTS: Final[tuple[Callable[[Books], None], ...]] = (
    i1_nothing_is_bought_twice,
    i2_nothing_is_silent,
    i3_one_key_is_one_body,
    i4_what_was_made_is_stored_once_or_told_as_lost,
    i5_money_agrees_to_the_last_micro_dollar,
    i6_no_state_goes_back,
    i7_every_file_has_a_row_and_every_row_its_file,
    i8_nothing_goes_out_that_must_not,
    i9_no_secret_is_written_down,
    i10_people_see_it_within_five_seconds,
)


def files(studio: Studio) -> list[str]:
    """Storage keys of all files there are."""
    media = studio.data / "media"
    return sorted(str(file.relative_to(media)) for file in media.rglob("*") if file.is_file())


def named(studio: Studio) -> list[str]:
    """The keys that rows name, when everything that no row names was swept up."""
    long_ago = time.time() - 7200
    for file in files(studio):
        os.utime(studio.data / "media" / file, (long_ago, long_ago))
    return list(json.loads(manage(studio, "shell", "--verbosity", "0", "-c", _SWEEP)))


def _is_quiet(studio: Studio) -> bool:
    with closing(sqlite3.connect(f"file:{studio.data}/studio.sqlite3?mode=ro", uri=True)) as database:
        moving = database.execute(
            "SELECT count(*) FROM studio_render WHERE cuts_due OR lease_until > datetime('now')"
            " OR NOT (state IN ('done', 'failed', 'cancelled') OR state = 'unsure' AND look_again_at IS NULL)"
        ).fetchone()
    return moving == (0,)


def _is_shown(books: Books, visitor: Visitor) -> bool:
    page = visitor.get("/b/studio/shoots/").body.decode()
    return all(_told(books, shoot) in page for shoot in {one["shoot_id"] for one in books.renders.values()})


def _told(books: Books, shoot: int) -> str:
    states = [one["state"] for one in _of(books, shoot)]
    done = states.count("done")
    many = "" if len(states) == 1 else "s"
    return f"{done} picture{many}" if done == len(states) else f"{done} of {len(states)} arrived"


def _said_of(render: Row) -> str:
    if render["state"] == "unsure":
        return "Needs a decision"  # why, it says on the picture's own page
    return say(render["failure"], **json.loads(render["failure_values"])).headline


def _of(books: Books, shoot: int) -> list[Row]:
    return [one for one in books.renders.values() if one["shoot_id"] == shoot]
