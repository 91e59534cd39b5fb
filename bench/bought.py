"""A thousand pictures in flight at a provider that takes ten to thirty seconds: `python -m bench.bought`.

Studio with two workers, hearing by callbacks and then by reading the list; beside it, in the same run, the
polling script of HiAPI's articles and HiAPI's own SDK, each on a pool of as many threads as Studio has. They
keep a thread for each picture, so that a thousand would take them five minutes: they make fewer.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import hiapi
import httpx

from tests.living import HOME, Studio, eventually, free_port

SECRET = "a secret of this benchmark"
THREADS = 64
LATENCY = ("10", "30")
RATIOS = ["1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "2:1"]
_LAUNCH = """
from studio.flow import shoot
from studio.models import Brand, Scene
brand = Brand.objects.get(slug="studio")
plan = shoot.plan(brand, None, brand.products.order_by("pk")[:1])
shoot.choose(plan, products=plan.products.all(), scenes=Scene.objects.published()[:1], placements=[],
             ratios={ratios!r}, resolution="1K", takes={takes})
shoot.launch(plan, None)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bought", description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1000)
    pictures = parser.parse_args(arguments).pictures
    fewer = min(pictures, 4 * THREADS)
    print(
        f"{'a thousand bought pictures' if pictures == 1000 else pictures:34} {'total, s':>9} {'ideal, s':>9}"
        f" {'ratio':>6} {'p50, s':>7} {'p95, s':>7}  polls a second at most"
    )
    _studio("Studio, by callbacks", pictures, public=True)
    _studio("Studio, by the list", pictures, public=False)
    _peer(f"the articles' script, {fewer} of them", fewer, _by_script)
    _peer(f"HiAPI's own SDK, {fewer} of them", fewer, _by_sdk)


def _studio(name: str, pictures: int, *, public: bool) -> None:
    """From the launch to the last picture, and from each vendor finish to the picture being there."""
    with _seller() as seller, tempfile.TemporaryDirectory() as folder:
        settings = seller.settings | {"HIAPI_RPM": "100000", "HIAPI_CONCURRENCY": str(THREADS)}
        port = free_port()
        if public:
            settings |= {"STUDIO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        studio = Studio(Path(folder) / "data", port, **settings).start()
        try:
            eventually(lambda: studio.status("/readyz") == 200, 60)
            eventually(lambda: _rows(studio, "SELECT count(*) FROM studio_pricelist")[0][0], 30)
            started = time.time()
            _launch(studio, pictures)
            eventually(lambda: _done(studio) == pictures, 600)
            there = dict(_rows(studio, _FINISHED))
        finally:
            studio.stop()
        _row(name, started, {task: _seconds(at) for task, at in there.items()}, seller.stop())


_FINISHED = (
    """SELECT task_id, finished_at FROM studio_attempt JOIN studio_render ON render_id = studio_render.id"""
)


def _peer(name: str, pictures: int, make: Callable[[dict[str, str]], str]) -> None:
    with _seller() as seller, ThreadPoolExecutor(THREADS) as pool:
        started = time.time()
        there: dict[str, float] = {}

        def one(_: int) -> None:
            task = make(seller.settings)
            there[task] = time.time()

        list(pool.map(one, range(pictures)))
        _row(name, started, there, seller.stop())


def _by_script(settings: dict[str, str]) -> str:
    """As the articles show it: create, ask every five seconds, download."""
    headers = {"Authorization": f"Bearer {settings['HIAPI_API_KEY']}"}
    with httpx.Client(base_url=settings["HIAPI_BASE_URL"], headers=headers, timeout=60) as client:
        task = client.post("/v1/tasks", json=_order()).json()["data"]["taskId"]
        while (told := client.get(f"/v1/tasks/{task}").json()["data"])["status"] != "success":
            time.sleep(5)
        client.get(told["output"][0]["url"]).raise_for_status()
    return str(task)


def _by_sdk(settings: dict[str, str]) -> str:
    client = hiapi.HiAPI(api_key=settings["HIAPI_API_KEY"], base_url=settings["HIAPI_BASE_URL"])
    task = client.tasks.run(**_order())
    httpx.get(task.output[0].url).raise_for_status()
    return str(task.task_id)


def _order() -> dict[str, Any]:
    """Without references, which spares the peers the upload."""
    return {
        "model": "gpt-image-2/text-to-image",
        "input": {"prompt": "A mug on dark slate", "aspect_ratio": "1:1", "resolution": "1K"},
    }


class _Seller:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.settings: dict[str, str] = json.loads(self._line())

    def stop(self) -> dict[str, Any]:
        """What it has seen."""
        self._process.terminate()
        return dict(json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def _seller() -> Iterator[_Seller]:
    command = [sys.executable, "-m", "bench.seller", *LATENCY, SECRET]
    with subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _Seller(process)
        finally:
            process.terminate()


def _launch(studio: Studio, pictures: int) -> None:
    takes, ratios = max(1, pictures // len(RATIOS)), RATIOS[: max(1, min(pictures, len(RATIOS)))]
    command = [sys.executable, "manage.py", "shell", "-c", _LAUNCH.format(ratios=ratios, takes=takes)]
    subprocess.run(command, cwd=HOME, env=studio.environment(), check=True, capture_output=True)


def _done(studio: Studio) -> int:
    time.sleep(0.4)
    return int(_rows(studio, "SELECT count(*) FROM studio_render WHERE state = 'done'")[0][0])


def _rows(studio: Studio, query: str) -> list[Any]:
    with sqlite3.connect(f"file:{studio.data}/studio.sqlite3?mode=ro", uri=True, timeout=20) as database:
        return database.execute(query).fetchall()


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _row(name: str, started: float, there: dict[str, float], seen: dict[str, Any]) -> None:
    finished = seen["finished"]
    total, ideal = max(there.values()) - started, max(finished.values()) - started
    waits = [there[task] - finished[task] for task in there]
    marks = quantiles(waits, n=100)
    busiest = max((sum(at <= other < at + 1 for other in seen["polls"]) for at in seen["polls"]), default=0)
    print(
        f"{name:34} {total:9.1f} {ideal:9.1f} {total / ideal:6.2f} {marks[49]:7.2f}"
        f" {marks[94]:7.2f}  {busiest}",
        flush=True,
    )


if __name__ == "__main__":
    main()
