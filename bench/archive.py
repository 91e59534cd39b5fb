"""An archive of a thousand files against plain copying of the same bytes: `python -m bench.archive`.

A living Studio streams it over loopback; beside it, in the same run, the same web server sends one file as
long, for which the kernel copies (sendfile). From disk to disk the floor is a loop over the same files.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

from tests.faults.archives import build, fill
from tests.faults.visitor import ADMIN, Looking, Visitor
from tests.faults.work import change, rows
from tests.living import Studio, eventually

PLACES, TURNS = 5, 7
BLOCK = 512 * 1024
_MARK = b"http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
_COPY = """
import shutil, sys, time
from pathlib import Path
import django
django.setup()
from studio.flow.listing import BLOCK, Archive
key, media, target, turns = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
with Archive(key) as archive:
    names = [media / piece.key for piece in archive.pieces()]
def ours():
    with Archive(key) as archive, open(target, "wb") as out:
        shutil.copyfileobj(archive, out, BLOCK)
def plain():
    with open(target, "wb") as out:
        for name in names:
            with open(name, "rb") as file:
                shutil.copyfileobj(file, out, BLOCK)
for _ in range(turns):
    for work in (ours, plain):
        started = time.perf_counter()
        work()
        print(work.__name__, time.perf_counter() - started)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.archive", description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--size", type=int, default=300_000, help="bytes of each")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder) / "data", **ADMIN).start()
        try:
            eventually(lambda: studio.status("/readyz") == 200, within=45)
            _measure(studio, Path(folder), asked.files, asked.size)
        finally:
            studio.stop()


def _measure(studio: Studio, folder: Path, files: int, size: int) -> None:
    visitor = Visitor(studio)
    shoot, _ = fill(studio, files // PLACES, size, kinds=files, random=size, places=PLACES)
    started = time.perf_counter()
    export = build(studio, visitor, shoot)
    listed = time.perf_counter() - started
    [(key, length)] = rows(studio, f"SELECT file, bytes FROM studio_export WHERE id = {export}")
    single = _one_file(studio, shoot, length)
    print(f"an archive of {files:,} files, {length / 1e6:.0f} MB   listed in {listed:.1f} s")
    address = f"/exports/{export}/download/"
    ours, blocks, kernel = _alternating(
        lambda: _fetch(studio, visitor, address)[1],
        lambda: _fetch(studio, visitor, single, {"Range": "bytes=0-"})[1],
        lambda: _fetch(studio, visitor, single)[1],
    )
    _row("download", ours, blocks, "one file as long from the same server, read and sent in blocks")
    _row("download", ours, kernel, "the same by sendfile, which copies nothing")
    _row("disk to disk", *_copying(studio, key, folder), "the same files, copied in a loop")
    _meanwhile(studio, visitor, address, shoot)


def _one_file(studio: Studio, shoot: int, length: int) -> str:
    """The address of a picture as long as the archive. It names its source, so that it goes out as it is."""
    name = "pictures/long.png"
    path = studio.data / "media" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_MARK.ljust(65_536, b"\1"))
        file.truncate(length)
        for at in range(65_536, length, 1 << 20):
            file.seek(at)
            file.write(b"\1" * min(1 << 20, length - at))
    [(render,)] = rows(studio, f"SELECT max(id) FROM studio_render WHERE shoot_id = {shoot}")
    change(studio, f"UPDATE studio_render SET picture = '{name}' WHERE id = {render}")
    return f"/renders/{render}/picture/"


def _alternating(*works: Callable[[], float]) -> list[list[float]]:
    """What each gives, taken by turns; the first turn warms up."""
    turns = [[work() for work in works] for _ in range(TURNS + 1)]
    return [list(column) for column in zip(*turns[1:], strict=True)]


def _fetch(
    studio: Studio, visitor: Visitor, address: str, headers: dict[str, str] | None = None
) -> tuple[float, float]:
    """Seconds until the first byte, and until the last."""
    told = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)}
    started = time.perf_counter()
    with closing(HTTPConnection("127.0.0.1", studio.port, timeout=60)) as connection:
        connection.request("GET", address, headers=told | (headers or {}))
        answer = connection.getresponse()
        assert answer.status in (200, 206)
        answer.read(1)
        first = time.perf_counter() - started
        _drain(answer)
    return first, time.perf_counter() - started


def _drain(answer: HTTPResponse) -> None:
    buffer = bytearray(BLOCK)
    while answer.readinto(buffer):
        pass
    assert not answer.length


def _copying(studio: Studio, key: str, folder: Path) -> tuple[list[float], list[float]]:
    told = [key, str(studio.data / "media"), str(folder / "copy"), str(TURNS + 1)]
    command = [sys.executable, "-c", _COPY, *told]
    said = subprocess.run(command, env=studio.environment(), check=True, capture_output=True, text=True)
    seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    for line in said.stdout.splitlines():
        name, second = line.split()
        seconds[name].append(float(second))
    return seconds["ours"][1:], seconds["plain"][1:]


def _meanwhile(studio: Studio, visitor: Visitor, address: str, shoot: int) -> None:
    """Four people download again and again; somebody else looks at pages, and web must not grow."""
    pages = ("/b/studio/products/", "/b/studio/gallery/", f"/b/studio/exports/new/?shoot={shoot}")
    before, firsts = _memory(studio), list[float]()

    def work() -> None:
        firsts.extend(_fetch(studio, visitor, address)[0] for _ in range(4))

    with Looking(visitor, pages, threads=1, pause=0.05) as looking:
        threads = [Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        peak = before
        while any(thread.is_alive() for thread in threads):
            peak = max(peak, _memory(studio))
            time.sleep(0.1)
    seconds = sorted(look.seconds for look in looking.looks)
    p95 = seconds[int(len(seconds) * 0.95)]
    print("  while 4 download, 16 times in all:")
    print(f"    first byte {statistics.median(firsts):.3f} s, at most {max(firsts):.3f} s")
    print(f"    web's workers grew by {(peak - before) / 1024:.0f} MiB together")
    print(f"    {len(seconds)} other pages, the one before this archive among them, p95 {p95:.3f} s")
    assert not looking.wrong, looking.wrong[:3]


def _memory(studio: Studio) -> int:
    """KiB that web's workers hold together."""
    workers = ",".join(str(one.pid) for one in studio.under(studio.leader("gunicorn").pid))
    told = subprocess.run(["ps", "-o", "rss=", "-p", workers], capture_output=True, text=True, check=True)
    return sum(map(int, told.stdout.split()))


def _row(name: str, seconds: list[float], others: list[float], other: str) -> None:
    ours, theirs = statistics.median(seconds), statistics.median(others)
    print(f"  {name:14} {ours:8.3f} s {theirs:8.3f} s  {ours / theirs:5.2f}  {other}", flush=True)


if __name__ == "__main__":
    main()
