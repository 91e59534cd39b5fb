"""Work for a living Studio, and what its database says about it."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.living import HOME, Studio, eventually

_LAUNCH = """
from studio.flow import shoot
from studio.models import Brand, Placement, Scene
brand = Brand.objects.get(slug="studio")
products = brand.products.order_by("pk")[:{products}]
plan = shoot.plan(brand, None, products)
scenes = Scene.objects.published().filter(slug="paper-sweep")
placements = Placement.objects.filter(slug__in={placements!r})
shoot.choose(plan, products=products, scenes=scenes, placements=placements, ratios={ratios!r},
             resolution="1K", takes={takes})
shoot.launch(plan, None)
"""
THIN = ["1:3", "3:1", "9:21"]


def launch(studio: Studio, pictures: int, *placements: str) -> None:
    """Launches a shoot of so many pictures: a multiple of nine, or six."""
    products, takes = (2, 1) if pictures == 6 else (3, pictures // 9)
    shoot(studio, products, THIN, takes, placements)


def shoot(
    studio: Studio, products: int, ratios: Sequence[str], takes: int = 1, placements: Sequence[str] = ()
) -> None:
    choice = {"products": products, "ratios": ratios, "takes": takes, "placements": placements}
    manage(studio, "shell", "-c", _LAUNCH.format(**choice))


def manage(studio: Studio, *arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, str(HOME / "manage.py"), *arguments]
    answer = subprocess.run(command, env=studio.environment(), check=True, capture_output=True, text=True)
    return answer.stdout


def workers(studio: Studio) -> list[int]:
    """Those of a fresh cluster: it starts them first."""
    (sentinel,) = studio.under(studio.leader("qcluster").pid)
    return [one.pid for one in studio.under(sentinel.pid)[: studio.workers]]


def done(studio: Studio) -> int:
    return count(studio, "studio_render WHERE state = 'done'")


def launched(studio: Studio) -> int:
    return count(studio, "studio_render")


def count(studio: Studio, what: str) -> int:
    ((number,),) = rows(studio, f"SELECT count(*) FROM {what}")
    return int(number)


def rows(studio: Studio, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{studio.data}/studio.sqlite3?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def change(studio: Studio, statement: str) -> None:
    with sqlite3.connect(studio.data / "studio.sqlite3", timeout=20) as database:
        database.execute(statement)


@contextmanager
def write_lock(studio: Studio) -> Iterator[None]:
    """Holds the database's only one."""
    database = sqlite3.connect(studio.data / "studio.sqlite3", timeout=20, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    yield
    database.execute("COMMIT")
    database.close()


def at_work(studio: Studio) -> None:
    """Comes back when some pictures of those launched last are done and most are not."""
    before = done(studio)
    eventually(lambda: done(studio) >= before + 2, 60)


def assert_every_picture_once(studio: Studio, within: float = 60) -> None:
    """One attempt, one key, one stored file for each; no picture is kept that no row names."""
    pictures = launched(studio)
    eventually(lambda: done(studio) == pictures, within)
    assert rows(studio, "SELECT count(*), count(DISTINCT key) FROM studio_attempt") == [(pictures, pictures)]
    keys = {str(key) for (key,) in rows(studio, "SELECT picture FROM studio_render")}
    assert len(keys) == pictures
    assert all((studio.data / "media" / key).stat().st_size > 1000 for key in keys)
